"""Keys of integrations: what each may do. Only a key's SHA-256 is stored."""

import hashlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated

from anyio import to_thread
from fastapi import Depends, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from desk import time
from desk.channels.rest.problems import Problem
from desk.records import db
from desk.records.models import ApiKey
from desk.settings import settings

SCOPES = {
    "read": "看会话和工单，查保修和时限",
    "write": "替客户发消息",
    "import": "导入资料",
    "act_as_channel": "以微信、网页、电话渠道用户的身份发消息",
    "test": "拨动时钟、清空数据（只在测试运行中）",
    "admin": "管理",
}
FIRST_KEY = "AFTERCARE_API_KEY"

_VALID = select(ApiKey.name, ApiKey.hash, ApiKey.scopes).where(
    ApiKey.hash == bindparam("hash"), ApiKey.revoked_at.is_(None)
)
_bearer = HTTPBearer(auto_error=False, scheme_name="key", description="集成密钥：Authorization: Bearer <key>")


@dataclass(frozen=True, slots=True)
class Key:
    """A key that is valid, and what it may do."""

    name: str
    scopes: frozenset[str]


Given = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]


def digest(key: str) -> str:
    """What is stored of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def create(session: Session, name: str, scopes: list[str], key: str | None = None) -> str:
    """Store a new key and return it; it cannot be shown again. Raises ValueError for an unknown scope."""
    unknown = set(scopes) - SCOPES.keys()
    if unknown:
        raise ValueError(f"没有这样的权限：{'、'.join(sorted(unknown))}；有：{'、'.join(SCOPES)}")
    key = key or f"ak_{secrets.token_urlsafe(32)}"
    session.add(ApiKey(name=name, hash=digest(key), scopes=list(scopes), created_at=time.now()))
    session.flush()
    return key


def keep_first_key() -> None:
    """Let the key of AFTERCARE_API_KEY do everything; one that was there before it under this name ends."""
    key = settings().api_key
    if not key:
        return
    with db.transaction() as session:
        others = (ApiKey.name == FIRST_KEY, ApiKey.hash != digest(key), ApiKey.revoked_at.is_(None))
        session.execute(update(ApiKey).where(*others).values(revoked_at=time.now()))
        found = session.scalar(select(ApiKey).where(ApiKey.hash == digest(key)))
        if found is None:
            create(session, FIRST_KEY, list(SCOPES), key)
        else:
            found.scopes, found.revoked_at = list(SCOPES), None


async def caller(given: Given) -> Key:
    """A dependency: the key of this request. Problem unauthorized."""
    return await to_thread.run_sync(allowed, given)


def allowed(given: HTTPAuthorizationCredentials | None, *scopes: str) -> Key:
    """The key that was given, with `scopes`. It is read anew each time, so call it from a thread.

    Problem unauthorized or missing-scope.
    """
    if given is None:
        raise Problem(
            "unauthorized",
            "请在请求头写 Authorization: Bearer <密钥>。",
            {"WWW-Authenticate": 'Bearer realm="aftercare"'},
        )
    found = _valid(digest(given.credentials))
    if found is None:
        header = {"WWW-Authenticate": 'Bearer realm="aftercare", error="invalid_token"'}
        raise Problem("unauthorized", "这个密钥不存在或已经停用。", header)
    for scope in scopes:
        require(found, scope)
    return found


def _valid(hashed: str) -> Key | None:
    with db.rows() as connection:
        found = connection.execute(_VALID, {"hash": hashed}).one_or_none()
    if found is None or not secrets.compare_digest(found.hash, hashed):
        return None
    return Key(found.name, frozenset(found.scopes))


def require(key: Key, scope: str) -> None:
    """Problem missing-scope unless `key` has `scope`."""
    if scope not in key.scopes:
        detail = f"需要权限 {scope}（{SCOPES[scope]}），这个密钥没有。"
        header = {"WWW-Authenticate": f'Bearer realm="aftercare", error="insufficient_scope", scope="{scope}"'}
        raise Problem("missing-scope", detail, header, scope=scope)


def needs(scope: str) -> Callable[[Key], Awaitable[Key]]:
    """A dependency: a key with `scope`."""

    async def check(key: Annotated[Key, Depends(caller)]) -> Key:
        require(key, scope)
        return key

    return check
