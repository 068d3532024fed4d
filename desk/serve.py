"""Run the desk: `python -m desk.serve`. Address and port by settings; loopback unless told otherwise."""

import threading
from types import FrameType

import uvicorn

from desk import logs
from desk.settings import settings
from desk.talk import nudge


class _Server(uvicorn.Server):
    """Told to stop, it ends the streams of events, for which it would wait until it cancels them."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # In a thread: a signal may come while this one holds the lock that is needed.
        threading.Thread(target=nudge.close).start()
        super().handle_exit(sig, frame)


def main() -> None:
    """Serve until told to stop. On SQLite the action endpoint listens beside it, in the same event loop."""
    logs.setup()
    chosen = settings()
    config = uvicorn.Config(
        "desk.app:create_app", factory=True, host=chosen.host, port=chosen.port, loop="uvloop", http="httptools",
        log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=5, proxy_headers=False,
    )
    server = _Server(config)
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    if not server.started:
        raise SystemExit(3)


if __name__ == "__main__":
    main()
