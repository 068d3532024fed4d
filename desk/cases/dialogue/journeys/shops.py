"""The shops near a place, told."""

from desk import texts
from desk.cases import branches
from desk.cases.dialogue.case import Case
from desk.records.models import Branch

MOST = 2


def words_of(branch: Branch) -> dict[str, str]:
    """A branch's blanks for the catalogue, with whether it is open now."""
    is_open = branches.open_until(branch)
    state = "" if is_open is None else texts.render("service.open" if is_open else "service.closed")
    place = f"{branch.city}{branch.district}{branch.address}"
    return {"name": branch.name, "address": place, "hours": branch.hours, "phone": branch.phone, "state": state}


def show(case: Case, near: list[Branch]) -> None:
    """Name these branches, those that are open now first; what is asked next is asked about them."""
    first = sorted(near, key=lambda branch: branches.open_until(branch) is False)[:MOST]
    for branch in first:
        case.say("service.branch", **words_of(branch))
    case.state["shops"] = [branch.id for branch in first]


def about_shown(case: Case) -> list[Branch]:
    """The branches named before, when the message asks more about them: 现在开门吗, 电话多少."""
    known = case.state.get("shops") or []
    if not known or not case.said.has(*texts.data("service.about_shop")):
        return []
    return [branch for branch in branches.all_branches(case.session) if branch.id in known]


def tell(case: Case, place: str) -> bool:
    """Name the branches near `place`; False when there are none."""
    near = branches.near(case.session, place)
    show(case, near)
    if near:
        case.facts["shop"] = near[0].name
    return bool(near)
