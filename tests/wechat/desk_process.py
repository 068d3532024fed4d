"""A desk that serves /wechat and nothing else, until it is killed: `python -m tests.wechat.desk_process PORT`."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI

from desk.channels.wechat import background
from desk.channels.wechat.webhook import router
from desk.talk import engine


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    # The sender first: what an earlier process left in the outbox goes out by it.
    background.start()
    engine.start()
    yield
    background.stop()
    engine.stop()


if __name__ == "__main__":
    app = FastAPI(lifespan=lifespan)
    app.include_router(router)
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error", access_log=False)
