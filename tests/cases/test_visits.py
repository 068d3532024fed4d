"""Visits in engineers' calendars, on both databases."""

import threading
from datetime import date, datetime, timedelta

import pytest

from desk import time
from desk.cases import lateness, tickets, visits
from desk.records.db import transaction
from desk.records.models import Conversation, Engineer, EngineerLeave, Message, OncallPerson, StaffNotice, Ticket, Visit

ADDRESS = "苏州市姑苏区观前街1号"
NEED = visits.Need("空调", ADDRESS)
WEEK = {"days": [1, 2, 3, 4, 5], "from": "08:30", "to": "17:30"}


def at(moment: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-{moment}:00+08:00")


MONDAY, TUESDAY = (at("23T00:00"), at("24T00:00")), (at("24T00:00"), at("25T00:00"))


@pytest.fixture
def engineer(database: str, pinned_clock) -> int:
    pinned_clock("2026-11-21T10:00:00+08:00")
    return hire()


def hire(name: str = "陆志强", phone: str = "13800000801", **more: object) -> int:
    with transaction() as session:
        fields = {"skills": ["空调", "冰箱"], "regions": ["苏州市姑苏区", "苏州市吴中区"], "shift": WEEK, **more}
        one = Engineer(name=name, phone=phone, **fields)
        session.add(one)
        session.flush()
        return one.id


def free(need: visits.Need = NEED, span: tuple[datetime, datetime] = MONDAY) -> list[str]:
    with transaction() as session:
        return [f"{time.local(slot.start):%d %H:%M}" for slot in visits.slots(session, need, *span)]


def take(clock: str, need: visits.Need = NEED) -> int | None:
    """Hold the time that begins then; the visit's number, None when it is not free."""
    with transaction() as session:
        found = [slot for slot in visits.slots(session, need, *MONDAY) if f"{time.local(slot.start):%H:%M}" == clock]
        kept = visits.hold(session, found[0], need) if found else None
        return kept.id if kept else None


def book(visit_id: int, address: str = ADDRESS) -> int:
    with transaction() as session:
        fields = {"kind": "repair", "severity": "C", "product_type": "空调", "address": address}
        ticket = tickets.open_ticket(session, "bot", **fields)
        assert visits.book(session, visit_id, ticket)
        return ticket.id


def test_a_working_day_has_its_windows(engineer: int) -> None:
    assert free() == ["23 08:30", "23 10:30", "23 12:30", "23 14:30"]


def test_nobody_on_a_free_day_or_on_leave(engineer: int) -> None:
    assert free(span=(at("22T00:00"), at("23T00:00"))) == []
    with transaction() as session:
        session.add(EngineerLeave(engineer_id=engineer, starts_on=date(2026, 11, 23), ends_on=date(2026, 11, 23)))
    assert free() == []
    assert free(span=TUESDAY) != []


def test_skill_and_region_decide(engineer: int) -> None:
    assert free(visits.Need("笔记本", ADDRESS)) == []
    assert free(visits.Need("空调", "上海市黄浦区南京东路1号")) == []
    assert free(visits.Need("电冰箱", "苏州市吴中区宝带路1号")) != []


def test_notice_and_horizon(engineer: int, pinned_clock) -> None:
    pinned_clock("2026-11-23T08:00:00+08:00")
    assert free() == ["23 10:30", "23 12:30", "23 14:30"]
    assert free(span=(at("23T00:00"), at("30T00:00") + timedelta(days=60)))[-1] == "04 14:30"


def test_what_is_held_is_not_offered_until_it_lapses(engineer: int, pinned_clock) -> None:
    assert take("10:30")
    assert "23 10:30" not in free()
    pinned_clock("2026-11-21T10:16:00+08:00")
    assert "23 10:30" in free()
    assert take("10:30"), "a lapsed hold leaves the time to others"


def test_a_lapsed_hold_is_still_booked_when_nobody_else_came(engineer: int, pinned_clock) -> None:
    visit = take("10:30")
    assert visit
    pinned_clock("2026-11-21T12:00:00+08:00")
    book(visit)
    assert "23 10:30" not in free()


def test_a_lapsed_hold_that_somebody_took_is_lost(engineer: int, pinned_clock) -> None:
    first = take("10:30")
    pinned_clock("2026-11-21T12:00:00+08:00")
    second = take("10:30")
    assert first and second
    with transaction() as session:
        ticket = tickets.open_ticket(session, "bot", kind="repair", severity="C", product_type="空调", address=ADDRESS)
        assert not visits.book(session, first, ticket)
        assert visits.book(session, second, ticket)


def test_the_way_from_the_visit_before(engineer: int) -> None:
    hire("严明", "13800000803", skills=["空调"], regions=["苏州市", "上海市"])
    with transaction() as session:
        session.delete(session.get_one(Engineer, engineer))
    kept = take("10:30")
    assert kept
    book(kept)
    far = visits.Need("空调", "上海市黄浦区南京东路1号")
    assert free() == ["23 08:30", "23 12:30", "23 14:30"]
    assert free(far) == ["23 14:30"], "the way from another city does not fit into the window after"


def test_a_day_has_room_for_so_many(engineer: int) -> None:
    with transaction() as session:
        session.get_one(Engineer, engineer).shift = {**WEEK, "from": "08:00", "to": "20:00"}
    for clock in ("08:00", "10:00", "12:00", "14:00"):
        assert take(clock)
    assert free() == []


def test_move_frees_the_old_time(engineer: int) -> None:
    visit = take("08:30")
    assert visit
    number = book(visit)
    with transaction() as session:
        ticket = session.get_one(Ticket, number)
        [slot] = [one for one in visits.slots(session, NEED, *TUESDAY) if time.local(one.start).hour == 14]
        assert visits.move(session, ticket, slot, "customer", "周二下午")
        assert ticket.visit_start == slot.start and ticket.engineer_id == engineer
    assert "23 08:30" in free()
    assert "24 14:30" not in free(span=TUESDAY)


def test_a_cancelled_ticket_gives_its_time_back(engineer: int) -> None:
    visit = take("08:30")
    assert visit
    number = book(visit)
    with transaction() as session:
        tickets.change(session, session.get_one(Ticket, number), "staff:1", "客户取消", status="cancelled")
    assert "23 08:30" in free()
    assert take("08:30"), "though nobody called the visit itself off"


def test_two_want_the_last_time_and_one_gets_it(engineer: int) -> None:
    """Both see it free; each holds it in a transaction of its own, at once."""
    with transaction() as session:
        slot = visits.slots(session, NEED, *MONDAY)[0]
    start, got = threading.Barrier(4), []

    def want() -> None:
        start.wait()
        with transaction() as session:
            kept = visits.hold(session, slot, NEED)
            got.append(kept.id if kept else None)

    threads = [threading.Thread(target=want) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len([one for one in got if one]) == 1
    with transaction() as session:
        assert session.query(Visit).filter(Visit.starts_at == slot.start, Visit.state == "held").count() == 1


def test_with_two_engineers_the_second_wish_gets_the_other_one(engineer: int) -> None:
    other = hire("顾海峰", "13800000802")
    with transaction() as session:
        slot = visits.slots(session, NEED, *MONDAY)[0]
        assert set(slot.engineers) == {engineer, other}
        first, second, third = (visits.hold(session, slot, NEED) for _ in range(3))
        assert first and second and third is None
        assert {first.engineer_id, second.engineer_id} == {engineer, other}


def test_the_engineer_is_told_when_booked_and_when_called_off(engineer: int) -> None:
    with transaction() as session:
        session.add(OncallPerson(name="陆志强", role="engineer", engineer_id=engineer, phone="13800000801"))
    visit = take("08:30")
    assert visit
    number = book(visit)
    with transaction() as session:
        visits.call_off(session, session.get_one(Ticket, number), "customer", "出差")
        notices = session.query(StaffNotice).order_by(StaffNotice.id).all()
        assert [("新的上门" in one.title, "上门取消" in one.title) for one in notices] == [(True, False), (False, True)]
        assert ADDRESS in notices[0].text


def test_a_late_engineer_is_announced(engineer: int) -> None:
    visit = take("08:30")
    assert visit
    number = book(visit)
    with transaction() as session:
        session.add(Conversation(id="cv-late", channel="web", sender="v", created_at=time.now()))
        session.flush()
        ticket = session.get_one(Ticket, number)
        ticket.conversation_id = "cv-late"
        assert lateness.announce(session, ticket, at("23T11:30"), "staff:1", "堵车")
        [said] = session.query(Message).filter_by(conversation_id="cv-late").all()
        assert "11:30" in said.text and "对不起" in said.text
        assert session.get_one(Visit, visit).late_until == at("23T11:30")
        with pytest.raises(lateness.NoVisit):
            lateness.announce(session, ticket, at("23T08:00"), "staff:1")
