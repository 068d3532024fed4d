"""For test runs only: move the clock, start over. Not there unless AFTERCARE_NOW is set."""

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from desk import time
from desk.channels.rest import auth, models
from desk.channels.rest.problems import Problem
from desk.records import clear, db
from desk.talk import engine, rasa


def only_when_pinned() -> None:
    """Problem not-found in an ordinary run, whoever asks."""
    if not time.pinned():
        raise Problem("not-found", "只有设了 AFTERCARE_NOW 的测试运行才有这个调用。")


router = APIRouter(
    prefix="/test", tags=["测试"], dependencies=[Depends(only_when_pinned), Depends(auth.needs("test"))]
)


@router.put("/clock", response_model=models.Clock, summary="拨动时钟")
def move_clock(clock: models.ClockIn) -> JSONResponse:
    """From now on it is `now`, and time runs on from there. Needs the scope test."""
    time.move(clock.now)
    return JSONResponse({"now": time.local(time.now()).isoformat()})


@router.post("/reset", response_model=models.Reset, summary="清空业务数据")
def start_over() -> JSONResponse:
    """Empties the service database and forgets conversations; keys, staff and configuration stay."""
    engine.current().forget()
    with db.transaction() as session:
        clear.business(session)
    try:
        rasa.forget_all()
        forgot = True
    except rasa.Unavailable:
        forgot = False
    return JSONResponse({"reset": True, "assistant_forgot": forgot})
