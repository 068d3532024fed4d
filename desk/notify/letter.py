"""What a way to a colleague gets, and how it says that it could not."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Letter:
    """One message: `key` is unique (the receiver may drop a repeat), `address` is of the medium's own kind."""

    key: str
    medium: str
    address: str
    purpose: str
    title: str
    text: str
    link: str = ""
    name: str = ""
    alarm_id: int | None = None
    person_id: int | None = None

    @property
    def words(self) -> str:
        """Title, text and link as one text."""
        return "\n".join(part for part in (self.title, self.text, self.link) if part)


class NotTaken(Exception):
    """It was not taken; `for_good` says that another try is of no use."""

    def __init__(self, why: str, for_good: bool = False) -> None:
        super().__init__(why)
        self.for_good = for_good
