"""Small tables for the import tests."""

from desk.imports import FileReport, Report, run_import


def table(*lines: str, encoding: str = "utf-8") -> bytes:
    """Lines as the bytes of a file."""
    return ("\n".join(lines) + "\n").encode(encoding)


def load(name: str, *lines: str, encoding: str = "utf-8") -> FileReport:
    """Import one table called `name`.csv and return what became of it."""
    (report,) = run_import([(f"{name}.csv", table(*lines, encoding=encoding))]).files
    return report


def counts(report: Report) -> list[tuple[str | None, int, int, int]]:
    """What each file did: sheet, created, updated, unchanged."""
    return [(file.sheet, file.created, file.updated, file.unchanged) for file in report.files]


def places(report: FileReport) -> list[tuple[int, str]]:
    """Where the errors are: line and column."""
    return [(problem.line, problem.column) for problem in report.errors]
