"""Import by upload: each file wholly or not at all, with a report of every bad row."""

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from starlette.datastructures import UploadFile

from desk import texts
from desk.channels.rest.problems import Problem
from desk.console import guard, pages
from desk.console.guard import ConsoleRoute
from desk.console.signin import Person
from desk.imports import export, run_import, sheets
from desk.records import db

router = APIRouter(prefix="/console/manage/imports", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]
MOST_FILES, MOST_SHOWN = 20, 200


@router.get("")
def show(request: Request, me: Me) -> HTMLResponse:
    """The form, and which tables there are."""
    return pages.show(request, me, "admin/imports.html", report=None, sheets=sheets.SHEETS, most=MOST_SHOWN)


@router.post("")
async def take(request: Request, me: Me) -> HTMLResponse:
    """Import what was sent, and report."""
    form = await request.form(max_files=MOST_FILES)
    uploads = [item for _, item in form.multi_items() if isinstance(item, UploadFile) and item.filename]
    files = [(item.filename or "", await item.read()) for item in uploads]
    if not files:
        return pages.show(
            request, me, "admin/imports.html", 422, report=None, sheets=sheets.SHEETS, most=MOST_SHOWN,
            trouble=texts.render("console.imports.no_file"),
        )
    report = await to_thread.run_sync(lambda: run_import(files, actor=me.actor))
    return pages.show(
        request, me, "admin/imports.html", 200 if report.ok else 422, report=report, sheets=sheets.SHEETS,
        most=MOST_SHOWN,
    )


@router.get("/{name}.csv")
def template(name: str) -> Response:
    """A table as it is now, to be changed and sent back; empty tables give the columns alone."""
    sheet = sheets.named(name)
    if sheet is None:
        raise Problem("not-found", texts.render("console.problems.not_found"))
    columns = [column.name for column in sheet.columns]
    with db.reading() as session:
        body = export.to_csv(session, sheet) if sheet.name in OPEN else (export.BOM + ",".join(columns)).encode()
    told = {"Content-Disposition": f'attachment; filename="{sheet.name}.csv"'}
    return Response(body, media_type="text/csv; charset=utf-8", headers=told)


OPEN = frozenset({"products", "branches", "prices", "articles"})  # nothing personal stands in these
