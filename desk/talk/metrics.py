"""What is counted and timed of conversations, for Prometheus."""

from collections.abc import Iterator

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.05, 0.1, 0.2, 0.5, 1, 2, 3.5, 5, 10, 30, 60)

MESSAGES = Counter("aftercare_messages_total", "Customer messages stored", ["channel"])
TURNS = Counter("aftercare_turns_total", "Turns finished", ["handled_by"])
DROPPED = Counter("aftercare_turns_dropped_total", "Answers dropped because a person took over meanwhile")
NOTICES = Counter("aftercare_outage_notices_total", "Customers told that the assistant is down")
TURN_SECONDS = Histogram("aftercare_turn_seconds", "From a message stored to its answer stored", buckets=_SECONDS)
RASA_SECONDS = Histogram("aftercare_rasa_seconds", "One call to Rasa", buckets=_SECONDS)
RASA_FAILURES = Counter("aftercare_rasa_failures_total", "Calls to Rasa without an answer", ["kind"])
SENT = Counter("aftercare_outbox_sent_total", "Messages that a channel took", ["channel"])
SEND_FAILURES = Counter("aftercare_outbox_failures_total", "Attempts that a channel did not take", ["channel", "kind"])
WAITING = Gauge("aftercare_turns_waiting", "Turns not answered yet")
QUEUED = Gauge("aftercare_conversations_queued", "Conversations that wait for a person")
ALARMS = Gauge("aftercare_alarms_ringing", "Alarms that nobody has taken")
CLOCK_LATE = Gauge("aftercare_clock_late_seconds", "How long the oldest thing that is due has waited for the clock")
OUTBOX = Gauge("aftercare_outbox", "Messages in the outbox", ["state"])


def known_kinds() -> Iterator[str]:
    """The ways in which Rasa fails, so that each has a line from the start."""
    yield from ("timeout", "connection", "error", "refused", "unreadable", "resting")


for _kind in known_kinds():
    RASA_FAILURES.labels(_kind)
