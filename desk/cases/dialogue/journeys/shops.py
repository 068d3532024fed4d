"""The shops near a place, told."""

from desk import texts
from desk.cases import branches
from desk.cases.dialogue.case import Case
from desk.records.models import Branch


def words_of(branch: Branch) -> dict[str, str]:
    """A branch's blanks for the catalogue, with whether it is open now."""
    is_open = branches.open_until(branch)
    state = "" if is_open is None else texts.render("service.open" if is_open else "service.closed")
    place = f"{branch.city}{branch.district}{branch.address}"
    return {"name": branch.name, "address": place, "hours": branch.hours, "phone": branch.phone, "state": state}


def tell(case: Case, place: str) -> bool:
    """Name the branches near `place`; False when there are none."""
    near = branches.near(case.session, place)
    for branch in near[:2]:
        case.say("service.branch", **words_of(branch))
    if near:
        case.facts["shop"] = near[0].name
    return bool(near)
