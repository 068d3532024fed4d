"""The action endpoint as an ASGI application: inside the desk process, or as a process of its own."""

import hmac
import logging
import os
from typing import Any

from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from actions.case import all_actions

log = logging.getLogger(__name__)


def create_actions_app() -> Starlette:
    """`POST /webhook` runs one action as Rasa asks for it; `GET /health` says that it can."""
    executor = ActionExecutor()
    for action in all_actions():
        executor.register_action(action)

    token = os.environ.get("AFTERCARE_ACTIONS_TOKEN", "")

    async def webhook(request: Request) -> JSONResponse:
        given = request.headers.get("authorization", "")
        if token and not hmac.compare_digest(given, f"Bearer {token}"):
            return JSONResponse({"error": "unauthorized"}, 401)
        call: dict[str, Any] = await request.json()
        name = call.get("next_action")
        try:
            result = await executor.run(call)
        except ActionExecutionRejection as rejection:
            return JSONResponse({"error": rejection.message, "action_name": rejection.action_name}, 400)
        except ActionNotFoundException as missing:
            log.error("no such action: %s", name)
            return JSONResponse({"error": missing.message, "action_name": missing.action_name}, 404)
        except Exception:
            log.exception("action %s failed", name)
            return JSONResponse({"error": "action_failed", "action_name": name}, 500)
        return JSONResponse(result.model_dump() if result is not None else None)

    async def health(request: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    return Starlette(routes=[Route("/webhook", webhook, methods=["POST"]), Route("/health", health)])


def main() -> None:
    """Serve actions alone, where desk does not run them itself."""
    import uvicorn

    from desk.settings import settings

    uvicorn.run(create_actions_app(), host="127.0.0.1", port=settings().actions_port, access_log=False)


if __name__ == "__main__":
    main()
