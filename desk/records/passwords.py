"""Passwords of staff: argon2id, never stored themselves."""

from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 8, 128

_ROWS = ("01234567890123456789", "98765432109876543210")

_hasher = PasswordHasher()  # argon2id with the library's current recommendation


def check(password: str) -> None:
    """Raises ValueError for a password that is too short, too long or one of those that are tried first."""
    if len(password) < SHORTEST:
        raise ValueError(f"密码至少要 {SHORTEST} 个字符")
    if len(password) > LONGEST:
        raise ValueError(f"密码最多 {LONGEST} 个字符")
    if _common(password):
        raise ValueError("这个密码太常见，很容易被猜到，请换一个")


def hashed(password: str) -> str:
    """What is stored. Raises ValueError as `check` does."""
    check(password)
    return _hasher.hash(password)


def fits(password: str, stored: str) -> bool:
    """Whether `password` is the one behind `stored`."""
    try:
        return len(password) <= LONGEST and _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def outdated(stored: str) -> bool:
    """Whether `stored` was made with weaker parameters than today's, so that the next sign-in should renew it."""
    try:
        return _hasher.check_needs_rehash(stored)
    except InvalidHashError:
        return True


def _common(password: str) -> bool:
    plain = password.lower()
    return plain in _known() or len(set(plain)) < 4 or any(plain in row for row in _ROWS)


@cache
def _known() -> frozenset[str]:
    text = Path(__file__).with_name("common_passwords.txt").read_text("utf-8")
    return frozenset(text.split())
