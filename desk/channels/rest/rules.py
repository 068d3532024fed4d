"""The rules by themselves: what a warranty covers, when what is due."""

from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from desk.channels.rest import auth, models
from desk.channels.rest.problems import Problem
from desk.rules.calendars import default_calendar
from desk.rules.sla import answer_request
from desk.rules.warranty import decide, default_policy, parse_input

router = APIRouter(tags=["规则"], dependencies=[Depends(auth.needs("read"))])


@router.post("/warranty/check", response_model=models.Decision, summary="保修判定")
def check_warranty(question: models.WarrantyIn) -> JSONResponse:
    """Decides by the rules alone; nothing is stored. The same as a line of `aftercare warranty check --jsonl`."""
    return _answer(_decide, question.model_dump())


@router.post("/sla/deadlines", response_model=models.Milestones, summary="时限计算")
def compute_deadlines(question: models.DeadlinesIn) -> JSONResponse:
    """Computes by the calendars alone; nothing is stored. The same as a line of `aftercare sla deadlines --jsonl`."""
    return _answer(answer_request, question.model_dump())


def _decide(question: dict[str, Any]) -> dict[str, Any]:
    return decide(parse_input(question), default_policy(), default_calendar()).to_dict()


def _answer(rule: Any, question: dict[str, Any]) -> JSONResponse:
    try:
        return JSONResponse(rule(question))
    except ValueError as error:
        raise Problem("invalid", str(error)) from error
