"""Who may do what: the one table of actions and roles. Nothing is allowed that does not stand here."""

AGENT, SUPERVISOR, ADMIN = "agent", "supervisor", "admin"
EVERYBODY = frozenset({AGENT, SUPERVISOR, ADMIN})
LEADERS = frozenset({SUPERVISOR, ADMIN})
ADMINS = frozenset({ADMIN})

ALLOWED: dict[str, frozenset[str]] = {
    "account": EVERYBODY,  # one's own password and sessions
    "chats": EVERYBODY,  # the queue, one's own conversations, notes
    "tickets": EVERYBODY,
    "own_contact": EVERYBODY,  # the contact data of a case that one works on
    "wall": LEADERS,  # who waits, who works, which promises are about to break
    "reassign": LEADERS,
    "lists": LEADERS,  # all conversations and tickets
    "export": LEADERS,  # the same as a file, contact data masked
    "customers": LEADERS,  # any customer, masked
    "reveal": LEADERS,  # any customer's contact data; each look is written down
    "replies": LEADERS,
    "articles": LEADERS,
    "prices": LEADERS,
    "hours": LEADERS,
    "rota": LEADERS,
    "planning": LEADERS,  # engineers' days off, regular maintenance
    "review": LEADERS,  # what doubtful messages mean, for the next training
    "staff": ADMINS,
    "policies": ADMINS,
    "channels": ADMINS,
    "keys": ADMINS,
    "imports": ADMINS,
    "audit": ADMINS,
    "privacy": ADMINS,  # a customer's whole file, erasure, how long data are kept
}


def allowed(role: str, action: str) -> bool:
    """Whether `role` may do `action`; an action that nobody declared is nobody's."""
    return role in ALLOWED.get(action, frozenset())
