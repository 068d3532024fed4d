"""Reads policy files so that every mistake is reported with its file, line and field."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"-?\d{1,12}")
_DECIMAL = re.compile(r"(\d{1,12})(?:\.(\d{1,6}))?")
_TIMES = re.compile(r"\d{1,2}[:-]\d\d([-/]\d{1,2}[:-]\d\d)?")
_COUNTED = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("int", "float", "bool", "timestamp"))
CONFIDENCES = ("H", "M", "L", "?")
HEAD = ("effective_from", "source", "confidence")


class PolicyError(ValueError):
    """A policy file is not usable. The message names the file, the line and the field."""

    def __init__(self, file: Path, line: int, field: str, message: str) -> None:
        self.file, self.line, self.field, self.message = file, line, field, message
        super().__init__(f"{file.name} 第 {line} 行 {field or '（整个文件）'}：{message}")


@dataclass(frozen=True, slots=True)
class Origin:
    """Since when a number holds, who says so, and how sure that is: H, M, L or ?."""

    effective_from: date
    source: str
    confidence: str


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
    """One place in a policy file: a node, and the way to it for messages.

    `origin` is what holds for the numbers in it that do not say their own. `later`: what later versions of the file
    write in its place.
    """

    file: Path
    path: str
    node: Any
    origin: Origin | None = None
    later: "tuple[Field, ...]" = ()

    def error(self, message: str) -> PolicyError:
        """The error that this field is to blame for."""
        return PolicyError(self.file, self.node.start_mark.line + 1, self.path, message)

    def is_null(self) -> bool:
        """Whether nothing, or null, is written here."""
        return isinstance(self.node, yaml.ScalarNode) and self.node.tag == "tag:yaml.org,2002:null"

    def dated(self) -> "Field":
        """This mapping without its head, whose effective date, source and confidence hold for all numbers in it."""
        written = self._written()
        for name in HEAD:
            if name not in written:
                raise self.error(f"缺少 {name}")
        origin = Origin(
            written["effective_from"].day(), written["source"].text(), written["confidence"].choice(CONFIDENCES)
        )
        return Field(self.file, self.path, self._without(*HEAD), origin)

    def parted(self, name: str) -> "tuple[Field, Field | None]":
        """This mapping without the key `name`, and what stands there."""
        found = self._written().get(name)
        return replace(self, node=self._without(name)), found

    def _without(self, *names: str) -> Any:
        rest = [(key, value) for key, value in self.node.value if key.value not in names]
        return yaml.MappingNode(self.node.tag, rest, self.node.start_mark, self.node.end_mark)

    def changed_by(self, later: "Field") -> "Field":
        """What holds when a later version writes `later` here: mappings are joined, all else is replaced."""
        if isinstance(self.node, yaml.MappingNode) and isinstance(later.node, yaml.MappingNode):
            return replace(self, later=(*self.later, later))
        return later

    def _written(self) -> "dict[str, Field]":
        if not isinstance(self.node, yaml.MappingNode):
            raise self.error("这里要写成“键: 值”的形式")
        found: dict[str, Field] = {}
        for key, value in self.node.value:
            name = str(key.value)
            child = Field(self.file, f"{self.path}.{name}".lstrip("."), value, self.origin)
            if name in found:
                raise child.error("这个键写了两次")
            found[name] = child
        return found

    def _own(self) -> "dict[str, Field]":
        """What this mapping itself says, its source and confidence handed down to its fields."""
        written = self._written()
        source = written.pop("source", None)
        confidence = written.pop("confidence", None)
        if source is None and confidence is None:
            return written
        source = source or written.get("article")
        if source is None or confidence is None:
            raise self.error("source 和 confidence 要一起写")
        since = self.origin.effective_from if self.origin else date.min
        origin = Origin(since, source.text(), confidence.choice(CONFIDENCES))
        return {name: replace(child, origin=origin) for name, child in written.items()}

    def entries(self) -> "dict[str, Field]":
        """The fields of a mapping whose keys are free. `source` and `confidence` are no fields: see `origin`."""
        found = self._own()
        for layer in self.later:
            for name, child in layer._own().items():
                found[name] = found[name].changed_by(child) if name in found else child
        return found

    def fields(self, required: str, optional: str = "") -> "dict[str, Field]":
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

    def numbers(self) -> "Iterator[Field]":
        """Every number, switch, day and time of day in what is written here, later versions not looked at."""
        if isinstance(self.node, yaml.MappingNode):
            for child in self._own().values():
                yield from child.numbers()
        elif isinstance(self.node, yaml.SequenceNode):
            for child in self.items():
                yield from child.numbers()
        elif self.node.tag in _COUNTED or _TIMES.fullmatch(self.node.value):
            yield self

    def items(self) -> "list[Field]":
        """The entries of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.error("这里要写成列表")
        return [
            Field(self.file, f"{self.path}[{index}]", node, self.origin)
            for index, node in enumerate(self.node.value, 1)
        ]

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

    def plain(self) -> "Field":
        """The number itself, where it is written with a source of its own: {value, source, confidence}."""
        return self.fields("value")["value"] if isinstance(self.node, yaml.MappingNode) else self

    def boolean(self) -> bool:
        """true or false."""
        field = self.plain()
        value = field.text().lower()
        if value not in ("true", "false"):
            raise field.error("这里只能写 true 或 false")
        return value == "true"

    def integer(self, low: int = 0, high: int = 1_000_000) -> int:
        """A whole number within [low, high]."""
        field = self.plain()
        value = field.text()
        if not _INTEGER.fullmatch(value):
            raise field.error(f"“{value}”不是整数")
        if not low <= int(value) <= high:
            raise field.error(f"{value} 不在 {low} 到 {high} 之间")
        return int(value)

    def scaled(self, scale: int, high: int) -> int:
        """A decimal such as 0.0025, times `scale`, as a whole number within [0, high]."""
        field = self.plain()
        value = field.text()
        match = _DECIMAL.fullmatch(value)
        if not match:
            raise field.error(f"“{value}”不是小数（最多六位）")
        parts_per_million = int(match[1]) * 1_000_000 + int((match[2] or "").ljust(6, "0"))
        result, rest = divmod(parts_per_million * scale, 1_000_000)
        if rest or result > high:
            raise field.error(f"{value} 位数过多或过大")
        return result

    def day(self) -> date:
        """A date as 2024-07-01."""
        field = self.plain()
        value = field.text()
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise field.error(f"“{value}”不是日期，请写成 2024-07-01") from None

    def figure(self, low: int = 0, high: int = 1_000_000, *, required: bool = True, scale: int | None = None) -> Figure:
        """A number with its source and confidence, its own or those handed down."""
        value = self.plain()
        if value.is_null():
            if required:
                raise value.error("这里要有数字")
            number = None
        else:
            number = value.integer(low, high) if scale is None else value.scaled(scale, high)
        assert value.origin is not None
        return Figure(number, value.origin.source, value.origin.confidence)


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
