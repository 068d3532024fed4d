"""An invented company, 示范电器: customers, devices, tickets, prices and advice to try things with."""

from importlib.resources import files

import yaml

LOGIN, PASSWORD = "demo", "demo-aftercare"  # public: a desk with the demo listens on loopback unless told otherwise
MARK = "C10001"


def sheets() -> list[tuple[str, bytes]]:
    """The demo's tables as (file name, content), as an import takes them."""
    folder = sorted(files("desk.demo").iterdir(), key=lambda file: file.name)
    return [(file.name, file.read_bytes()) for file in folder if file.name.endswith(".csv")]


def replies() -> list[dict[str, str]]:
    """Texts that the demo's agents send often."""
    loaded: list[dict[str, str]] = yaml.safe_load((files("desk.demo") / "replies.yml").read_text("utf-8"))
    return loaded
