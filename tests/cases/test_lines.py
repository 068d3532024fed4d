"""The line: who is there, who gets what, who is relieved, and what the waiting are told."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from desk import time
from desk.cases import assignment, groups, handoff, presence, takeover, waiting
from desk.cases.waiting import Waiting
from desk.console import reads
from desk.console.lead import wall_reads
from desk.records import db
from desk.records.models import AgentGroup, AuditEntry, Conversation, Customer, Message, Staff, StaffSeen, Turn
from desk.talk import routing, saying

Clock = Callable[[str], datetime]
TEN = "2026-11-21T10:00:00+08:00"


@pytest.fixture
def people(database: str, pinned_clock: Clock) -> dict[str, int]:
    """Three agents of the group, all online; ids by login."""
    pinned_clock(TEN)
    made = {}
    with db.transaction() as session:
        session.add(AgentGroup(code="ac", title="空调组", assignment="round_robin", skills=["空调"], idle_minutes=5))
        for login in ("jia", "yi", "bing"):
            person = Staff(login=login, name=login, password_hash="-", groups=["ac"], chat_limit=2)
            session.add(person)
            session.flush()
            presence.beat(session, person.id)
            made[login] = person.id
    return made


def queued(number: int, group: str | None = "ac", priority: int = 3) -> str:
    now = time.now()
    with db.transaction() as session:
        made = Conversation(
            id=f"cv-{number:03}", channel="web", sender=f"s{number}", state="queued", queue_group=group, last_seq=1,
            priority=priority, created_at=now, queued_at=now + timedelta(seconds=number), last_message_at=now,
        )
        session.add(made)
        session.flush()
        session.add(Message(conversation_id=made.id, seq=1, author="customer", text="在吗", created_at=now))
    return made.id


def owner(conversation_id: str) -> int | None:
    with db.reading() as session:
        return session.get_one(Conversation, conversation_id).agent_id


def step(work: Callable[..., list[str]]) -> list[str]:
    with db.transaction() as session:
        return work(session, time.now())


def test_presence_is_what_was_chosen_until_the_console_is_silent(people: dict[str, int], pinned_clock: Clock) -> None:
    def there() -> dict[str, str]:
        with db.reading() as session:
            return {one.name: one.presence for one in presence.team(session)}

    with db.transaction() as session:
        assert presence.beat(session, people["yi"], "busy") == "busy"
        with pytest.raises(ValueError, match="asleep"):
            presence.beat(session, people["bing"], "asleep")
    assert there() == {"jia": "online", "yi": "busy", "bing": "online"}
    pinned_clock("2026-11-21T10:00:50+08:00")
    with db.transaction() as session:
        assert presence.beat(session, people["yi"]) == "busy"
    pinned_clock("2026-11-21T10:01:30+08:00")
    assert there() == {"jia": "offline", "yi": "busy", "bing": "offline"}
    with db.transaction() as session:
        presence.leave(session, people["yi"])
    assert there()["yi"] == "offline"
    with db.transaction() as session:
        assert presence.beat(session, people["yi"]) == "online"


def test_conversations_are_given_in_turn_up_to_the_limit(people: dict[str, int]) -> None:
    made = [queued(number) for number in range(8)]
    danger = queued(99, priority=0)
    queued(100, group=None)  # the common line is not given out
    given = step(assignment.give_out)
    assert given == [danger, *made[:5]]  # danger first; three agents with two each
    assert sorted(filter(None, map(owner, given))) == sorted([*people.values(), *people.values()])
    assert len({owner(one) for one in given[:3]}) == 3  # in turn
    assert step(assignment.give_out) == []
    with db.reading() as session:
        said = session.query(Message).filter_by(conversation_id=danger, author="system").one().text
        assert "接手了对话" in said


def test_who_is_busy_or_of_another_group_is_given_nothing(people: dict[str, int]) -> None:
    with db.transaction() as session:
        presence.beat(session, people["jia"], "busy")
        presence.beat(session, people["yi"], "away")
        session.get_one(Staff, people["bing"]).groups = ["other"]
    queued(1)
    assert step(assignment.give_out) == []


def taken(conversation_id: str, staff_id: int) -> None:
    with db.transaction() as session:
        found = saying.locked(session, conversation_id)
        assert found is not None
        routing.move(session, found, "agent", f"staff:{staff_id}", "taken", agent_id=staff_id)


@pytest.mark.parametrize(("beats", "minutes", "back"), [(True, 4, False), (True, 6, True), (False, 4, True)])
def test_a_waiting_customer_is_taken_back_from_an_idle_agent(
    people: dict[str, int], pinned_clock: Clock, beats: bool, minutes: int, back: bool
) -> None:
    waits, answered = queued(1), queued(2)
    taken(waits, people["jia"])
    taken(answered, people["jia"])
    with db.transaction() as session:
        found = saying.locked(session, answered)
        assert found is not None
        saying.say(session, found, "agent", "您好", staff_id=people["jia"])
    pinned_clock(f"2026-11-21T10:0{minutes}:30+08:00")
    if beats:
        with db.transaction() as session:
            presence.beat(session, people["jia"])
    assert step(assignment.requeue_idle) == ([waits] if back else [])
    with db.reading() as session:
        found = session.get_one(Conversation, waits)
        assert (found.state, found.queue_group) == ("queued", "ac") if back else ("agent", "ac")
        lines = [line.author for line in session.query(Message).filter_by(conversation_id=waits).order_by(Message.seq)]
        assert lines == ["customer", *(["note", "system"] if back else [])]
        log = session.query(AuditEntry).filter_by(action="conversation_taken_back").count()
        assert log == int(back)
        assert session.get_one(Staff, people["jia"]).presence == ("away" if back and beats else "online")
    assert step(assignment.requeue_idle) == []


def test_the_handing_over_is_no_answer(people: dict[str, int], pinned_clock: Clock) -> None:
    chat, now = queued(1), time.now()
    with db.transaction() as session:
        found = saying.locked(session, chat)
        assert found is not None
        for seq, (turn_id, handled_by) in enumerate((("tn-1", "bot"), ("tn-2", "queued")), 1):
            turn = Turn(
                id=turn_id, conversation_id=chat, seq=seq, text="", state="answered", handled_by=handled_by,
                created_at=now, attempts=0, notice_sent=False,
            )
            session.add(turn)
            session.flush()
            saying.say(session, found, "bot", "好的，正在为您转人工。", turn_id=turn_id)
            if handled_by == "bot":
                saying.say(session, found, "customer", "找人工")
    taken(chat, people["jia"])
    pinned_clock("2026-11-21T10:30:00+08:00")
    with db.transaction() as session:
        presence.beat(session, people["jia"])
    assert step(assignment.requeue_idle) == [chat]


@pytest.mark.parametrize(
    ("ours", "theirs", "back"),
    [
        ("师傅明天上午到。", "好的，谢谢", False),
        ("师傅明天上午到。", "收到", False),
        ("明天上午方便吗？", "好的", True),
        ("明天上午方便吗？", "不用了，谢谢", True),
        ("师傅明天上午到。", "好的，要带什么配件", True),
    ],
)
def test_a_closing_courtesy_waits_for_no_answer(
    people: dict[str, int], pinned_clock: Clock, ours: str, theirs: str, back: bool
) -> None:
    chat = queued(1)
    taken(chat, people["jia"])
    with db.transaction() as session:
        found = saying.locked(session, chat)
        assert found is not None
        saying.say(session, found, "agent", ours, staff_id=people["jia"])
        saying.say(session, found, "customer", theirs)
    pinned_clock("2026-11-21T10:30:00+08:00")
    with db.transaction() as session:
        presence.beat(session, people["jia"])
    assert step(assignment.requeue_idle) == ([chat] if back else [])
    with db.reading() as session:
        row = next(one for one in reads.rows(session, people["jia"], reads.Filter()) if one.id == chat)
        assert (row.since is not None) == back
        working = next(one for one in wall_reads.wall(session).team if one.colleague.id == people["jia"])
        assert working.waiting == 0  # back in the line, or nothing to answer


def test_a_fresh_owner_is_not_blamed_for_the_line(people: dict[str, int], pinned_clock: Clock) -> None:
    waits = queued(1)
    pinned_clock("2026-11-21T10:30:00+08:00")
    with db.transaction() as session:
        presence.beat(session, people["jia"])
    taken(waits, people["jia"])
    assert step(assignment.requeue_idle) == []


def test_the_wait_is_counted_and_never_promised_when_nobody_is_there(
    people: dict[str, int], pinned_clock: Clock
) -> None:
    with db.reading() as session:
        assert waiting.at(session, 6, "ac") == Waiting(6, 1)  # six places are free
        assert waiting.at(session, 12, "ac") == Waiting(12, 10)  # six behind, eight minutes each, six places
        assert waiting.at(session, 400, "ac") == Waiting(400, None)
        assert waiting.at(session, 1, "nobody") == Waiting(1, None)
    pinned_clock("2026-11-21T10:05:00+08:00")
    with db.reading() as session:
        assert waiting.at(session, 1, "ac") == Waiting(1, None)  # all consoles are silent
        assert "按顺序接待" in waiting.at(session, 1, "ac").words


def test_a_line_that_nobody_takes_from_is_told_as_it_is(people: dict[str, int], pinned_clock: Clock) -> None:
    queued(1)
    pinned_clock("2026-11-21T10:14:00+08:00")
    with db.transaction() as session:
        presence.beat(session, people["jia"])
        assert waiting.at(session, 2, "ac") == Waiting(2, 15)  # two places are free, but somebody waits for 14 minutes


def test_how_long_conversations_last_is_learnt(people: dict[str, int], pinned_clock: Clock) -> None:
    for number in range(6):
        made = queued(number)
        pinned_clock(f"2026-11-21T11:0{number}:00+08:00")
        taken(made, people["jia"])
    pinned_clock("2026-11-21T11:20:00+08:00")
    for number in range(6):
        with db.transaction() as session:
            found = saying.locked(session, f"cv-{number:03}")
            assert found is not None
            routing.move(session, found, "closed", "staff:1", "solved")
    with db.reading() as session:
        assert waiting.usual_minutes(session, time.now()) == pytest.approx(17.5, abs=0.1)


def test_who_waits_is_told_again_only_when_something_changed(people: dict[str, int], pinned_clock: Clock) -> None:
    with db.transaction() as session:
        for one in people.values():
            session.get_one(Staff, one).chat_limit = 0
        session.get_one(Staff, people["jia"]).chat_limit = 1
    taken(queued(1), people["jia"])
    second, third = queued(2), queued(3)
    assert step(waiting.tell_again) == []  # they were told when they came

    def at(clock: str) -> list[str]:
        pinned_clock(clock)
        with db.transaction() as session:
            presence.beat(session, people["jia"])
        return step(waiting.tell_again)

    assert at("2026-11-21T10:03:10+08:00") == [second, third]
    assert at("2026-11-21T10:07:00+08:00") == []  # nothing new to say
    with db.transaction() as session:
        found = saying.locked(session, second)
        assert found is not None
        routing.move(session, found, "closed", "system", "x")
    assert at("2026-11-21T10:08:00+08:00") == [third]
    with db.reading() as session:
        lines = [line.text for line in session.query(Message).filter_by(conversation_id=third, author="system")]
    assert lines == ["您现在排在第 2 位，大约还要等 20 分钟。", "您现在排在最前面，大约 10 分钟内有客服接待。"]


def test_the_line_of_a_case_is_found_by_skill(people: dict[str, int]) -> None:
    with db.transaction() as session:
        session.add(AgentGroup(code="grief", title="投诉组", skills=["complaint"]))
        assert groups.for_case(session, "complaint", "空调") == "grief"
        assert groups.for_case(session, "customer_request", "空调") == "ac"
        assert groups.for_case(session, "customer_request", "电视") is None
        session.add(AgentGroup(code="all", title="综合组"))
        session.flush()
        assert groups.for_case(session, "customer_request", None) == "all"
        session.get_one(AgentGroup, "all").active = False
        session.flush()
        assert groups.for_case(session, "customer_request", None) is None


def test_danger_goes_first_then_vips_then_who_was_let_down() -> None:
    vip = Customer(customer_no="K", vip=True)
    order = [
        handoff.priority("emergency", vip), handoff.priority("business_loss"), handoff.priority("complaint", vip),
        handoff.priority("complaint"), handoff.priority("customer_request"),
    ]
    assert order == [0, 0, 1, 2, 3]


def test_seen_rows_are_one_a_colleague(people: dict[str, int]) -> None:
    with db.reading() as session:
        assert session.query(StaffSeen).count() == len(people)
    assert takeover.SERVED_BEFORE > handoff.VIP_PRIORITY
