"""Pages for who follows a link in a message: one style, no script, nothing fetched from elsewhere."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from fastapi.responses import HTMLResponse

from desk.settings import settings


def page(template: Path, status: int = 200, **values: Any) -> HTMLResponse:
    """`template`, which fills plain.html, and the headers that allow nothing but its style."""
    style, digest = _style()
    html = _template(template).render(**values, style=style, company=settings().company)
    headers = {
        "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
    }
    return HTMLResponse(html, status, headers=headers)


@cache
def _template(path: Path) -> jinja2.Template:
    loader = jinja2.FileSystemLoader([path.parent, Path(__file__).parent])
    made = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    return made.get_template(path.name)


@cache
def _style() -> tuple[str, str]:
    """The style, and the digest that allows it."""
    style = (Path(__file__).parent / "plain.css").read_text("utf-8")
    return style, base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
