"""What happens later by itself. What is due stands in the service database; DBOS runs it once and to the end.

`start` and `stop` are for the process that has the clock inside it; `python -m desk.clock` is one of its own.
"""

from desk.clock.runner import Runner

_running: Runner | None = None


def start() -> None:
    """Begin in a thread of this process; what an earlier process left half done is finished first."""
    global _running
    if _running is None:
        _running = Runner()
        _running.start()


def stop() -> None:
    """Finish what is in work and end."""
    global _running
    if _running is not None:
        _running.stop()
        _running = None
