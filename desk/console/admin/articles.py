"""Articles: listed, written, and looked at as the assistant will say them."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from desk import texts
from desk.cases import articles, content
from desk.channels.rest.problems import Problem
from desk.console import guard, pages, paging
from desk.console.guard import ConsoleRoute
from desk.console.lead.filters import like
from desk.console.signin import Person
from desk.records import db
from desk.records.models import Article

router = APIRouter(prefix="/console/manage/articles", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]
Text = Annotated[str, Form(max_length=300)]
HOME = "/console/manage/articles"
EMPTY: dict[str, Any] = {
    "title": "", "product_type": "", "symptom": "", "fault_code": "", "steps": "", "safe": True, "trial": "",
}


@router.get("")
def show(request: Request, me: Me) -> HTMLResponse:
    """All articles."""
    words = request.query_params.get("words", "")[:60]
    fields = (Article.title, Article.product_type, Article.symptom, Article.fault_code)
    found = or_(*[field.like(like(words), escape="\\") for field in fields])
    with db.reading() as session:
        every = list(session.scalars(select(Article).where(found).order_by(Article.product_type, Article.title)))
    page = paging.page(request, len(every))
    rows = every[page.offset : page.offset + page.size]
    return pages.show(request, me, "admin/articles.html", rows=rows, page=page, words=words)


@router.get("/new")
def new(request: Request, me: Me) -> HTMLResponse:
    """An empty form."""
    return pages.show(request, me, "admin/article.html", id=0, kept=EMPTY, preview=None, here=HOME)


@router.get("/{article_id}")
def one(request: Request, article_id: int, me: Me) -> HTMLResponse:
    """One article as it is, and as the assistant says it."""
    with db.reading() as session:
        article = _get(session, article_id)
    kept = {**EMPTY, **{name: getattr(article, name) for name in ("title", "product_type", "symptom", "fault_code")}}
    kept |= {"steps": "\n".join(map(str, article.steps)), "safe": article.safe}
    return pages.show(
        request, me, "admin/article.html", id=article_id, kept=kept, preview=_preview(article, ""), here=HOME
    )


@router.post("/{article_id}")
def save(
    request: Request, article_id: int, me: Me, title: Text = "", product_type: Text = "", symptom: Text = "",
    fault_code: Text = "", steps: Annotated[str, Form(max_length=4000)] = "", safe: Annotated[bool, Form()] = False,
    trial: Text = "", do: Text = "save",
) -> Response:
    """Write it (0: a new one), or only look at it (`do` preview)."""
    written: dict[str, Any] = {
        "title": title, "product_type": product_type, "symptom": symptom, "fault_code": fault_code, "steps": steps,
        "safe": safe,
    }
    try:
        if do == "preview":
            preview = _preview(content.draft(**written), trial, article_id)
            kept = {**written, "trial": trial}
            return pages.show(
                request, me, "admin/article.html", id=article_id, kept=kept, preview=preview, here=HOME
            )
        with db.transaction() as session:
            old = _get(session, article_id) if article_id else None
            content.save_article(session, old, me.actor, **written)
    except ValueError as error:
        return pages.show(
            request, me, "admin/article.html", 422, id=article_id, kept={**written, "trial": trial}, preview=None,
            trouble=str(error), here=HOME,
        )
    return pages.done(HOME)


@router.post("/{article_id}/delete")
def delete(article_id: int, me: Me) -> Response:
    """Take it away."""
    with db.transaction() as session:
        content.delete(session, _get(session, article_id), me.actor)
    return pages.done(HOME, "deleted")


def _preview(article: Article, trial: str, article_id: int = 0) -> dict[str, Any]:
    """What the assistant says of it, and for a customer's sentence whether it would choose it."""
    aid, how_to = articles.first_aid(article), articles.how_to(article)
    said = {
        "booking": texts.render(aid[0], **aid[1]) if aid else "",
        "how_to": texts.render(how_to[0], **how_to[1]),
    }
    return {**said, "trial": _chosen(article, trial, article_id) if trial.strip() else None}


def _chosen(article: Article, trial: str, article_id: int) -> str:
    """Which article the assistant takes for a sentence: this draft, another one, or none."""
    with db.reading() as session:
        others = [found for found in session.scalars(select(Article)) if found.id != article_id]
    best = articles.best_of([article, *others], article.product_type, trial)
    if best is None:
        return texts.render("console.articles.takes_none")
    key = "takes_this" if best is article else "takes_other"
    return texts.render(f"console.articles.{key}", title=best.title)


def _get(session: Session, article_id: int) -> Article:
    found = session.get(Article, article_id)
    if found is None:
        raise Problem("not-found", texts.render("console.content.gone"))
    return found
