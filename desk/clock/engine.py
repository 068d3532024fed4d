"""DBOS Transact: runs a workflow once for its name, and takes up after a crash what was begun."""

import logging
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from dbos import DBOS, DBOSConfig, SetWorkflowID

from desk.settings import settings

# Workflows of an older version of ours are taken up too: their steps are safe to play again.
VERSION = "1"
EMBEDDED = "desk"
IN_WORK = ("PENDING", "ENQUEUED", "DELAYED")
MOST_AGAIN = 50
KEPT = timedelta(days=7)  # of the engine's own time, which nobody moves

log = logging.getLogger(__name__)
logging.getLogger("dbos").setLevel(logging.WARNING)


def launch() -> str:
    """Start the engine of this process; returns its name, which is new for each process that shares a database."""
    name = EMBEDDED if settings().embedded else f"clock-{uuid.uuid4().hex}"
    config: DBOSConfig = {
        "name": "aftercare", "system_database_url": _address(), "executor_id": name, "application_version": VERSION,
        "log_level": "WARNING", "use_listen_notify": False, "sys_db_pool_size": 4, "max_executor_threads": 8,
    }
    DBOS(config=config)
    DBOS.launch()
    return name


def destroy() -> None:
    """Stop it; what is in work gets some seconds to end."""
    DBOS.destroy(workflow_completion_timeout_sec=5)


def begin(name: str, workflow: Callable[..., Any], *arguments: Any) -> None:
    """Run `workflow` under `name`, unless it is in work under that name, here or anywhere.

    What is still due although it ended (it failed, or the service database was restored from a backup) gets a new name.
    """
    for again in range(MOST_AGAIN):
        own = f"{name}~{again}" if again else name
        status = DBOS.get_workflow_status(own)
        if status is None:
            with SetWorkflowID(own):
                DBOS.start_workflow(workflow, *arguments)
        if status is None or status.status in IN_WORK:
            return
    log.error("clock_gives_up", extra={"work": name})


def unfinished(name: str) -> bool:
    """Whether a workflow under `name` was begun and has not ended."""
    found = DBOS.list_workflows(
        workflow_id_prefix=name, status=list(IN_WORK), limit=1, load_input=False, load_output=False
    )
    return bool(found)


def unfinished_of_others(me: str) -> set[str]:
    """The other engines that have something in work, or died over it."""
    pending = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
    return {found.executor_id for found in pending if found.executor_id and found.executor_id != me}


def take_over(dead: list[str]) -> None:
    """Finish what these engines began."""
    DBOS._recover_pending_workflows(dead)


def forget_finished() -> None:
    """Drop the notes about workflows that ended more than KEPT ago, some thousands at a time."""
    before = (datetime.now(UTC) - KEPT).isoformat()
    done = DBOS.list_workflows(
        status=["SUCCESS", "ERROR", "CANCELLED"], completed_before=before, limit=5000, load_input=False,
        load_output=False,
    )
    if done:
        DBOS.delete_workflows([found.workflow_id for found in done])


def _address() -> str:
    if settings().embedded:
        return f"sqlite:///{(settings().data_dir / 'clock.db').absolute()}"
    # DBOS keeps its tables in a schema of its own, "dbos", beside ours.
    return settings().database
