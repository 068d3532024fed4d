"""The desk as a web application: API, chat page, channels; on the embedded database the actions run here too."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager

import uvicorn
from anyio import to_thread
from fastapi import FastAPI

from desk import built, clock, console, logs
from desk.cases import photo_folder, photos
from desk.channels import links, oncall, web
from desk.channels.rest import api, auth, health, problems, reference
from desk.channels.rest.limits import BodyLimit
from desk.channels.wechat import background as wechat_background
from desk.channels.wechat import webhook as wechat
from desk.console import dispatch
from desk.records import schema
from desk.settings import settings
from desk.talk import bridge, engine

# New objects between two looks for garbage: Python's 700 interrupts a turn often, with 10,000 they leave the cache.
_OBJECTS = 2_000

log = logging.getLogger(__name__)


def create_app() -> FastAPI:
    """The application; its start takes up what an earlier process left unfinished."""
    app = FastAPI(
        title="售后管家 Aftercare",
        description=api.DESCRIPTION,
        version="1",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_life,
    )
    problems.install(app)
    app.include_router(api.router)
    app.include_router(health.router)
    app.include_router(reference.router)
    app.include_router(web.calls)
    app.include_router(web.demo)
    app.include_router(oncall.router)
    app.include_router(links.quotes)
    app.include_router(links.files)
    app.include_router(built.router)
    app.include_router(wechat.router)
    app.include_router(console.router)
    app.add_middleware(BodyLimit)
    app.add_middleware(logs.Requests)
    return app


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    logs.setup()
    await to_thread.run_sync(_prepare)
    async with _actions_beside() if settings().embedded else _nothing():
        stack = ExitStack()
        await to_thread.run_sync(stack.enter_context, bridge.open())
        await to_thread.run_sync(wechat_background.start)
        await to_thread.run_sync(engine.start)
        if settings().embedded:
            clock.start()
        try:
            async with dispatch.running():
                _settle()
                yield
        finally:
            await to_thread.run_sync(clock.stop)
            await to_thread.run_sync(wechat_background.stop)
            await to_thread.run_sync(engine.stop)
            await to_thread.run_sync(stack.close)


def _prepare() -> None:
    schema.upgrade(settings().database)
    auth.keep_first_key()
    if not photo_folder.is_ours():
        log.error("photo_folder_not_shared", extra={"folder": str(photos.folder()), "advice": photo_folder.ADVICE})


def _settle() -> None:
    """What is loaded by now stays, so the collector of garbage need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS, 20, 20)


@asynccontextmanager
async def _nothing() -> AsyncIterator[None]:
    yield


class _Beside(uvicorn.Server):
    """A server in another one's event loop: signals are the other one's."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def _actions_beside() -> AsyncIterator[None]:
    """The action endpoint in this process: one writer to the SQLite file."""
    from actions.server import create_actions_app

    config = uvicorn.Config(
        create_actions_app(), host="127.0.0.1", port=settings().actions_port, log_config=None, access_log=False,
        lifespan="off", proxy_headers=False, server_header=False,
    )
    server = _Beside(config)
    running = asyncio.create_task(server.serve(), name="actions")
    try:
        while not server.started:
            if running.done():
                raise RuntimeError(f"actions could not listen on 127.0.0.1:{settings().actions_port}")
            await asyncio.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        await running
