"""A ticket's deadlines through its life: severity, visits, pauses, resolution, reopening."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from desk import time
from desk.cases import deadlines, tickets
from desk.records.db import reading, transaction
from desk.records.models import Ticket
from desk.rules.errors import RuleInputError
from desk.rules.places import SHIPPED

Clock = Callable[[str], datetime]
TUESDAY = "2026-03-10T10:00:00+08:00"
NEARLY = timedelta(seconds=30)


@pytest.fixture
def clock(clean_database: str, pinned_clock: Clock) -> Iterator[Clock]:
    """The clock stands at 10:00 on a working Tuesday."""
    pinned_clock(TUESDAY)
    yield pinned_clock


def opened(level: str = "RAPID-4H", severity: str = "B", **fields: Any) -> str:
    with transaction() as session:
        return tickets.open_ticket(session, "bot", severity=severity, service_level=level, **fields).number


def change(number: str, **fields: Any) -> None:
    with transaction() as session:
        ticket = tickets.by_number(session, number)
        assert ticket is not None
        tickets.change(session, ticket, "staff:1", "因为", **fields)


def due(number: str) -> dict[str, str]:
    """Each deadline to the minute: the clock of a test runs on from where it was set."""
    with reading() as session:
        ticket = tickets.by_number(session, number)
        assert ticket is not None
        return {
            name.removesuffix("_due"): f"{time.local(datetime.fromisoformat(value) + NEARLY):%m-%d %H:%M}"
            for name, value in ticket.deadlines.items()
            if name.endswith("_due") and value
        }


def states(number: str) -> dict[str, str]:
    with reading() as session:
        ticket = tickets.by_number(session, number)
        assert ticket is not None
        return {standing.name: standing.state for standing in deadlines.standings(ticket, time.now())}


def events(number: str) -> list[tuple[str, str]]:
    with reading() as session:
        ticket = tickets.by_number(session, number)
        assert ticket is not None
        return [(event.kind, event.actor) for event in ticket.events]


def within(number: str) -> Callable[[Callable[..., Any]], Any]:
    def run(step: Callable[..., Any]) -> Any:
        with transaction() as session:
            ticket = tickets.by_number(session, number)
            assert ticket is not None
            return step(session, ticket)

    return run


def test_promises_are_met_late_and_stopped(clock: Clock) -> None:
    number = opened()
    assert due(number) == {"response": "03-10 10:30", "arrival": "03-10 12:00", "fix": "03-10 14:00"}
    clock("2026-03-10T10:20:00+08:00")
    change(number, status="accepted")
    clock("2026-03-10T12:30:00+08:00")
    assert states(number) == {"response": "met", "arrival": "overdue", "fix": "running"}
    change(number, status="in_progress")
    assert states(number) == {"response": "met", "arrival": "late", "fix": "running"}
    clock("2026-03-10T13:30:00+08:00")
    change(number, status="resolved")
    clock("2026-03-12T10:00:00+08:00")
    assert states(number) == {"response": "met", "arrival": "late", "fix": "stopped"}
    change(number, status="closed")
    assert states(number)["fix"] == "stopped"


def test_only_promises_that_still_count_are_told_as_next(clock: Clock) -> None:
    number = opened()
    name = within(number)(lambda _, ticket: tickets.due(ticket)[0])
    assert name == "response_due"
    change(number, status="accepted")
    assert within(number)(lambda _, ticket: tickets.due(ticket)[0]) == "arrival_due"
    change(number, status="cancelled")
    assert within(number)(lambda _, ticket: tickets.due(ticket)) is None
    assert not within(number)(lambda _, ticket: tickets.overdue(ticket, time.now() + timedelta(days=30)))


def test_waiting_for_parts_stops_the_fix_and_waiting_for_the_customer_also_the_arrival(clock: Clock) -> None:
    number = opened()
    clock("2026-03-10T11:00:00+08:00")
    within(number)(lambda session, ticket: tickets.pause(session, ticket, "staff:1", "waiting_parts", "等压缩机"))
    assert due(number) == {"response": "03-10 10:30", "arrival": "03-10 12:00"}
    clock("2026-03-11T11:00:00+08:00")
    assert states(number) == {"response": "overdue", "arrival": "overdue"}
    assert within(number)(lambda session, ticket: tickets.go_on(session, ticket, "staff:1"))
    assert due(number)["fix"] == "03-11 14:00"
    within(number)(lambda session, ticket: tickets.pause(session, ticket, "staff:1", "waiting_customer"))
    assert not within(number)(lambda _, ticket: ticket.deadlines["fix_due"])
    assert [kind for kind, _ in events(number)] == ["opened", "paused", "resumed", "paused"]


def test_a_word_from_the_customer_ends_the_wait_for_the_customer(clock: Clock) -> None:
    number = opened()
    within(number)(lambda session, ticket: tickets.pause(session, ticket, "staff:1", "waiting_customer"))
    clock("2026-03-10T11:00:00+08:00")
    within(number)(lambda session, ticket: tickets.add_note(session, ticket, "staff:1", "打过电话没人接"))
    assert "arrival" not in due(number)
    within(number)(lambda session, ticket: tickets.add_note(session, ticket, "customer", "我在家"))
    assert due(number)["arrival"] == "03-10 13:00"
    assert events(number)[-1] == ("resumed", "customer")


def test_a_word_from_the_customer_brings_no_parts(clock: Clock) -> None:
    number = opened()
    within(number)(lambda session, ticket: tickets.pause(session, ticket, "staff:1", "waiting_parts"))
    within(number)(lambda session, ticket: tickets.add_note(session, ticket, "customer", "快点"))
    assert within(number)(lambda _, ticket: deadlines.open_pause(ticket)) is not None


@pytest.mark.parametrize(("reason", "said"), [("rain", "没有叫“rain”"), ("waiting_parts", "已经暂停")])
def test_pauses_that_make_no_sense_are_refused(clock: Clock, reason: str, said: str) -> None:
    number = opened()
    if reason == "waiting_parts":
        within(number)(lambda session, ticket: tickets.pause(session, ticket, "staff:1", reason))
    with pytest.raises(RuleInputError, match=said):
        within(number)(lambda session, ticket: tickets.pause(session, ticket, "staff:1", reason))
    change(number, status="cancelled")
    with pytest.raises(RuleInputError, match="已经结束"):
        within(number)(lambda session, ticket: tickets.pause(session, ticket, "staff:1", "waiting_parts"))


def test_finishing_ends_the_pause(clock: Clock) -> None:
    number = opened()
    within(number)(lambda session, ticket: tickets.pause(session, ticket, "staff:1", "waiting_parts"))
    clock("2026-03-10T12:00:00+08:00")
    change(number, status="resolved")
    assert within(number)(lambda _, ticket: ticket.pauses[0]["end"]) is not None
    assert not within(number)(lambda session, ticket: tickets.go_on(session, ticket, "staff:1"))


def test_a_changed_severity_counts_from_its_change_also_after_the_visit_moves(clock: Clock) -> None:
    number = opened("STD", "C")
    assert due(number) == {"response": "03-10 10:30", "arrival": "03-10 14:00"}
    clock("2026-03-10T11:00:00+08:00")
    change(number, severity="A")
    expected = {"response": "03-10 10:30", "arrival": "03-10 13:00"}
    assert due(number) == expected
    change(number, visit_start=time.now() + timedelta(days=1))
    assert due(number) == expected
    clock("2026-03-10T11:30:00+08:00")
    change(number, severity="C")
    assert due(number)["arrival"] == "03-10 14:00"


def test_a_reopened_ticket_gets_new_clocks(clock: Clock) -> None:
    visit = datetime.fromisoformat("2026-03-10T15:00:00+08:00")
    number = opened("HOME", "C", visit_start=visit, visit_end=visit + timedelta(hours=2))
    change(number, status="in_progress")
    change(number, status="resolved")
    clock("2026-03-16T09:00:00+08:00")
    change(number, status="reopened")
    assert due(number) == {"response": "03-16 09:30"}
    assert states(number) == {"response": "running"}
    ticket: Ticket = within(number)(lambda _, ticket: ticket)
    assert (ticket.resolved_at, ticket.closed_at, ticket.visit_start) == (None, None, None)


def test_a_new_version_of_the_service_levels_moves_no_deadline_of_an_older_ticket(
    clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AFTERCARE_POLICY_DIR", str(tmp_path))
    older = opened()
    before = due(older)
    shipped = (SHIPPED / "sla.yml").read_text("utf-8")
    faster = "levels: {RAPID-4H: {milestones: {fix: {minutes: 60}}}}"
    later = f"{{effective_from: 2026-03-11, source: 公司, confidence: H, {faster}}}"
    (tmp_path / "sla.yml").write_text(f"{shipped}\nversions:\n  - {later}\n", "utf-8")
    clock("2026-03-11T10:00:00+08:00")
    newer = opened()
    change(older, severity="A")

    assert (due(older), due(newer)["fix"]) == (before, "03-11 11:00")
    with reading() as session:
        found = [tickets.by_number(session, number) for number in (older, newer)]
        versions = [ticket.deadlines["policy_version"] for ticket in found if ticket is not None]
    assert versions == ["sla@2026-01-01", "sla@2026-03-11"]


def test_a_product_may_name_its_service_level_in_words() -> None:
    assert deadlines.level_of(None, "一级7×24") == "STD-L1"
    assert deadlines.level_of(None, "没有的级别") is None
