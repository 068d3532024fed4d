"""The worker that moves conversations on: each one in order, many side by side, and what was left behind taken up."""

import logging
import threading
from concurrent.futures import Future
from typing import Any

from desk import time
from desk.records import db
from desk.settings import settings
from desk.talk import claims, inbox, locks, metrics, nudge, outbox, senders, turns, view
from desk.talk.lanes import Lane

# So many conversations are in Rasa's hands at once; the others wait here, where waiting is not a time-out.
TURNS_A_SERVER = 8
SWEEP_EVERY = 2.0

log = logging.getLogger(__name__)


class Engine:
    """Start one a process; the module's `current()` is the one that runs."""

    def __init__(self) -> None:
        self._alarm = threading.Event()
        self._turns = Lane("turn", TURNS_A_SERVER * len(settings().rasa), self._turn, self._alarm.set)
        self._sends = Lane("send", 4, outbox.deliver, self._alarm.set)
        self._watching: dict[str, dict[str, list[Future[dict[str, Any]]]]] = {}
        self._watch_lock = threading.Lock()
        self._claims: dict[str, claims.Claim] = {}
        self._alone = db.engine().dialect.name == "sqlite"
        self._stop = threading.Event()
        self._clock = threading.Thread(target=self._tick, name="talk-clock", daemon=True)

    def start(self) -> None:
        """Take up what an earlier process left unfinished, and go on."""
        for conversation_id in turns.unfinished(also_asked=True):
            self._turns.wake(conversation_id)
        self._clock.start()

    def stop(self) -> None:
        """Finish what is in work and stop; what waits stays stored."""
        self._stop.set()
        self._alarm.set()
        self._clock.join()
        self._turns.close()
        self._sends.close()
        with self._watch_lock:
            left = [future for watched in self._watching.values() for futures in watched.values() for future in futures]
        for future in left:
            future.cancel()

    def wake(self, conversation_id: str, delay: float = 0.0) -> None:
        """There is something to do for a conversation (now, or in `delay` seconds)."""
        self._turns.wake(conversation_id, delay)

    def send(self, conversation_id: str, channel: str | None = None) -> None:
        """Something was said: send it, and nudge who looks on. Call it after the commit."""
        nudge.tell(conversation_id)
        if senders.registered() if channel is None else senders.sender_of(channel):
            self._sends.wake(conversation_id)

    def submit(self, *args: Any, **named: Any) -> inbox.Received:
        """`inbox.receive`, and the turn is started. Raises words.Refused."""
        received = self._take(*args, **named)
        self.wake(received.conversation_id, received.settle)
        return received

    def submit_and_watch(self, *args: Any, **named: Any) -> tuple[inbox.Received, "Future[dict[str, Any]]"]:
        """`submit` and `watch` in one; where there is room the turn is done in this thread. Raises words.Refused."""
        received = self._take(*args, **named)
        if not received.new:
            self.wake(received.conversation_id, received.settle)
            return received, self.watch(received.conversation_id, received.turn_id)
        future = self._watched(received.conversation_id, received.turn_id)
        if received.settle:
            self.wake(received.conversation_id, received.settle)
        else:
            self._turns.wake_here(received.conversation_id)
        return received, future

    def _take(self, *args: Any, **named: Any) -> inbox.Received:
        kept: list[claims.Claim] = []

        def keep(claim: claims.Claim) -> None:
            kept.append(claim)
            self._claims[claim.conversation_id] = claim

        try:
            # Where other processes may work on the same conversation, its lock comes before the claim.
            received = inbox.receive(*args, **named, taken=keep if self._alone else None)
        except BaseException:
            for claim in kept:
                self._claims.pop(claim.conversation_id, None)
            raise
        if received.new:
            metrics.MESSAGES.labels(args[0] if args else named["channel"]).inc()
            nudge.tell(received.conversation_id)
        return received

    def watch(self, conversation_id: str, turn_id: str) -> "Future[dict[str, Any]]":
        """A future of the API's Turn: done when the turn is, or when the customer was told of an outage."""
        future = self._watched(conversation_id, turn_id)
        found = view.finished(turn_id)
        if found is not None:
            self._resolve(conversation_id, turn_id, found)
        return future

    def _watched(self, conversation_id: str, turn_id: str) -> "Future[dict[str, Any]]":
        future: Future[dict[str, Any]] = Future()
        with self._watch_lock:
            self._watching.setdefault(conversation_id, {}).setdefault(turn_id, []).append(future)
        return future

    def unwatch(self, conversation_id: str, turn_id: str, future: "Future[dict[str, Any]]") -> None:
        """Nobody waits for this future any more."""
        with self._watch_lock:
            futures = self._watching.get(conversation_id, {}).get(turn_id, [])
            if future in futures:
                futures.remove(future)
            self._forget_empty(conversation_id, turn_id)

    def wait(self, received: inbox.Received, seconds: float) -> dict[str, Any] | None:
        """The API's Turn of a received message when it is done within `seconds`, else None. Blocks its thread."""
        future = self.watch(received.conversation_id, received.turn_id)
        try:
            return future.result(seconds)
        except TimeoutError:
            self.unwatch(received.conversation_id, received.turn_id, future)
            return None

    def forget(self) -> None:
        """Drop what is planned: the database was emptied."""
        self._claims.clear()
        self._turns.clear()
        self._sends.clear()

    def idle(self) -> bool:
        """Whether nothing is in work at this moment."""
        return self._turns.idle() and self._sends.idle()

    def _turn(self, conversation_id: str) -> float | None:
        claim = self._claims.pop(conversation_id, None)
        with locks.conversation(conversation_id) as mine:
            delay = turns.work(conversation_id, claim, self._resolve) if mine else 1.0
        self.send(conversation_id, claim.channel if claim else None)
        self._tell_watchers(conversation_id)
        return delay

    def _tell_watchers(self, conversation_id: str) -> None:
        with self._watch_lock:
            turn_ids = list(self._watching.get(conversation_id, ()))
        for turn_id in turn_ids:
            found = view.finished(turn_id)
            if found is not None:
                self._resolve(conversation_id, turn_id, found)

    def _resolve(self, conversation_id: str, turn_id: str, found: dict[str, Any]) -> None:
        with self._watch_lock:
            futures = self._watching.get(conversation_id, {}).pop(turn_id, [])
            self._forget_empty(conversation_id, turn_id)
        for future in futures:
            if future.set_running_or_notify_cancel():
                future.set_result(found)

    def _forget_empty(self, conversation_id: str, turn_id: str) -> None:
        watched = self._watching.get(conversation_id)
        if watched is not None and not watched.get(turn_id):
            watched.pop(turn_id, None)
            if not watched:
                del self._watching[conversation_id]

    def _tick(self) -> None:
        sweep_at = time.monotonic() + SWEEP_EVERY
        while not self._stop.is_set():
            planned = [at for at in (self._turns.next_due(), self._sends.next_due()) if at is not None]
            self._alarm.wait(max(0.0, min([sweep_at, *planned]) - time.monotonic()))
            self._alarm.clear()
            self._turns.wake_due()
            self._sends.wake_due()
            if time.monotonic() >= sweep_at:
                self._sweep()
                sweep_at = time.monotonic() + SWEEP_EVERY

    def _sweep(self) -> None:
        try:
            for conversation_id in turns.unfinished(also_asked=False):
                self._turns.wake(conversation_id)
            for conversation_id in outbox.due():
                self._sends.wake(conversation_id)
        except Exception:
            log.exception("sweep_failed")


_current: Engine | None = None


def start() -> Engine:
    """Make and start the engine of this process."""
    global _current
    if _current is not None:
        raise RuntimeError("the engine runs already")
    _current = Engine()
    _current.start()
    return _current


def stop() -> None:
    """Stop the engine of this process."""
    global _current
    if _current is not None:
        _current.stop()
        _current = None


def current() -> Engine:
    """The engine of this process. Raises RuntimeError before `start`."""
    if _current is None:
        raise RuntimeError("the engine does not run")
    return _current
