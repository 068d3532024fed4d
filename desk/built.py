"""The scripts that the launcher builds from `widget/`: the website widget and the console's island."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from desk.channels.rest.problems import Problem
from desk.settings import PROJECT

FOLDER = PROJECT / "widget" / "dist"
NAMES = ("aftercare-chat.js", "console.js")
_FOR_A_YEAR = "public, max-age=31536000, immutable"
_ASK_AGAIN = "public, max-age=300"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Script:
    """A built script: its bytes as they are and compressed, and a short hash of them."""

    plain: bytes
    small: bytes
    hash: str


def script(name: str) -> Script | None:
    """The built script `name`; None when it has not been built."""
    path = FOLDER / name
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return None


def address(name: str) -> str | None:
    """Where a page of ours finds `name`; it changes with the content. None when it has not been built."""
    found = script(name)
    return f"/widget/{name}?v={found.hash}" if found else None


@router.get("/widget/{name}")
def file(name: str, request: Request) -> Response:
    """A built script. With its hash in the query it may be kept for ever, else it is asked for again."""
    found = script(name) if name in NAMES else None
    if found is None:
        raise Problem("not-found", "没有这个文件；聊天窗口可能还没有构建。")
    headers = {
        "ETag": f'"{found.hash}"', "Vary": "Accept-Encoding", "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin", "X-Content-Type-Options": "nosniff",
        "Cache-Control": _FOR_A_YEAR if request.query_params.get("v") == found.hash else _ASK_AGAIN,
    }
    if found.hash in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    body = found.plain
    if "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["Content-Encoding"] = found.small, "gzip"
    return Response(body, media_type="text/javascript; charset=utf-8", headers=headers)


@lru_cache(maxsize=8)
def _read(path: Path, changed: int) -> Script:
    plain = path.read_bytes()
    return Script(plain, gzip.compress(plain, 9, mtime=0), hashlib.sha256(plain).hexdigest()[:12])
