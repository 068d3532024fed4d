"""What administrators change: it takes effect, it is written down, and what is refused keeps what was typed."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from desk import time
from desk.cases import policies, prices
from desk.notify import settings as notify
from desk.notify.voice import NOBODY, Callee, Ringing
from desk.records import db
from desk.records.models import (
    AgentGroup,
    ApiKey,
    Article,
    AuditEntry,
    CannedReply,
    OncallShift,
    PolicyVersion,
    Price,
    Staff,
)
from desk.rules import calendars
from desk.rules.sla import default_levels
from tests.console.conftest import Browser
from tests.fakes.rasa_server import FakeRasa
from tests.fakes.receivers import post_office, reached
from tests.rules.test_notices import NOTICE


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The company's policy directory; afterwards the shipped rules hold again."""
    monkeypatch.setenv("AFTERCARE_POLICY_DIR", str(tmp_path / "policy"))
    yield tmp_path / "policy"
    monkeypatch.undo()
    calendars.default_calendar()


def audited(action: str) -> int:
    with db.reading() as session:
        return session.query(AuditEntry).filter_by(action=action).count()


def one(table: Any) -> Any:
    with db.reading() as session:
        return session.query(table).one()


def test_somebody_new_signs_in_by_their_link(boss: Browser, browser: Callable[[], Browser]) -> None:
    refused = boss.submit("/console/manage/staff", login="wang", name="王五", role="agent", chat_limit="8")
    assert refused.status_code == 422 and 'value="王五"' in refused.text
    page = boss.submit("/console/manage/staff", login="sun", name="孙工", role="supervisor", chat_limit="5").text
    path = re.search(r"(/console/link/[\w-]{40,})", page)
    assert path and audited("staff_added") == 1
    assert browser().post(path[1], data={"new": "kettle-river-88", "again": "kettle-river-88"}).status_code == 303
    assert browser().sign_in("sun", "kettle-river-88").get("/console/wall").status_code == 200


def test_roles_count_at_once_and_an_administrator_stays(boss: Browser, boss_id: int, chen: Browser) -> None:
    with db.reading() as session:
        chen_id = session.query(Staff).filter_by(login="chen").one().id
    form = {"name": "陈", "role": "agent", "chat_limit": "3"}
    assert boss.submit(f"/console/manage/staff/{chen_id}", **form).status_code == 303
    assert chen.get("/console/wall").status_code == 403
    mine = boss.submit(f"/console/manage/staff/{boss_id}", **form)
    assert mine.status_code == 422 and "自己" in mine.text
    assert boss.submit(f"/console/manage/staff/{boss_id}/switch", active="false").status_code == 422
    assert boss.submit(f"/console/manage/staff/{chen_id}/switch", active="false").status_code == 303
    assert chen.get("/console/sessions").status_code == 303


def test_replies_groups_and_prices(boss: Browser) -> None:
    group = {"code": "ac", "title": "空调组", "assignment": "pull", "skills": "空调、complaint", "idle_minutes": "10",
             "active": "true"}
    assert boss.submit("/console/manage/groups", **{**group, "idle_minutes": "0"}).status_code == 422
    assert boss.submit("/console/manage/groups", **group).status_code == 303
    assert one(AgentGroup).skills == ["空调", "complaint"]
    reply = {"title": "问候", "shortcut": "/hi", "text": "您好", "group": "ac"}
    assert boss.submit("/console/manage/replies", **reply).status_code == 303
    twice = boss.submit("/console/manage/replies", **reply)
    assert twice.status_code == 422 and "您好" in twice.text
    changed = {**reply, "id": one(CannedReply).id, "text": "早"}
    assert boss.submit("/console/manage/replies", **changed).status_code == 303
    assert (one(CannedReply).text, one(CannedReply).shortcut) == ("早", "hi")
    price = {"item": "压缩机", "kind": "part", "yuan": "600.5", "unit": "个", "category": "空调"}
    assert boss.submit("/console/manage/prices", **{**price, "yuan": "很多"}).status_code == 422
    assert boss.submit("/console/manage/prices", **price).status_code == 303
    with db.reading() as session:
        assert prices.estimate(session, "压缩机多少钱", "空调").items[0].amount_fen == 60050
    assert boss.submit("/console/manage/prices/delete", id=one(Price).id).status_code == 303
    assert audited("price_deleted") == audited("reply_changed") == 1


def test_articles_as_the_assistant_says_them(boss: Browser) -> None:
    form = {"title": "不制冷", "product_type": "空调", "symptom": "不制冷、不凉", "safe": "true"}
    form["steps"] = "看模式\n洗滤网"
    path = "/console/manage/articles/0"
    shown = boss.submit(path, **form, do="preview", trial="家里空调不制冷了").text
    assert "1. 看模式\n2. 洗滤网" in shown and "会用这一篇" in shown and "不制冷、不凉" in shown
    assert "找不到合适" in boss.submit(path, **form, do="preview", trial="电视没声音").text
    unsafe = boss.submit(path, **{**form, "safe": "false"}, do="preview").text
    assert "先别自己动手：看模式" in unsafe
    with db.reading() as session:
        assert session.query(Article).count() == 0
    assert boss.submit(path, **form).status_code == 303
    assert boss.submit(path, **form).status_code == 422
    assert boss.submit(f"/console/manage/articles/{one(Article).id}/delete").status_code == 303


def test_a_policy_that_is_wrong_is_not_taken(boss: Browser, company: Path) -> None:
    good = policies.text("sla.yml")
    line = next(n for n, row in enumerate(good.splitlines(), 1) if "minutes:" in row)
    bad = re.sub(r"minutes: *\d+", "minutes: 很快", good, count=1)
    answer = boss.submit("/console/manage/policies/sla.yml", text=bad, do="save")
    assert answer.status_code == 422 and f"第 {line} 行" in answer.text and "很快" in answer.text
    assert "sla.yml" in answer.text and 'class="wrong"' in answer.text and not (company / "sla.yml").exists()


def test_prices_may_use_hours_that_the_company_put_in_place(boss: Browser, company: Path) -> None:
    prices = policies.text("prices.yml").replace("hours: visits", "hours: night")
    assert "“night”不在可选值里" in boss.submit("/console/manage/policies/prices.yml", text=prices, do="save").text
    head = "effective_from: 2026-01-01\nsource: 公司\nconfidence: H\n"
    night = head + 'night: {name: 夜班, open_on: all_days, holidays: true, spans: ["18:00-24:00"]}\n'
    assert boss.submit("/console/manage/policies/hours.yml", text=night, do="save").status_code == 303
    assert boss.submit("/console/manage/policies/prices.yml", text=prices, do="save").status_code == 303
    assert "夜班" in boss.get("/console/manage/hours").text
    taken = boss.submit("/console/manage/policies/hours.yml/remove")
    assert taken.status_code == 422 and "“night”不在可选值里" in taken.text
    bare = boss.submit("/console/manage/policies/visits.yml", text="window: 120\n", do="check")
    assert bare.status_code == 422 and "缺少 effective_from" in bare.text


def test_a_policy_counts_at_once_and_can_be_taken_back(boss: Browser, company: Path) -> None:
    before = default_levels()
    changed = policies.text("sla.yml").replace(f"default: {before.default}", "default: basic", 1)
    other = next(code for code in before.levels if code != before.default)
    changed = changed.replace("default: basic", f"default: {other}", 1)
    checked = boss.submit("/console/manage/policies/sla.yml", text=changed, do="check")
    assert checked.status_code == 200 and "检查通过" in checked.text and default_levels().default == before.default
    upload = {"file": ("mine.yml", changed.encode(), "application/yaml")}
    saved = boss.post("/console/manage/policies/sla.yml", data={"csrf": boss.csrf, "do": "save"}, files=upload)
    assert saved.status_code == 303 and default_levels().default == other
    assert one(PolicyVersion).content == changed and audited("policy_saved") == 1
    assert boss.submit("/console/manage/policies/sla.yml/remove").status_code == 303
    assert default_levels().default == before.default


def test_an_earlier_version_of_a_policy_counts_again(boss: Browser, company: Path) -> None:
    before = default_levels().default
    path, first = "/console/manage/policies/sla.yml", policies.text("sla.yml")
    other = next(code for code in default_levels().levels if code != before)
    for text in (first, first.replace(f"default: {before}", f"default: {other}", 1)):
        assert boss.submit(path, text=text, do="save").status_code == 303
    assert default_levels().default == other
    with db.reading() as session:
        old, new = [row.id for row in session.query(PolicyVersion).order_by(PolicyVersion.id)]
    shown = boss.get(f"{path}?version={old}").text
    assert "正在看以前的一版" in shown and f"default: {before}" in shown
    assert boss.submit(f"{path}/restore", version=old).status_code == 303
    assert default_levels().default == before and audited("policy_saved") == 3
    for wrong in (f"{path}?version=999", f"/console/manage/policies/prices.yml?version={new}"):
        assert boss.get(wrong).status_code == 404
    with db.transaction() as session:
        session.get_one(PolicyVersion, old).content = "levels: 很快"
    refused = boss.submit(f"{path}/restore", version=old)
    assert refused.status_code == 422 and default_levels().default == before


def test_uploads_need_the_token_too(boss: Browser, company: Path) -> None:
    upload = {"file": ("sla.yml", b"x", "application/yaml")}
    answer = boss.post("/console/manage/policies/sla.yml", data={"csrf": "wrong", "do": "save"}, files=upload)
    assert answer.status_code == 403
    assert boss.post("/console/manage/imports", data={"csrf": "x"}, files={"files": ("a.csv", b"")}).status_code == 403


def test_a_day_that_differs(boss: Browser, company: Path) -> None:
    day = time.today() + timedelta(days=3)
    noon = time.local(time.now()).replace(year=day.year, month=day.month, day=day.day, hour=12, minute=0)
    form = {"name": "agents", "day": day.isoformat()}
    wrong = boss.submit("/console/manage/hours/day", **form, mode="open", spans="九点")
    assert wrong.status_code == 422 and "九点" in wrong.text
    assert boss.submit("/console/manage/hours/day", **form, mode="open", spans="10:00-11:00").status_code == 303
    assert not calendars.is_open("agents", noon) and calendars.is_open("agents", noon.replace(hour=10))
    assert "10:00-11:00" in boss.get("/console/manage/hours").text
    assert boss.submit("/console/manage/hours/day", **form, mode="closed").status_code == 303
    assert policies.days() == {"agents": {day: ()}}
    assert boss.submit("/console/manage/hours/day", **form, mode="usual").status_code == 303
    assert policies.days() == {} and not (company / "dates.yml").exists()


def test_a_years_notice(boss: Browser, company: Path) -> None:
    assert boss.submit("/console/manage/hours/notice", notice="没有安排").status_code == 422
    different = NOTICE.replace("2月14日（周六）、2月28日（周六）上班", "2月14日（周六）上班")
    assert boss.submit("/console/manage/hours/notice", notice=different).status_code == 303
    assert not calendars.is_working_day(date(2026, 2, 28)) and calendars.is_working_day(date(2026, 2, 14))
    assert (company / "holidays.yml").is_file() and audited("holidays_imported") == 1


def test_keys_are_shown_once(boss: Browser) -> None:
    assert boss.submit("/console/manage/keys", name="商城").status_code == 422
    page = boss.submit("/console/manage/keys", name="商城", scopes=["read", "write"]).text
    key = re.search('value="(ak_[^"]+)"', page)
    assert key and key[1] not in boss.get("/console/manage/keys").text
    base = {"headers": {"Authorization": f"Bearer {key[1]}"}}
    assert boss.get("/api/v1/tickets", **base).status_code == 200
    assert boss.submit("/console/manage/keys/revoke", id=one(ApiKey).id).status_code == 303
    assert boss.get("/api/v1/tickets", **base).status_code == 401
    assert audited("key_added") == audited("key_revoked") == 1


def test_import_reports_bad_rows(boss: Browser) -> None:
    def send(text: str) -> Any:
        files = {"files": ("customers.csv", text.encode(), "text/csv")}
        return boss.post("/console/manage/imports", data={"csrf": boss.csrf}, files=files)

    bad = send("customer_no,name,phone\nC1,张三,13900001234\nC2,李四,12\n")
    assert bad.status_code == 422 and "一行都没有导入" in bad.text and "phone" in bad.text and ">3<" in bad.text
    assert send("customer_no,name,phone\nC1,张三,13900001234\n").status_code == 200
    assert "新增 0" in send("customer_no,name,phone\nC1,张三,13900001234\n").text
    assert boss.submit("/console/manage/imports").status_code == 422
    assert "C1" not in boss.get("/console/manage/imports/customers.csv").text  # the columns alone


def test_channels_are_tried_on_demand(boss: Browser, assistant: FakeRasa) -> None:
    answer = boss.submit("/console/manage/channels/test", code="assistant")
    assert answer.status_code == 200 and "模型已载入" in answer.text
    assert boss.submit("/console/manage/channels/test", code="wechat").status_code == 404  # none is set up
    assert audited("channel_tested") == 1


@pytest.mark.parametrize(
    ("code", "to", "path", "names"),
    [
        ("notify-wecom", "", "/cgi-bin/webhook/send", "请到群里"),
        ("notify-dingtalk", "", "/robot/send", "请到群里"),
        ("notify-webhook", "", "/hook", "请到群里"),
        ("notify-sms", "13800138000", "/sms", "请看手机"),
    ],
)
def test_each_way_to_colleagues_is_tried(boss: Browser, code: str, to: str, path: str, names: str) -> None:
    with reached() as outside:
        page = boss.submit("/console/manage/channels/test", code=code, to=to).text
        assert names in page and len(outside.of(path)) == 1 and "mentioned" not in str(outside.of(path))
        outside.answers[path] = lambda: (503, {})
        failed = boss.submit("/console/manage/channels/test", code=code, to=to).text
        assert "没有发出去：HTTP 503" in failed and "不正常" in failed
        if to:
            assert "请填一个能收到测试的手机号" in boss.submit("/console/manage/channels/test", code=code, to="12").text


def test_mail_is_tried(boss: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    with post_office() as office:
        server = {"HOST": "127.0.0.1", "PORT": str(office.port), "SECURITY": "none", "USER": "desk@firm.test"}
        for name, value in (server | {"PASSWORD": "secret"}).items():
            monkeypatch.setenv(f"AFTERCARE_NOTIFY_SMTP_{name}", value)
        notify.settings.cache_clear()
        page = boss.submit("/console/manage/channels/test", code="notify-mail", to="it@firm.test").text
        assert "请看收件箱" in page and office.got[0][0] == ["it@firm.test"]
        nowhere = boss.submit("/console/manage/channels/test", code="notify-mail", to="x").text
        assert "请填一个能收到测试的邮箱" in nowhere
        monkeypatch.setenv("AFTERCARE_NOTIFY_SMTP_PASSWORD", "wrong")
        notify.settings.cache_clear()
        wrong = boss.submit("/console/manage/channels/test", code="notify-mail", to="it@firm.test").text
        assert "邮箱账号或密码不对" in wrong
    notify.settings.cache_clear()


def rings(person: Callee, alarm: Ringing) -> None:
    assert (person.id, person.phone, alarm.id) == (NOBODY, "13800138000", NOBODY)
    if not alarm.words:
        raise AssertionError


def test_the_telephone_is_tried(boss: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    for ringer, words in (("rings", "电话已经拨出"), ("nothing", "找不到 AFTERCARE_NOTIFY_RINGER")):
        monkeypatch.setenv("AFTERCARE_NOTIFY_RINGER", f"{__name__}:{ringer}")
        notify.settings.cache_clear()
        assert words in boss.submit("/console/manage/channels/test", code="notify-voice", to="13800138000").text
    notify.settings.cache_clear()


def test_the_rota(chen: Browser) -> None:
    person = {"name": "王工", "role": "engineer", "phone": "13900001234", "mail": "", "active": "true"}
    wrong = chen.submit("/console/manage/rota/people", **{**person, "phone": "12"})
    assert wrong.status_code == 422 and 'value="王工"' in wrong.text
    assert chen.submit("/console/manage/rota/people", **person).status_code == 303
    shift = {"name": "夜班", "days": "every", "starts": "00:00", "ends": "24:00", "turn": "none"}
    assert chen.submit("/console/manage/rota/shifts", **shift).status_code == 422
    found = re.search(r'name="members" value="(\d+)"', chen.get("/console/manage/rota").text)
    assert found
    assert chen.submit("/console/manage/rota/shifts", **shift, members=[found[1]]).status_code == 303
    page = chen.get("/console/manage/rota").text
    assert "<b>王工</b>" in page and "夜班" in page and "13900001234" not in page
    swap = {"out": found[1], "into": "0", "starts": "2099-01-01T08:00", "ends": "2099-01-02T08:00"}
    assert chen.submit("/console/manage/rota/swaps", **{**swap, "ends": ""}).status_code == 422
    assert chen.submit("/console/manage/rota/swaps", **swap).status_code == 303
    assert chen.submit("/console/manage/rota/shifts/drop", id=one(OncallShift).id).status_code == 303


def test_the_audit_log_is_narrowed_down(boss: Browser, boss_id: int) -> None:
    for _ in range(3):
        boss.submit("/console/manage/channels/test", code="assistant")
    page = boss.get(f"/console/manage/audit?action=channel_tested&actor=staff:{boss_id}").text
    assert page.count("<td class=\"nowrap\">测试渠道</td>") == 3
    assert "测试渠道</td>" not in boss.get("/console/manage/audit?action=signed_in").text
    assert "没有符合条件" in boss.get("/console/manage/audit?since=2099-01-01").text
