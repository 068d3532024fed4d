"""Run the desk: `python -m desk.serve`. Address and port by settings; loopback unless told otherwise."""

import uvicorn

from desk import logs
from desk.settings import settings


def main() -> None:
    """Serve until told to stop. On SQLite the action endpoint listens beside it, in the same event loop."""
    logs.setup()
    chosen = settings()
    uvicorn.run(
        "desk.app:create_app", factory=True, host=chosen.host, port=chosen.port, loop="uvloop", http="httptools",
        log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=5, proxy_headers=False,
    )


if __name__ == "__main__":
    main()
