"""On call: the rota, alarms about dangers, and the chain that goes on until somebody has taken one.

For other parts (each call's module has the details):
    raise_alarm(session, kind, summary, conversation_id=…, ticket=…)   a danger was heard; idempotent
    link_ticket(session, alarm, ticket)                                its ticket is there now
    acknowledge(alarm_id, person_id=… | staff_id=…, by=…)              somebody has taken it; idempotent
    call_off(alarm_id, reason, person_id=… | staff_id=…)               a false alarm; idempotent
    banner(session), calendar(session, first_day, days), failed_notices(session), all_alarms(session)   the console
"""

from desk.cases.oncall.alarms import (
    NotFound,
    Taken,
    acknowledge,
    call_off,
    link_ticket,
    open_of,
    raise_alarm,
)
from desk.cases.oncall.rota import leaders, on_duty, reachable
from desk.cases.oncall.views import alarms as all_alarms
from desk.cases.oncall.views import banner, calendar, failed_notices

__all__ = [
    "NotFound", "Taken", "acknowledge", "all_alarms", "banner", "calendar", "call_off", "failed_notices", "leaders",
    "link_ticket", "on_duty", "open_of", "raise_alarm", "reachable",
]
