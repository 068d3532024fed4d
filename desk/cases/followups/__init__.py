"""After the ticket: deadlines watched, reports asked for, customers asked how it went, promised calls tracked.

What is due, and when, are rows of follow_ups, planned anew whenever a ticket changes; the clock runs them.
For the console: `to_do`, `called`, `due_list`, `write_report`, `reports_of`, `callback_kept`, `open_callbacks`.
"""

from desk.cases.followups.lists import (
    callback_kept,
    called,
    due_list,
    open_callbacks,
    reports_of,
    to_do,
    write_report,
)

__all__ = ["callback_kept", "called", "due_list", "open_callbacks", "reports_of", "to_do", "write_report"]
