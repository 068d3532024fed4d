"""One look: the widget, the demo page and the console take their colours from the same list."""

import re
from pathlib import Path

PROJECT = Path(__file__).parents[2]
CONSOLE = PROJECT / "desk" / "console" / "files" / "tokens.css"
OTHERS = (
    PROJECT / "widget" / "src" / "chat" / "tokens.ts",
    PROJECT / "desk" / "channels" / "web" / "files" / "site.css",
    PROJECT / "desk" / "channels" / "rest" / "files" / "reference.css",
)


def colours(css: str) -> list[dict[str, str]]:
    """The light list and the dark list."""
    blocks = re.findall(r"\{([^{}]*--accent:[^{}]*)\}", css)
    return [dict(re.findall(r"--([\w-]+): *([^;]+);", block)) for block in blocks]


def test_the_colours_are_the_consoles() -> None:
    light, dark, *_ = colours(CONSOLE.read_text("utf-8"))
    for file in OTHERS:
        theirs = colours(file.read_text("utf-8"))
        assert len(theirs) == 2
        for mine, other in zip((light, dark), theirs, strict=True):
            shared = {name: value for name, value in other.items() if name != "page"}
            assert shared.items() <= mine.items(), file.name
