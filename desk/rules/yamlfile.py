"""Reads policy files so that every mistake is reported with its file, line and field."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"-?\d{1,12}")
_DECIMAL = re.compile(r"(\d{1,12})(?:\.(\d{1,6}))?")
CONFIDENCES = ("H", "M", "L", "?")


class PolicyError(ValueError):
    """A policy file is not usable. The message names the file, the line and the field."""

    def __init__(self, file: Path, line: int, field: str, message: str) -> None:
        self.file, self.line, self.field, self.message = file, line, field, message
        super().__init__(f"{file.name} 第 {line} 行 {field or '（整个文件）'}：{message}")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the policy with where it comes from. `value` None: the source was not found."""

    value: int | None
    source: str
    confidence: str

    def known(self) -> int:
        """The number, for figures that were read as required."""
        assert self.value is not None
        return self.value


@dataclass(frozen=True, slots=True)
class Field:
    """One place in a policy file: a node, and the way to it for messages."""

    file: Path
    path: str
    node: Any

    def error(self, message: str) -> PolicyError:
        """The error that this field is to blame for."""
        return PolicyError(self.file, self.node.start_mark.line + 1, self.path, message)

    def is_null(self) -> bool:
        """Whether nothing, or null, is written here."""
        return isinstance(self.node, yaml.ScalarNode) and self.node.tag == "tag:yaml.org,2002:null"

    def entries(self) -> dict[str, "Field"]:
        """The fields of a mapping whose keys are free."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.error("这里要写成“键: 值”的形式")
        found: dict[str, Field] = {}
        for key, value in self.node.value:
            child = Field(self.file, f"{self.path}.{key.value}".lstrip("."), value)
            if key.value in found:
                raise child.error("这个键写了两次")
            found[str(key.value)] = child
        return found

    def fields(self, required: str, optional: str = "") -> dict[str, "Field"]:
        """The fields of a mapping with known keys (names separated by blanks); null counts as absent."""
        found = self.entries()
        known = required.split() + optional.split()
        for name, child in found.items():
            if name not in known:
                raise child.error(f"不认识的键，可以用的有：{'、'.join(known)}")
        for name in required.split():
            if name not in found:
                raise self.error(f"缺少 {name}")
        return {name: child for name, child in found.items() if not child.is_null() or name in required.split()}

    def items(self) -> "list[Field]":
        """The entries of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.error("这里要写成列表")
        return [Field(self.file, f"{self.path}[{index}]", node) for index, node in enumerate(self.node.value, 1)]

    def text(self) -> str:
        """A text that is not empty."""
        if not isinstance(self.node, yaml.ScalarNode) or self.is_null() or not self.node.value.strip():
            raise self.error("这里要写文字，不能为空")
        return str(self.node.value).strip()

    def texts(self) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(item.text() for item in self.items())

    def choice(self, allowed: Iterable[str]) -> str:
        """A text out of `allowed`."""
        options = list(allowed)
        value = self.text()
        if value not in options:
            raise self.error(f"“{value}”不在可选值里：{'、'.join(options)}")
        return value

    def choices(self, allowed: Iterable[str]) -> tuple[str, ...]:
        """A list of texts out of `allowed`, not empty."""
        options = list(allowed)
        found = tuple(item.choice(options) for item in self.items())
        if not found:
            raise self.error("列表不能为空")
        return found

    def boolean(self) -> bool:
        """true or false."""
        value = self.text().lower()
        if value not in ("true", "false"):
            raise self.error("这里只能写 true 或 false")
        return value == "true"

    def integer(self, low: int = 0, high: int = 1_000_000) -> int:
        """A whole number within [low, high]."""
        value = self.text()
        if not _INTEGER.fullmatch(value):
            raise self.error(f"“{value}”不是整数")
        if not low <= int(value) <= high:
            raise self.error(f"{value} 不在 {low} 到 {high} 之间")
        return int(value)

    def scaled(self, scale: int, high: int) -> int:
        """A decimal such as 0.0025, times `scale`, as a whole number within [0, high]."""
        value = self.text()
        match = _DECIMAL.fullmatch(value)
        if not match:
            raise self.error(f"“{value}”不是小数（最多六位）")
        parts_per_million = int(match[1]) * 1_000_000 + int((match[2] or "").ljust(6, "0"))
        result, rest = divmod(parts_per_million * scale, 1_000_000)
        if rest or result > high:
            raise self.error(f"{value} 位数过多或过大")
        return result

    def day(self) -> date:
        """A date as 2024-07-01."""
        value = self.text()
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise self.error(f"“{value}”不是日期，请写成 2024-07-01") from None

    def figure(self, low: int = 0, high: int = 1_000_000, *, required: bool = True, scale: int | None = None) -> Figure:
        """A number with its source and confidence: {value, source, confidence}."""
        parts = self.fields("value source confidence")
        value = parts["value"]
        if value.is_null():
            if required:
                raise value.error("这里要有数字")
            number = None
        else:
            number = value.integer(low, high) if scale is None else value.scaled(scale, high)
        return Figure(number, parts["source"].text(), parts["confidence"].choice(CONFIDENCES))


def read(path: Path) -> Field:
    """The content of a policy file.

    Raises PolicyError when it cannot be read or is not YAML.
    """
    try:
        node = yaml.compose(path.read_text("utf-8"), Loader=_Loader)
    except OSError as error:
        raise PolicyError(path, 0, "", f"读不了文件：{error.strerror}") from error
    except UnicodeDecodeError as error:
        raise PolicyError(path, 0, "", "文件要用 UTF-8 编码保存") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        raise PolicyError(path, line, "", f"不是合格的 YAML:{getattr(error, 'problem', None) or error}") from error
    if node is None:
        raise PolicyError(path, 0, "", "文件是空的")
    return Field(path, "", node)
