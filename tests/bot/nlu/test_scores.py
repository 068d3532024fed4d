from bot.nlu import report, scores
from bot.nlu.data import Span, Utterance
from bot.nlu.scores import Outcome

OUTCOMES = [
    Outcome(Utterance("冒烟", "report_emergency"), [("report_emergency", 0.9)], milliseconds=4.0),
    Outcome(
        Utterance("取消，退货", "cancel_ticket", secondary="request_return_exchange"),
        [("request_return_exchange", 0.6)],
    ),
    Outcome(Utterance("1", "affirm", accepted=("inform",)), [("deny", 0.4)]),
    Outcome(
        Utterance("空调", "inform", (Span("product_type", 0, 2),)),
        [("inform", 0.8)],
        entities=(Span("product_type", 0, 1),),
    ),
]


def rows(table):
    return {row[0]: row[1:] for row in table.rows}


def test_overview():
    values = rows(scores.overview(OUTCOMES))
    assert values["intents, strict"] == ("0.500",)
    assert values["intents, lenient"] == ("0.750",)
    assert values["emergency recall"] == values["emergency precision"] == ("1.000",)
    assert values["entities F1, by overlap"] == ("1.000",)


def test_confusions_leave_out_what_is_acceptable():
    assert scores.confusions(OUTCOMES).rows == [("affirm", "deny", "1")]


def test_calibration_groups_by_confidence():
    assert [row[1] for row in scores.calibration(OUTCOMES).rows] == ["1", "1", "1", "1"]


def test_the_most_doubtful_come_first():
    assert scores.doubtful(OUTCOMES).rows[0] == ("0.40", "deny", "affirm", "1")


def test_page_and_text_show_every_table():
    tables = scores.tables(OUTCOMES)
    page = report.page("Understanding", tables)
    assert all(table.title in page for table in tables)
    assert "&lt;" in report.page("x", [scores.Table("t", ("a",), [("<b>",)])])
    assert list(report.lines(scores.confusions(OUTCOMES)))[1:] == [
        "  label   taken for  times",
        "  affirm  deny       1",
    ]
