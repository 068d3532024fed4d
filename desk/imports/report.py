"""What an import did, and what was wrong: for people as text, for machines as a dict."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at one place. `line` counts from 1 with the header; 0 and "" mean the file as a whole."""

    line: int
    column: str
    value: str
    problem: str

    def in_words(self) -> str:
        """第 3 行「phone」：少一位（138000020201）"""
        place = f"第 {self.line} 行" if self.line else "整个文件"
        column = f"「{self.column}」" if self.column else ""
        value = f"（{self.value}）" if self.value else ""
        return f"{place}{column}：{self.problem}{value}"


@dataclass(slots=True)
class FileReport:
    """What became of one file (or one sheet of a workbook). With errors nothing of it was written."""

    file: str
    sheet: str | None
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether the file was taken in."""
        return not self.errors

    def wrong(self, problem: str, line: int = 0, column: str = "", value: object = "") -> None:
        """Note what keeps the file out."""
        self.errors.append(Problem(line, column, _short(value), problem))

    def odd(self, problem: str, line: int = 0, column: str = "", value: object = "") -> None:
        """Note what somebody should look at; it keeps nothing out."""
        self.warnings.append(Problem(line, column, _short(value), problem))

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "ok": self.ok}

    def in_words(self) -> str:
        """One line for the whole, one for each thing to look at."""
        if self.ok:
            head = f"{self.file}：{self.rows} 行，新增 {self.created}，更新 {self.updated}，没有变化 {self.unchanged}"
        else:
            head = f"{self.file}：没有导入，{len(self.errors)} 处要改（{self.rows} 行）"
        lines = [f"  错误 {problem.in_words()}" for problem in self.errors]
        lines += [f"  提醒 {problem.in_words()}" for problem in self.warnings]
        return "\n".join([head, *lines])


@dataclass(slots=True)
class Report:
    """What became of an import, file by file in the order of the work."""

    files: list[FileReport] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every file was taken in."""
        return all(file.ok for file in self.files)

    def to_dict(self) -> dict[str, Any]:
        """For JSON: `{"ok", "files": [{file, sheet, rows, created, updated, unchanged, errors, warnings, ok}]}`."""
        return {"ok": self.ok, "files": [file.to_dict() for file in self.files]}

    def in_words(self) -> str:
        """For people."""
        return "\n".join(file.in_words() for file in self.files)


def _short(value: object) -> str:
    text = str(value).replace("\n", " ")
    return text if len(text) <= 60 else text[:59] + "…"
