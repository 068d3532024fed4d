"""The clock's hand: looks each second what is due, and gives it to the engine under a name that makes it once."""

import logging
import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from desk import time
from desk.records import db
from desk.records.models import StaffNotice
from desk.settings import settings

if TYPE_CHECKING:
    from desk.clock.liveness import Liveness

EVERY = 1.0
PLAN_EVERY = 5.0
TIDY_EVERY, TIDY_FIRST = 6 * 3600.0, 600.0
_PATIENCE = 5.0
_PLANNING = 7_305_002  # any number: the lock of who plans

log = logging.getLogger(__name__)


class Runner:
    """One a process. The engine is loaded in its thread, so that nothing else waits for it."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.run, name="clock", daemon=True)
        self._planned, self._tidied = -PLAN_EVERY, time.monotonic() - TIDY_EVERY + TIDY_FIRST

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, when what is in work has ended."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(15)

    def run(self) -> None:
        """Until `stop`; a failure (the database is away) is logged, and it goes on a little later."""
        while not self._stop.is_set():
            try:
                with ExitStack() as stack:
                    self._tick_on(self._launched(stack))
            except Exception:
                log.exception("clock_failed")
                self._stop.wait(_PATIENCE)

    def _launched(self, stack: ExitStack) -> "Liveness | None":
        from desk.clock import engine
        from desk.clock.liveness import Liveness

        me = engine.launch()
        stack.callback(engine.destroy)
        log.info("clock_started", extra={"engine": me})
        if settings().embedded:
            return None
        liveness = Liveness(me)
        stack.callback(liveness.close)
        return liveness

    def _tick_on(self, liveness: "Liveness | None") -> None:
        while not self._stop.is_set():
            if time.monotonic() - self._planned >= PLAN_EVERY:
                self._planned = time.monotonic()
                if liveness is not None:
                    liveness.look()
                _plan()
                if time.monotonic() - self._tidied >= TIDY_EVERY:
                    self._tidied = time.monotonic()
                    _tidy()
            _begin_due()
            self._stop.wait(EVERY)


def _plan() -> None:
    """What has to be looked for; of several clocks on one database one looks at a time."""
    from desk.cases import waiting
    from desk.cases.followups import plan
    from desk.cases.oncall import telling, watch

    with db.transaction() as session:
        if session.get_bind().dialect.name == "postgresql":
            free = session.scalar(text("SELECT pg_try_advisory_xact_lock(:n)"), {"n": _PLANNING})
            if not free:
                return
        plan.everything(session)
        watch.everything(session)
        told = waiting.tell_again(session, time.now())
    for conversation_id in told:
        telling.spread(conversation_id)


def _tidy() -> None:
    from desk.clock import tidy

    tidy.once()


def _begin_due() -> None:
    from desk.cases.followups import act
    from desk.cases.oncall import steps
    from desk.clock import engine, workflows

    with db.reading() as session:
        alarm_steps = steps.due(session)
        follow_ups = act.due(session)
        notices = session.execute(
            select(StaffNotice.id, StaffNotice.created_at, StaffNotice.attempts)
            .where(StaffNotice.state == "pending", StaffNotice.next_try_at <= time.now())
            .order_by(StaffNotice.next_try_at)
            .limit(200)
        ).all()
    for step_id, name in alarm_steps:
        engine.begin(name, workflows.alarm_step, step_id)
    for follow_id, name in follow_ups:
        engine.begin(name, workflows.follow_up, follow_id)
    for notice_id, made, attempts in notices:
        name = f"notice:{notice_id}:{made.timestamp():.6f}"
        if attempts == 0 or not engine.unfinished(f"{name}:{attempts - 1}"):
            engine.begin(f"{name}:{attempts}", workflows.notice, notice_id, attempts)
