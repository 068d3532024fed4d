"""Logs as JSON lines on standard error; numbers and addresses are masked, whatever wrote them."""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desk import time

_QUIET = ("/healthz", "/readyz", "/metrics", "/chat/messages", "/chat/events", "/console/api/sync")
_requests = logging.getLogger("desk.requests")

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}
_ADDRESS = re.compile(
    r"[\u4e00-\u9fff]{2,12}(?:省|市|区|县|镇|街道|路|街|巷|弄|小区|村)"
    r"[\u4e00-\u9fff\dA-Za-z-]*\d+[\u4e00-\u9fff\dA-Za-z-]*"
)
_MASKS = (
    (re.compile(r"(?<!\d)(1[3-9]\d)[ -]?\d{4}[ -]?(\d{4})(?!\d)"), r"\1****\2"),
    (re.compile(r"(?<!\d)(0\d{2,3})-?\d{3,4}(\d{4})(?!\d)"), r"\1****\2"),
    (_ADDRESS, "[地址]"),
)


def masked(text: str) -> str:
    """`text` with phone numbers and street addresses made unreadable."""
    for pattern, instead in _MASKS:
        text = pattern.sub(instead, text)
    return text


class JsonLines(logging.Formatter):
    """One record, one line of JSON: at, level, logger, event, and what `extra` gave."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = type(record.exc_info[1]).__name__
            line["trace"] = _places(record.exc_info[1])
        return masked(json.dumps(line, ensure_ascii=False, default=str))


def setup(level: int = logging.INFO) -> None:
    """Let every logger of this process write JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        found = logging.getLogger(name)
        found.handlers.clear()
        found.propagate = name != "uvicorn.access"
    logging.getLogger("alembic").setLevel(logging.WARNING)


def _places(error: BaseException) -> list[str]:
    # Where, not what: an error's message and its SQL parameters may hold a customer's words.
    places = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 3)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places[-12:]


class Requests:
    """ASGI middleware: one line a request, with the route and not the address, which names people."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        began, status = time.monotonic(), 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", None)
            level = logging.DEBUG if route in _QUIET else logging.INFO
            milliseconds = round((time.monotonic() - began) * 1000)
            facts = {"method": scope["method"], "route": route, "status": status, "ms": milliseconds}
            _requests.log(level, "request", extra=facts)
