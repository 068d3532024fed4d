"""The demo page at `/`: a company's page that holds the widget as any website would."""

import csv
from functools import cache
from pathlib import Path

import jinja2
from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse, Response
from sqlalchemy import select

from desk import built
from desk.channels.rest.problems import Problem
from desk.records import db
from desk.records.models import Device
from desk.settings import settings

DEMO_DATA = Path(__file__).parents[2] / "demo" / "devices.csv"
_FILES = Path(__file__).parent / "files"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' blob: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "microphone=(), geolocation=()",
    "Cache-Control": "no-cache",
}

router = APIRouter(include_in_schema=False)


@router.get("/")
def page() -> HTMLResponse:
    """The page, with the widget if it has been built."""
    chosen = settings()
    html = _page().render(
        brand=chosen.brand_name, company=chosen.company, demo=_demo() if chosen.demo else [],
        widget=built.address("aftercare-chat.js"),
    )
    return HTMLResponse(html, headers=_HEADERS)


@router.get("/site/{name}.{kind}")
def file(name: str, kind: str) -> Response:
    """The page's own style and icon."""
    if (name, kind) not in (("site", "css"), ("icon", "svg")):
        raise Problem("not-found", "没有这个文件。")
    return FileResponse(_FILES / f"{name}.{kind}", headers=_HEADERS)


def _demo() -> list[dict[str, str]]:
    """Serial numbers to try: only ones that the demo data brought, never a real customer's."""
    with db.reading() as session:
        rows = session.scalars(
            select(Device).where(Device.serial_number.in_(_demo_serials())).order_by(Device.id).limit(3)
        ).all()
        return [
            {"serial": row.serial_number, "name": (row.product.name or row.product.model) if row.product else ""}
            for row in rows
        ]


@cache
def _demo_serials() -> frozenset[str]:
    with DEMO_DATA.open(encoding="utf-8", newline="") as file:
        return frozenset(row["serial_number"] for row in csv.DictReader(file))


@cache
def _page() -> jinja2.Template:
    source = (_FILES / "index.html").read_text("utf-8")
    return jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(source)
