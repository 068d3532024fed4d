"""For those who watch the service: alive, ready, counted. No key is needed, nothing personal is told."""

from concurrent.futures import ThreadPoolExecutor

import requests
from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import func, select, text

from desk.cases.oncall import backlog
from desk.records import db
from desk.records.models import Alarm, Conversation, Outbound, Turn
from desk.settings import settings
from desk.talk import metrics, rasa
from desk.talk.view import UNFINISHED

router = APIRouter(include_in_schema=False)
_probes = ThreadPoolExecutor(3, thread_name_prefix="ready")


@router.get("/healthz")
async def alive() -> JSONResponse:
    """The process answers."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
def ready() -> JSONResponse:
    """Whether a customer would be served now: database, Rasa with a model, actions."""
    probes = {"database": _database, "rasa": rasa.ready, "actions": _actions}
    asked = {name: _probes.submit(probe) for name, probe in probes.items()}
    checks = {name: bool(probe.result()) for name, probe in asked.items()}
    good = all(checks.values())
    return JSONResponse({"ready": good, "checks": checks}, 200 if good else 503)


@router.get("/metrics")
def counted() -> Response:
    """Prometheus."""
    _count_what_waits()
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def _database() -> bool:
    try:
        with db.reading() as session:
            session.execute(text("SELECT 1 FROM conversations LIMIT 1"))
        return True
    except Exception:
        return False


def _actions() -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{settings().actions_port}/health", timeout=1).status_code == 200
    except requests.RequestException:
        return False


def _count_what_waits() -> None:
    with db.reading() as session:
        metrics.WAITING.set(session.scalar(select(func.count()).where(Turn.state.in_(UNFINISHED))) or 0)
        metrics.QUEUED.set(session.scalar(select(func.count()).where(Conversation.state == "queued")) or 0)
        metrics.ALARMS.set(session.scalar(select(func.count()).where(Alarm.state == "ringing")) or 0)
        metrics.CLOCK_LATE.set(backlog.seconds(session))
        rows = session.execute(select(Outbound.state, func.count()).group_by(Outbound.state)).all()
    counts = {state: number for state, number in rows}
    for state in ("pending", "held", "failed"):
        metrics.OUTBOX.labels(state).set(counts.get(state, 0))
