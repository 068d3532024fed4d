"""Handing over: one owner at a time, whoever is faster; the assistant is silent as soon as a person has it."""

import threading
from collections.abc import Callable

import pytest

from desk import time
from desk.cases import takeover, writing
from desk.records import db
from desk.records.models import AgentGroup, AuditEntry, Conversation, DialogueState, Intake, Message, Staff, Turn
from desk.talk import engine, rasa, senders
from tests.console.conftest import Browser, conversation, now_of, outbox, said
from tests.fakes.desk import pointed_at, running_engine
from tests.fakes.rasa_server import FakeRasa, Said

NewBrowser = Callable[[], Browser]
ID = "cv-web-0001"


def moves(conversation_id: str) -> list[tuple[str, str, str]]:
    with db.reading() as session:
        rows = session.query(AuditEntry).filter_by(subject_id=conversation_id, action="conversation_moved")
        return [(row.actor, row.data["from"], row.data["to"]) for row in rows.order_by(AuditEntry.id)]


def together(*works: Callable[[], object]) -> list[object]:
    """What each of the works, started at once, gives back or raises."""
    start, results = threading.Barrier(len(works)), [None] * len(works)

    def run(at: int, work: Callable[[], object]) -> None:
        start.wait()
        try:
            results[at] = work()  # type: ignore[call-overload]
        except Exception as error:
            results[at] = error  # type: ignore[call-overload]

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(results)


@pytest.mark.parametrize("state", ["queued", "bot"])
def test_of_several_agents_one_wins(database: str, assistant: FakeRasa, state: str) -> None:
    with running_engine():
        with db.transaction() as session:
            people = [Staff(login=name, name=name, password_hash="-") for name in ("甲", "乙", "丙", "丁")]
            session.add_all(people)
        conversation(state=state)
        results = together(*[lambda who=who: takeover.take(ID, who.id, 0) for who in people])
        won = [result for result in results if isinstance(result, takeover.Done)]
        lost = [result for result in results if isinstance(result, takeover.Stale)]
        assert (len(won), len(lost)) == (1, 3)
        owner = next(who for who in people if who.id == now_of(ID).agent_id)
        assert all(str(error) == f"已被{owner.name}接手，您这边没有改动任何内容。" for error in lost)
        assert [to for _, _, to in moves(ID)].count("agent") == 1
        assert [author for author, _ in said(ID)].count("system") == 1


def test_taking_says_who_came_and_is_written_down(talk: engine.Engine, people: dict[str, int]) -> None:
    conversation(handoff_reason="complaint")
    done = takeover.take(ID, people["wang"], 0)
    assert (done.state, now_of(ID).agent_id, now_of(ID).handoff_reason) == ("agent", people["wang"], "complaint")
    assert said(ID)[-1] == ("system", "王工接手了对话，由人工客服为您服务。")
    assert moves(ID) == [(f"staff:{people['wang']}", "queued", "agent")]
    assert takeover.take(ID, people["wang"], 0) == done  # a double click


def test_a_late_answer_of_the_assistant_is_dropped(
    talk: engine.Engine, people: dict[str, int], assistant: FakeRasa
) -> None:
    asked = threading.Event()

    def slow(turn: dict[str, object]) -> Said:
        asked.set()
        return Said([{"text": "太晚了"}], seconds=0.6)

    assistant.script = slow
    received = talk.submit("web", "", "web-late", "空调不制冷")
    assert asked.wait(5)
    takeover.take(received.conversation_id, people["wang"], now_of(received.conversation_id).version)
    writing.say(received.conversation_id, people["wang"], now_of(received.conversation_id).version, "我来看", "k" * 8)
    turn = talk.wait(received, 10)
    assert turn is not None and turn["handled_by"] == "agent"
    authors = [author for author, _ in said(received.conversation_id)]
    assert authors == ["customer", "system", "agent"]
    with db.reading() as session:
        assert session.get_one(Turn, received.turn_id).state == "dropped"


def test_an_old_version_changes_nothing_and_says_who_has_it(talk: engine.Engine, people: dict[str, int]) -> None:
    conversation()
    mine = takeover.take(ID, people["wang"], 0)
    takeover.transfer(ID, people["wang"], mine.version, "您熟悉这款", people["li"])
    before = said(ID)
    commands = (
        lambda: writing.say(ID, people["wang"], mine.version, "还是我", "k" * 8),
        lambda: takeover.transfer(ID, people["wang"], mine.version, "说明"),
        lambda: takeover.give_back(ID, people["wang"], mine.version),
        lambda: takeover.close(ID, people["wang"], mine.version, "solved"),
        lambda: takeover.take(ID, people["wang"], mine.version),
    )
    for command in commands:
        with pytest.raises(takeover.Stale) as stale:
            command()
        assert (stale.value.owner, stale.value.state) == ("李姐", "agent")
    assert said(ID) == before and now_of(ID).agent_id == people["li"]


def test_only_the_owner_writes_and_closes_and_a_leader_may_take_over(
    talk: engine.Engine, people: dict[str, int]
) -> None:
    conversation()
    version = takeover.take(ID, people["wang"], 0).version
    for command in (
        lambda: writing.say(ID, people["li"], version, "我说", "k" * 8),
        lambda: takeover.close(ID, people["li"], version, "solved"),
        lambda: takeover.give_back(ID, people["chen"], version),
        lambda: takeover.transfer(ID, people["li"], version, "说明"),
    ):
        with pytest.raises(takeover.Refused) as refused:
            command()
        assert refused.value.code == "not_yours"
    with pytest.raises(takeover.Stale):
        takeover.take(ID, people["li"], version)
    assert takeover.take(ID, people["chen"], version).state == "agent"
    assert now_of(ID).agent_id == people["chen"]


def test_transfer_to_the_line_and_to_a_colleague(talk: engine.Engine, people: dict[str, int]) -> None:
    with db.transaction() as session:
        session.add(AgentGroup(code="warranty", title="保修组"))
    conversation(handoff_reason="warranty_dispute")
    version = takeover.take(ID, people["wang"], 0).version
    with pytest.raises(takeover.Refused, match="转接说明"):
        takeover.transfer(ID, people["wang"], version, "  ")
    with pytest.raises(takeover.Refused, match="没有这个组"):
        takeover.transfer(ID, people["wang"], version, "要懂保修的人", group="nobody")
    done = takeover.transfer(ID, people["wang"], version, "要懂保修的人", group="warranty")
    found = now_of(ID)
    assert (found.state, found.queue_group, found.handoff_reason, found.priority) == (
        "queued", "warranty", "warranty_dispute", 2
    )
    assert ("note", "转回排队：要懂保修的人") in said(ID)
    version = takeover.take(ID, people["li"], done.version).version
    with pytest.raises(takeover.Refused, match="本来就在"):
        takeover.transfer(ID, people["li"], version, "说明", people["li"])
    assert takeover.transfer(ID, people["li"], version, "客户找您", people["wang"]).state == "agent"
    assert now_of(ID).agent_id == people["wang"] and ("note", "转给王工：客户找您") in said(ID)


def test_nobody_takes_more_than_their_limit_but_danger_knows_none(talk: engine.Engine, people: dict[str, int]) -> None:
    with db.transaction() as session:
        session.get_one(Staff, people["wang"]).chat_limit = 1
    for sender, rank in (("web-0001", 3), ("web-0002", 3), ("web-fire", 0)):
        conversation(sender, priority=rank)
    takeover.take(ID, people["wang"], 0)
    with pytest.raises(takeover.Refused, match="已有 1 个会话"):
        takeover.take("cv-web-0002", people["wang"], 0)
    assert takeover.take("cv-web-fire", people["wang"], 0).state == "agent"


def test_giving_back_restores_the_assistant_and_it_says_what_it_knows(
    talk: engine.Engine, people: dict[str, int], assistant: FakeRasa
) -> None:
    conversation()
    now = time.now()
    with db.transaction() as session:
        facts = {"product_type": "空调", "symptom": "不制冷"}
        session.add(Intake(conversation_id=ID, facts=facts, dialogue={}, created_at=now, updated_at=now))
        memory = {"journey": "fault", "pending": "symptom"}
        session.add(DialogueState(conversation_id=ID, data=memory, updated_at=now))
    version = takeover.take(ID, people["wang"], 0).version
    done = takeover.give_back(ID, people["wang"], version)
    assert (done.state, now_of(ID).agent_id) == ("bot", None)
    assert assistant.restored[0]["sender"] == ID
    assert assistant.restored[0]["slots"]["intake"]["symptom"] == "不制冷"
    author, words = said(ID)[-1]
    assert author == "bot" and "同事已经把您的事交给我" in words and len(words) > 60  # and the case's next question
    with db.reading() as session:
        turn = session.query(Turn).filter_by(conversation_id=ID).one()
        assert (turn.state, turn.handled_by) == ("answered", "bot") and turn.outcome and turn.outcome["asks"]
    after = talk.submit("web", "", "web-0001", "好的")
    assert (talk.wait(after, 10) or {})["handled_by"] == "bot"


def test_an_assistant_that_is_down_does_not_get_the_conversation(
    clean_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = FakeRasa().start()
    gone.stop()
    with pointed_at(gone, monkeypatch), running_engine():
        with db.transaction() as session:
            person = Staff(login="wang", name="王工", password_hash="-")
            session.add(person)
        conversation()
        version = takeover.take(ID, person.id, 0).version
        with pytest.raises(takeover.Refused) as refused:
            takeover.give_back(ID, person.id, version)
        assert refused.value.code == "assistant_down"
        assert (now_of(ID).state, now_of(ID).agent_id) == ("agent", person.id)
    rasa.fresh_start()


def test_closing_says_what_came_of_it_and_a_new_message_opens_it(talk: engine.Engine, people: dict[str, int]) -> None:
    conversation()
    version = takeover.take(ID, people["wang"], 0).version
    with pytest.raises(takeover.Refused, match="处理结果"):
        takeover.close(ID, people["wang"], version, "because")
    done = takeover.close(ID, people["wang"], version, "solved", "远程调好了")
    assert done.state == "closed" and takeover.close(ID, people["wang"], version, "solved").state == "closed"
    assert ("note", "会话结束：问题已解决，远程调好了。") in said(ID)
    assert said(ID)[-1][0] == "system"
    with db.reading() as session:
        entry = session.query(AuditEntry).filter_by(action="conversation_closed").one()
        assert entry.data["resolution"] == "solved" and entry.reason == "远程调好了"
    with pytest.raises(takeover.Refused, match="自动打开"):
        takeover.take(ID, people["wang"], done.version)
    talk.submit("web", "", "web-0001", "又坏了")
    assert now_of(ID).state == "bot"


def test_a_message_is_stored_once_and_goes_to_the_channel(talk: engine.Engine, people: dict[str, int]) -> None:
    sent: list[senders.Letter] = []
    arrived = threading.Event()

    def sender(letter: senders.Letter) -> None:
        sent.append(letter)
        if letter.author == "agent":
            arrived.set()

    senders.register("wechat", sender)
    try:
        conversation(channel="wechat")
        version = takeover.take(ID, people["wang"], 0).version
        results = together(*[lambda: writing.say(ID, people["wang"], version, "师傅十点到", "key-0001")] * 3)
        assert len({result.seq for result in results if isinstance(result, takeover.Done)}) == 1
        writing.note(ID, people["li"], "客户住六楼，没有电梯", "key-0001")
        assert arrived.wait(5)
        assert [letter.text for letter in sent if letter.author == "agent"] == ["师傅十点到"]
        assert outbox(ID) == 2  # that a person came, and what they said; the note goes to nobody
    finally:
        senders.unregister("wechat")
    with db.reading() as session:
        said_by = session.query(Message).filter_by(conversation_id=ID, author="agent").one().staff_id
    assert said_by == people["wang"]


@pytest.mark.parametrize(("text", "code"), [("   ", "empty"), ("字" * 2001, "too_long"), ("a\0b", "not_text")])
def test_what_cannot_be_sent_is_refused(talk: engine.Engine, people: dict[str, int], text: str, code: str) -> None:
    conversation()
    version = takeover.take(ID, people["wang"], 0).version
    with pytest.raises(takeover.Refused) as refused:
        writing.say(ID, people["wang"], version, text, "k" * 8)
    assert refused.value.code == code


def test_commands_over_http(wang: Browser, browser: NewBrowser, people: dict[str, int]) -> None:
    conversation()
    li = browser().sign_in("li")
    assert wang.call(f"/chats/{ID}/take", version=0).json() == {"state": "agent", "version": 1, "seq": None}
    lost = li.call(f"/chats/{ID}/take", version=0)
    assert lost.status_code == 409 and lost.json()["code"] == "stale" and lost.json()["owner"] == "王工"
    assert "已被王工接手" in lost.json()["detail"]
    assert li.call(f"/chats/{ID}/messages", version=1, text="我说", key="k" * 8).status_code == 403
    assert wang.call(f"/chats/{ID}/messages", version=1, text="您好", key="k" * 8).json()["seq"] == 3
    assert li.call(f"/chats/{ID}/notes", version=0, text="备注", key="k" * 8).status_code == 200
    assert wang.call(f"/chats/{ID}/messages", version=1, text="", key="k" * 9).status_code == 422
    assert wang.call("/chats/cv-none/take", version=0).status_code == 404
    assert wang.call(f"/chats/{ID}/close", version=1, resolution="solved").json()["state"] == "closed"
    with db.reading() as session:
        assert session.get_one(Conversation, ID).state == "closed"
