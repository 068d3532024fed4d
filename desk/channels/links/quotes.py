"""GET shows the quote and changes nothing (previews and scanners follow links too); POST agrees or refuses."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from desk import texts
from desk.cases import quote_offers
from desk.channels import plain
from desk.records import db

router = APIRouter(include_in_schema=False, prefix="/quote")
_PAGE = Path(__file__).parent / "templates" / "quote.html"


@router.get("/{token}")
def show(token: str) -> HTMLResponse:
    """The quote, and the two buttons."""
    with db.reading() as session:
        offer = quote_offers.read(session, token)
    return plain.page(
        _PAGE, 404 if offer is None else 200, offer=offer,
        t=lambda key, **blanks: texts.render(f"quotes.page.{key}", **blanks),
    )


@router.post("/{token}")
def act(token: str, answer: Annotated[str, Form(pattern="^(accept|refuse)$")]) -> Response:
    """The customer's answer; the first one counts."""
    quote_offers.answer(token, answer == "accept", "link")
    return RedirectResponse(f"/quote/{token}", 303)
