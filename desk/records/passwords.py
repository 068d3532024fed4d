"""Passwords of staff: argon2id, never stored themselves."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 8

_hasher = PasswordHasher()  # argon2id with the library's current recommendation


def hashed(password: str) -> str:
    """What is stored. Raises ValueError for a password that is too short."""
    if len(password) < SHORTEST:
        raise ValueError(f"密码至少要 {SHORTEST} 个字符")
    return _hasher.hash(password)


def fits(password: str, stored: str) -> bool:
    """Whether `password` is the one behind `stored`."""
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def outdated(stored: str) -> bool:
    """Whether `stored` was made with weaker parameters than today's, so that the next sign-in should renew it."""
    try:
        return _hasher.check_needs_rehash(stored)
    except InvalidHashError:
        return True
