"""All pages and calls of the console together."""

from fastapi import APIRouter

from desk.console import (
    account,
    admin,
    alarms,
    chats,
    commands,
    complaints,
    follow_ups,
    live,
    morning,
    opening,
    photos,
    talks,
    tickets,
)
from desk.console.guard import ConsoleRoute
from desk.console.lead import customers, records, review, wall

PARTS = (
    account, alarms, chats, commands, complaints, follow_ups, live, morning, opening, photos, talks, tickets,
    wall, records, customers, review, *admin.PARTS,
)

router = APIRouter(include_in_schema=False)
for part in PARTS:
    assert part.router.route_class is ConsoleRoute  # no page of the console without its guard
    router.include_router(part.router)
