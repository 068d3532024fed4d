"""A quote goes out and comes back with an answer: in the widget, by a link, by word; always once, and on the ticket."""

from datetime import timedelta
from typing import Any

import pytest
import requests

from desk import time
from desk.cases import quote_offers, tickets
from desk.channels.web import sessions
from desk.records import db
from desk.records.models import Ticket
from tests.console.conftest import Browser, conversation, said
from tests.fakes.receivers import reached

ID = "cv-web-0001"
LINES = {"what": ["压缩机", "上门费"], "yuan": ["600", "50"]}


def priced(wang: Browser, **more: Any) -> str:
    """A ticket with a quote of 650 元."""
    with db.transaction() as session:
        number = tickets.open_ticket(
            session, "bot", severity="B", symptom="不制冷", product_type="空调", contact_phone="13800138000", **more
        ).number
    assert change(wang, number, "quote", **LINES).status_code == 303
    return number


def stored(number: str) -> Ticket:
    with db.reading() as session:
        found = tickets.by_number(session, number)
        assert found is not None and found.events is not None
        return found


def change(wang: Browser, number: str, act: str, **values: Any) -> requests.Response:
    return wang.submit(f"/console/tickets/{number}/{act}", version=stored(number).version, **values)


def token_of(number: str) -> str:
    quote = stored(number).quote
    assert quote is not None
    return str(quote["offer"]["token"])


def kinds(number: str) -> list[str]:
    return [event.kind for event in stored(number).events]


def test_by_the_card_in_the_widget(wang: Browser, people: dict[str, int]) -> None:
    conversation(state="bot")
    number = priced(wang, conversation_id=ID)
    sent = change(wang, number, "quote/send")
    assert "报价已发到客户的会话里" in wang.get(sent.headers["location"]).text
    with requests.Session() as http:
        http.trust_env = False
        bearer = sessions.issue(sessions.Session("web-0001"))
        http.headers["Authorization"] = f"Bearer {bearer}"
        line = http.get(f"{wang.base}/chat/messages?wait=false", timeout=20).json()["messages"][-1]
        (card,) = line["cards"]
        assert line["name"] == "王工" and number in line["text"]
        assert (card["kind"], card["standing"], card["total"]) == ("quote", "open", "650 元")
        assert card["lines"] == [{"name": "压缩机", "amount": "600 元"}, {"name": "上门费", "amount": "50 元"}]
        answers = [
            http.post(f"{wang.base}/chat/quotes", json={"token": card["token"], "accept": accept}, timeout=20).json()
            for accept in (True, False)
        ]
    assert [answer["standing"] for answer in answers] == ["accepted", "accepted"]  # the first one counts
    assert kinds(number)[-2:] == ["quote_sent", "quote_accepted"]
    assert said(ID)[-1] == ("note", f"客户同意工单 {number} 的报价，合计 650 元（客户在聊天里点选）。")
    page = wang.get(f"/console/tickets/{number}").text
    assert "同意了报价" in page and "客户同意报价" in page


def test_by_the_link(wang: Browser, people: dict[str, int]) -> None:
    conversation(state="bot")
    number = priced(wang, conversation_id=ID)
    change(wang, number, "quote/send")
    token = token_of(number)
    page = requests.get(f"{wang.base}/quote/{token}", timeout=20)
    assert "压缩机" in page.text and "650 元" in page.text and "不同意，先不修" in page.text
    assert "13800138000" not in page.text and page.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert kinds(number)[-1] == "quote_sent"  # looking is no answer
    answered = requests.post(f"{wang.base}/quote/{token}", data={"answer": "refuse"}, timeout=20)
    assert "没有同意这份报价" in answered.text and kinds(number)[-1] == "quote_refused"


def test_by_text_message_where_there_is_no_chat(wang: Browser, people: dict[str, int]) -> None:
    with reached() as outside:
        number = priced(wang)
        assert "短信" in wang.get(change(wang, number, "quote/send").headers["location"]).text
        (sent,) = outside.of("/sms")
        assert sent["phone"] == "13800138000" and f"/quote/{token_of(number)}" in sent["text"]
        outside.answers["/sms"] = lambda: (500, {})
        failed = change(wang, number, "quote/send")
        assert failed.status_code == 422 and "短信没有发出去" in failed.text
        assert "还没有答复" not in failed.text and kinds(number)[-1] == "quote_not_sent"


def test_by_word_where_nothing_reaches_the_customer(wang: Browser, people: dict[str, int]) -> None:
    number = priced(wang)
    nowhere = change(wang, number, "quote/send")
    assert nowhere.status_code == 422 and "没有能发给这位客户的渠道" in nowhere.text
    assert change(wang, number, "quote/answer", accepted="true").status_code == 303
    last = stored(number).events[-1]
    assert (last.kind, last.actor, last.reason) == ("quote_accepted", f"staff:{people['wang']}", "客户口头答复")


def test_a_new_quote_ends_the_old_offer(wang: Browser, people: dict[str, int]) -> None:
    conversation(state="bot")
    number = priced(wang, conversation_id=ID)
    change(wang, number, "quote/send")
    old = token_of(number)
    change(wang, number, "quote", what=["压缩机"], yuan=["500"])
    assert requests.get(f"{wang.base}/quote/{old}", timeout=20).status_code == 404
    assert quote_offers.answer(old, True, "link") is None
    assert kinds(number)[-1] == "changed"


@pytest.mark.parametrize("token", ["", "x", "1-", "1-wrong", "999999999999999-x", "一-x"])
def test_no_token_no_quote(wang: Browser, people: dict[str, int], token: str) -> None:
    priced(wang)
    assert quote_offers.answer(token, True, "link") is None


def test_late_and_finished_quotes_take_no_answer(wang: Browser, people: dict[str, int]) -> None:
    conversation(state="bot")
    number = priced(wang, conversation_id=ID)
    change(wang, number, "quote/send")
    token = token_of(number)
    with db.transaction() as session:
        ticket = tickets.by_number(session, number)
        assert ticket is not None and ticket.quote
        ticket.quote = {**ticket.quote, "valid_until": (time.today() - timedelta(days=1)).isoformat()}
    late = quote_offers.answer(token, True, "link")
    assert late is not None and late.standing == "late"
    with db.transaction() as session:
        ticket = tickets.by_number(session, number)
        assert ticket is not None
        tickets.change(session, ticket, "bot", status="cancelled")
    over = quote_offers.answer(token, True, "link")
    assert over is not None and over.standing == "over"
    assert "quote_accepted" not in kinds(number)


def test_an_answer_lets_the_clocks_run_again(wang: Browser, people: dict[str, int]) -> None:
    number = priced(wang)
    assert change(wang, number, "pause", code="waiting_customer").status_code == 303
    change(wang, number, "quote/answer", accepted="false")
    assert kinds(number)[-2:] == ["quote_refused", "resumed"]
