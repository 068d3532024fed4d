"""Long lists in pages: which part is shown, and the addresses of the others."""

from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Request

SIZE = 50


@dataclass(frozen=True)
class Page:
    """Page `number` (from 1) of `total` rows; `params` are the filters that its links keep."""

    number: int
    total: int
    params: tuple[tuple[str, str], ...]
    size: int = SIZE

    @property
    def pages(self) -> int:
        """How many there are, at least one."""
        return max(1, -(-self.total // self.size))

    @property
    def offset(self) -> int:
        """How many rows stand before this page."""
        return (self.number - 1) * self.size

    def query(self, number: int | None = None) -> str:
        """The query of page `number`; without one, of the whole list with its filters."""
        return urlencode([*self.params, *([("page", str(number))] if number else [])])


def page(request: Request, total: int, size: int = SIZE) -> Page:
    """The page that the request asks for; one beyond the end is the last."""
    kept = tuple((key, value) for key, value in request.query_params.items() if key not in ("page", "done") and value)
    asked = request.query_params.get("page", "1")
    number = int(asked) if asked.isdecimal() and len(asked) < 9 else 1
    last = max(1, -(-total // size))
    return Page(min(max(1, number), last), total, kept, size)
