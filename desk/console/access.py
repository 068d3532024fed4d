"""Which permission each path of the console needs. A path that does not stand here is refused to everybody."""

OPEN = "open"  # for who is not signed in: the sign-in itself and its files

PATHS: dict[str, tuple[str, ...]] = {
    OPEN: ("/console/files/{name}", "/console/login", "/console/link/{token}"),
    "account": (
        "/console/logout", "/console/sessions", "/console/sessions/{session_id}/revoke", "/console/sessions/others",
        "/console/password",
    ),
    "chats": (
        "/console/morning", "/console/morning/{kind}/{entry_id}", "/console/morning/sound/{voicemail_id}",
        "/console", "/console/chats/{conversation_id}", "/console/chats/{conversation_id}/panel",
        "/console/chats/{conversation_id}/photos/{seq}/{number}", "/console/alarms",
        "/console/alarms/{alarm_id}/call-off",
        "/console/api/alarms/{alarm_id}/take", "/console/api/list", "/console/api/events", "/console/api/changes",
        "/console/api/presence", "/console/api/team", "/console/api/search", "/console/api/photos/{conversation_id}",
        "/console/api/chats/{conversation_id}", "/console/api/chats/{conversation_id}/read",
        "/console/api/chats/{conversation_id}/typing", "/console/api/chats/{conversation_id}/replies",
        "/console/api/chats/{conversation_id}/take", "/console/api/chats/{conversation_id}/transfer",
        "/console/api/chats/{conversation_id}/give-back", "/console/api/chats/{conversation_id}/close",
        "/console/api/chats/{conversation_id}/messages", "/console/api/chats/{conversation_id}/notes",
    ),
    "tickets": (
        "/console/open-ticket", "/console/complaints", "/console/complaints/{number}/plan",
        "/console/follow-ups", "/console/follow-ups/{follow_id}/called", "/console/follow-ups/{number}/report",
        "/console/tickets/{number}", "/console/tickets/{number}/severity", "/console/tickets/{number}/status",
        "/console/tickets/{number}/notes", "/console/tickets/{number}/pause", "/console/tickets/{number}/go-on",
        "/console/tickets/{number}/engineer", "/console/tickets/{number}/visit", "/console/tickets/{number}/quote",
        "/console/tickets/{number}/quote/send", "/console/tickets/{number}/quote/answer",
    ),
    "own_contact": (
        "/console/api/chats/{conversation_id}/reveal", "/console/api/tickets/{number}/reveal",
        "/console/api/morning/{kind}/{entry_id}/reveal",
    ),
}

PATHS |= {
    "wall": ("/console/wall", "/console/wall/live"),
    "reassign": ("/console/wall/assign",),
    "lists": ("/console/records/{name}",),
    "export": ("/console/records/{name}/export.{kind}",),
    "customers": ("/console/customers", "/console/customers/{customer_id}"),
    "reveal": ("/console/api/customers/{customer_id}/reveal",),
    "privacy": ("/console/customers/{customer_id}/export", "/console/customers/{customer_id}/erase"),
    "review": ("/console/review",),
}

_MANAGE: dict[str, tuple[str, ...]] = {
    "staff": (
        "staff", "staff/{staff_id}", "staff/{staff_id}/link", "staff/{staff_id}/switch", "staff/{staff_id}/sign-out",
        "permissions", "groups",
    ),
    "replies": ("replies", "replies/delete"),
    "prices": ("prices", "prices/delete"),
    "articles": ("articles", "articles/new", "articles/{article_id}", "articles/{article_id}/delete"),
    "hours": ("hours", "hours/day", "hours/notice"),
    "rota": ("rota", "rota/people", "rota/shifts", "rota/shifts/drop", "rota/swaps", "rota/swaps/cancel"),
    "planning": ("leave", "leave/{leave_id}/remove", "plans", "plans/remove"),
    "policies": ("policies", "policies/{path:path}", "policies/{path:path}/download", "policies/{path:path}/remove",
                 "policies/{path:path}/restore"),
    "channels": ("channels", "channels/test"),
    "keys": ("keys", "keys/revoke"),
    "imports": ("imports", "imports/{name}.csv"),
    "audit": ("audit",),
    "privacy": ("privacy",),
}
for _action, _paths in _MANAGE.items():
    PATHS[_action] = (*PATHS.get(_action, ()), *(f"/console/manage/{path}" for path in _paths))

_ACTIONS = {path: action for action, paths in PATHS.items() for path in paths}


def action_of(path: str) -> str:
    """The permission that a route's path needs; "undeclared" is nobody's."""
    return _ACTIONS.get(path, "undeclared")
