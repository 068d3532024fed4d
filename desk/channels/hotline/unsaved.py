"""Calls that the database could not take: kept as small files, and written into the records as soon as it can."""

import json
import logging
from pathlib import Path
from typing import Any

from desk.cases.hotline import calls, voicemails
from desk.channels.hotline.call import Call
from desk.channels.hotline.register import Visit
from desk.channels.hotline.settings import settings

log = logging.getLogger(__name__)


def folder() -> Path:
    """Where they wait."""
    return settings().folder / "unsaved"


def keep(call: Call, visit: Visit) -> None:
    """Write down what the records could not take."""
    path = folder() / f"{visit.id}.json"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    held = {"id": visit.id, "caller": visit.caller, "called": visit.called, **call.held()}
    path.write_text(json.dumps(held, ensure_ascii=False), "utf-8")
    path.chmod(0o600)
    log.warning("call_kept_aside", extra={"call": visit.id})


def take_up() -> int:
    """Write the waiting ones into the records; how many."""
    done = 0
    for path in sorted(folder().glob("*.json")) if folder().is_dir() else []:
        _write(json.loads(path.read_text("utf-8")))
        path.unlink()
        done += 1
    return done


def _write(held: dict[str, Any]) -> None:
    chosen = settings()
    calls.begin(
        held["id"], held["caller"], held["called"], calls_an_hour=chosen.calls_an_hour,
        tickets_a_night=chosen.tickets_a_night,
    )
    if held["danger"]:
        calls.emergency_ticket(held["id"], held["danger"], "；".join(held["heard"]))
    if not calls.reopen(held["id"]):
        return
    calls.note(held["id"], [calls.Line("heard", text) for text in held["heard"]] + [calls.Line("failed", "records")])
    if held["file"]:
        voicemails.leave(held["id"], held["file"], held["seconds"])
    calls.end(held["id"], held["next"], answered=held["done"])
