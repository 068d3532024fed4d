"""Full contact data as an answer: for the three places where a click shows it."""

from collections.abc import Callable

from fastapi.responses import JSONResponse

from desk import texts
from desk.cases import contact
from desk.channels.rest.problems import Problem


def answer(look: Callable[[], dict[str, str]], refusal: str = "first_take") -> JSONResponse:
    """What `look` shows. Raises Problem with the text `refusal` when this person may not see it (yet)."""
    try:
        return JSONResponse(look())
    except contact.NotShown as error:
        raise Problem("forbidden", texts.render(f"console.problems.{refusal}")) from error
