"""What each journey does next."""

from collections.abc import Callable

from desk.cases.dialogue.case import Case
from desk.cases.dialogue.journeys import callback, complaint, cover, emergency, fault, howto, returns, ticket, visit

ADVANCE: dict[str, Callable[[Case], bool]] = {
    "fault": fault.advance,
    "warranty": cover.advance,
    "emergency": emergency.advance,
    "callback": callback.advance,
    "visit": visit.advance,
    "return": returns.advance,
    "complaint": complaint.advance,
    "howto": howto.advance,
    **{wish: ticket.advance for wish in ticket.WISHES},
}


def again(case: Case) -> None:
    """The open question, once more."""
    if case.journey in ADVANCE:
        ADVANCE[case.journey](case)
