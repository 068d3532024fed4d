"""Classes of complaints."""

from pathlib import Path

import pytest

from desk.rules import complaints


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("电话老打不通", "minor"),
        ("师傅态度很差 还骂人", "important"),
        ("约好上午来 白等一天", "important"),
        ("洗衣机漏电 我妈被烫伤住院了", "major"),
        ("再不处理我打12315", "major"),
    ],
)
def test_grade(text: str, grade: str) -> None:
    assert complaints.judge(text).grade == grade


def test_repeated_or_unresolved_rises_a_class_and_no_further_than_major() -> None:
    assert complaints.judge("电话老打不通", repeated=True).grade == "important"
    assert complaints.judge("电话老打不通", unresolved=True).grade == "important"
    assert complaints.judge("师傅态度差", repeated=True).grade == "major"
    assert complaints.judge("我要起诉", repeated=True).grade == "major"


def test_reasons_are_given() -> None:
    assert "服务态度" in complaints.judge("师傅态度差").reasons
    assert complaints.judge("嗯").reasons == ("一般不满",)


def test_a_company_has_words_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AFTERCARE_POLICY_DIR", str(tmp_path))
    text = (Path(complaints.__file__).parent / "policy" / "complaints.yml").read_text("utf-8")
    (tmp_path / "complaints.yml").write_text(text + "  - {why: 少给赠品, words: [赠品]}\n", "utf-8")
    assert complaints.judge("赠品没给我").grade == "important"
