"""Policy files: looked at with line numbers, a new version checked and put in place."""

from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Depends, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from desk import texts
from desk.cases import policies
from desk.channels.rest.problems import Problem
from desk.console import guard, pages, shown
from desk.console.admin import names
from desk.console.guard import ConsoleRoute
from desk.console.signin import Person
from desk.records import db

router = APIRouter(prefix="/console/manage/policies", route_class=ConsoleRoute)
Me = Annotated[Person, Depends(guard.person)]
HOME = "/console/manage/policies"


@router.get("")
def show(request: Request, me: Me) -> HTMLResponse:
    """All files."""
    return pages.show(request, me, "admin/policies.html", files=policies.files(), folder=str(policies.own_dir()))


@router.get("/{path:path}/download")
def download(path: str) -> Response:
    """The file that counts, to change it elsewhere."""
    _known(path)
    told = {"Content-Disposition": f'attachment; filename="{path.rsplit("/", 1)[-1]}"'}
    return PlainTextResponse(policies.text(path), media_type="application/yaml", headers=told)


@router.get("/{path:path}")
def one(request: Request, path: str, me: Me, shipped: bool = False, version: int = 0) -> HTMLResponse:
    """One file with its line numbers; `version` shows it as it was saved then."""
    text = policies.text(_known(path), shipped)
    if version:
        with db.reading() as session:
            found = policies.version(session, path, version)
        if found is None or found.content is None:
            raise Problem("not-found", texts.render("console.policies.no_version"))
        text = found.content
    return _one(request, me, path, text, shipped=shipped, looked_at=version)


@router.post("/{path:path}/remove")
def remove(request: Request, path: str, me: Me) -> Response:
    """Back to the shipped file."""
    _known(path)
    try:
        with db.transaction() as session:
            policies.remove(session, path, me.actor)
    except policies.NotValid as error:
        return _one(request, me, path, policies.text(path), error.findings)
    return pages.done(HOME, "policy_removed")


@router.post("/{path:path}/restore")
def restore(request: Request, path: str, me: Me, version: Annotated[int, Form()]) -> Response:
    """An earlier version counts again, if it is still valid."""
    _known(path)
    try:
        with db.transaction() as session:
            done = policies.restore(session, path, version, me.actor)
    except policies.NotValid as error:
        return _one(request, me, path, policies.text(path), error.findings)
    if not done:
        raise Problem("not-found", texts.render("console.policies.no_version"))
    return pages.done(HOME, "policy_saved")


@router.post("/{path:path}")
async def save(
    request: Request, path: str, me: Me, file: UploadFile | None = None,
    text: Annotated[str, Form(max_length=policies.LARGEST)] = "", do: Annotated[str, Form()] = "check",
) -> Response:
    """Check a new version (`do` check), or put it in place when it is valid (save). An uploaded file goes before."""
    _known(path)
    if file is not None and file.filename:
        try:
            text = (await file.read()).decode("utf-8-sig")
        except UnicodeDecodeError:
            problem = texts.render("console.policies.not_utf8")
            return _one(request, me, path, text, [policies.Finding(path, 0, "", problem)])
    text = text.replace("\r\n", "\n")
    return await _taken(request, me, path, text, do)


async def _taken(request: Request, me: Person, path: str, text: str, do: str) -> Response:
    findings = await to_thread.run_sync(policies.check, path, text)
    if findings or do != "save":
        good = "" if findings else texts.render("console.policies.good")
        return await to_thread.run_sync(lambda: _one(request, me, path, text, findings, good))

    def put() -> None:
        with db.transaction() as session:
            policies.save(session, path, text, me.actor)

    await to_thread.run_sync(put)
    return pages.done(HOME, "policy_saved")


def _one(
    request: Request, me: Person, path: str, text: str, findings: list[policies.Finding] | None = None,
    good: str = "", shipped: bool = False, looked_at: int = 0,
) -> HTMLResponse:
    with db.reading() as session:
        versions, people = policies.versions(session, path), names.staff(session)
    here = next((file for file in policies.files() if file.path == path), policies.PolicyFile(path, False, False))
    wrong = {found.line for found in findings or () if found.file == path}
    return pages.show(
        request, me, "admin/policy.html", 422 if findings else 200, file=here, text=text, lines=text.splitlines(),
        findings=findings or [], wrong=wrong, good=good, shipped=shipped, here=HOME, most=policies.LARGEST,
        versions=[(row.id, shown.actor(row.saved_by, people), row.saved_at, row.content is None) for row in versions],
        looked_at=looked_at,
    )


def _known(path: str) -> str:
    if not policies.known(path):
        raise Problem("not-found", texts.render("console.policies.missing"))
    return path
