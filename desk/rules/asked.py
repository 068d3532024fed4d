"""Reads the fields of a question put to the rules in JSON, with messages in Chinese."""

from collections.abc import Mapping
from typing import Any

from desk.rules.errors import RuleInputError


def fields(data: object, known: set[str], where: str) -> Mapping[str, Any]:
    """`data` as an object with none but `known` fields. Raises RuleInputError."""
    if not isinstance(data, Mapping):
        raise RuleInputError(f"{where}要写成一个对象")
    for name in data:
        if name not in known:
            raise RuleInputError(f"{where}里有不认识的字段“{name}”")
    return data


def text(value: object, name: str) -> str | None:
    """A text without blanks around it; None for null and for an empty one. Raises RuleInputError."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise RuleInputError(f"{name} 要写文字")
    return value.strip() or None


def listed(value: object, name: str) -> list[Any]:
    """A list; empty for null. Raises RuleInputError."""
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise RuleInputError(f"{name} 要写成列表")
    return list(value)
