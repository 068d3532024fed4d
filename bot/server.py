"""Rasa's HTTP server with our channel."""

from __future__ import annotations

import gc
import os
import sys
from functools import partial
from pathlib import Path
from typing import Any

import rasa.core.run
from rasa.core.utils import AvailableEndpoints
from sanic import Sanic

from bot.remote import close_connections

PROJECT = Path(__file__).resolve().parent.parent
# New objects between two looks for garbage: Python's 700 interrupts a turn often, with 10,000 they leave the cache.
_OBJECTS = 2_000


def serve(model: str, host: str, port: int) -> None:
    """Load the model, then listen; the port is closed until the model is ready."""
    application(model).run(host=host, port=port, access_log=False, motd=False, workers=1)


def application(model: str) -> Sanic:
    """The server's application: `/webhooks/desk/…` and Rasa's own API, both with AFTERCARE_RASA_TOKEN."""
    endpoints = AvailableEndpoints.read_endpoints(str(PROJECT / "endpoints.yml"))
    app = rasa.core.run.configure_app(
        rasa.core.run.create_http_input_channels(None, str(PROJECT / "credentials.yml")),
        auth_token=os.environ.get("AFTERCARE_RASA_TOKEN") or None,
        enable_api=True,
        endpoints=endpoints,
        keep_alive_timeout=75,
    )
    app.register_listener(partial(_load, model, endpoints), "before_server_start")
    app.register_listener(_close, "after_server_stop")
    return app


async def _load(model: str, endpoints: AvailableEndpoints, app: Sanic, loop: Any) -> None:
    agent = await rasa.core.run.load_agent_on_start(model, endpoints, None, app, loop)
    if not agent.is_ready():
        # Rasa would go on without a model and refuse every turn.
        sys.exit(f"the model {model} could not be loaded")
    # Rasa and the model stay: the collector of garbage need not look at them again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS, 20, 20)


async def _close(app: Sanic, loop: Any) -> None:
    close_connections()
    await rasa.core.run.close_resources(app, loop)
