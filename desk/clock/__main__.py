"""`python -m desk.clock`: the clock as a process of its own, beside a PostgreSQL database. Several may run."""

import signal
import threading

from desk import clock, logs
from desk.channels.wechat import background as wechat
from desk.records import schema
from desk.settings import settings
from desk.talk import bridge


def main() -> None:
    """Run until told to stop."""
    logs.setup()
    schema.upgrade(settings().database)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    wechat.speak()
    with bridge.open():
        clock.start()
        ended.wait()
        clock.stop()


if __name__ == "__main__":
    main()
