"""The desk as a web application: API, chat page, channels; on the embedded database the actions run here too."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

from desk.channels.rest import api, auth, health, problems
from desk.channels.rest.limits import BodyLimit
from desk.records import schema
from desk.settings import settings
from desk.talk import engine


def create_app() -> FastAPI:
    """The application; its start takes up what an earlier process left unfinished."""
    app = FastAPI(
        title="售后管家 Aftercare",
        description=api.DESCRIPTION,
        version="1",
        openapi_url="/api/v1/openapi.json",
        docs_url="/api/v1/docs",
        redoc_url=None,
        lifespan=_life,
    )
    problems.install(app)
    app.include_router(api.router)
    app.include_router(health.router)
    app.add_middleware(BodyLimit)
    return app


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    schema.upgrade(settings().database)
    auth.keep_first_key()
    engine.start()
    actions = _actions() if settings().embedded else None
    try:
        yield
    finally:
        engine.stop()
        if actions is not None:
            actions.should_exit = True


def _actions() -> uvicorn.Server:
    """The action endpoint beside the desk: one writer to the SQLite file."""
    from actions.server import create_actions_app

    config = uvicorn.Config(
        create_actions_app(), host="127.0.0.1", port=settings().actions_port, log_level="warning", access_log=False
    )
    server = uvicorn.Server(config)
    threading.Thread(target=server.run, name="actions", daemon=True).start()
    return server
