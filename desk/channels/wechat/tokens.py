"""The access token: one row for all processes, one of them fetching at a time."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from time import sleep

from sqlalchemy import or_, update
from sqlalchemy.exc import IntegrityError

from desk import time
from desk.channels.wechat.alarms import account_row
from desk.records import db
from desk.records.models import WechatAccount

# An old token still works for five minutes beside the new one.
EARLY = 300.0
# Longer than the call that fetches, so that a lease ends by itself only when its holder has died.
LEASE = 12.0
PATIENCE = 20.0
_POLL = 0.05

# Another process may have fetched a newer one; ours still works for five minutes, so we look again within one.
REMEMBERED = 60.0

Fetch = Callable[[], tuple[str, float]]
_remembered: dict[str, tuple[str, datetime, float]] = {}


class Busy(Exception):
    """Nobody got a token in good time."""


def current(account: str, fetch: Fetch) -> str:
    """The token to use now; `fetch` (→ token, seconds) is called when there is none, by one process at a time."""
    token, until, seen = _remembered.get(account, ("", time.now(), 0.0))
    if token and until > time.now() and time.monotonic() - seen < REMEMBERED:
        return token
    return _valid(account) or renewed(account, None, fetch)


def forget() -> None:
    """Look into the row again: the settings, or the database, have changed."""
    _remembered.clear()


def renewed(account: str, stale: str | None, fetch: Fetch) -> str:
    """Another token than `stale`, which WeChat refused: what someone else stored meanwhile, else a fetched one.

    Raises Busy, and whatever `fetch` raises.
    """
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = _valid(account)
        if found and found != stale:
            return found
        if _lease(account):
            return _fetched(account, stale, fetch)
        sleep(_POLL)
    raise Busy(account)


def _valid(account: str) -> str | None:
    with db.reading() as session:
        row = session.get(WechatAccount, account)
    if row is None or row.token is None or row.token_until is None or row.token_until <= time.now():
        return None
    _remembered[account] = (row.token, row.token_until, time.monotonic())
    return row.token


def _lease(account: str) -> bool:
    now = time.now()
    free = or_(WechatAccount.lease_until.is_(None), WechatAccount.lease_until <= now)
    try:
        with db.transaction() as session:
            account_row(session, account)
            taken = session.execute(
                update(WechatAccount)
                .where(WechatAccount.account == account, free)
                .values(lease_until=now + timedelta(seconds=LEASE))
                .execution_options(synchronize_session=False)
            )
            return bool(taken.rowcount == 1)  # type: ignore[attr-defined]
    except IntegrityError:
        # Two processes made the account's row at the same moment.
        return False


def _fetched(account: str, stale: str | None, fetch: Fetch) -> str:
    token, until = None, None
    try:
        found = _valid(account)
        if found and found != stale:
            return found
        token, seconds = fetch()
        until = time.now() + timedelta(seconds=max(30.0, seconds - EARLY - random.uniform(0, 10)))
        return token
    finally:
        with db.transaction() as session:
            row = account_row(session, account)
            row.lease_until = None
            if token is not None and until is not None:
                row.token, row.token_until = token, until
                _remembered[account] = (token, until, time.monotonic())
