"""Where policy files are: the ones shipped with the product, and a company's own that replace them."""

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

SHIPPED = Path(__file__).parent / "policy"
_VAR = Path(__file__).parents[2] / "var" / "policy"

Loaded = TypeVar("Loaded")
log = logging.getLogger(__name__)


def company_dir() -> Path | None:
    """The company's own policy directory: AFTERCARE_POLICY_DIR, else `policy` in AFTERCARE_DATA_DIR, or None."""
    value = os.environ.get("AFTERCARE_POLICY_DIR", "").strip()
    if value:
        return Path(value)
    data = os.environ.get("AFTERCARE_DATA_DIR", "").strip()
    if data:
        return Path(data) / "policy"
    return _VAR if _VAR.is_dir() else None


def of_installation(load: Callable[[], Loaded]) -> Callable[[], Loaded]:
    """Remember what `load` reads until a file of the company's directory is replaced.

    What is broken then is logged and the last good reading stays; at the first reading the error is raised.
    """
    kept: list[tuple[object, Loaded]] = []

    def current() -> Loaded:
        stamp = _stamp()
        if kept and kept[0][0] == stamp:
            return kept[0][1]
        try:
            found = load()
        except ValueError as error:
            if not kept:
                raise
            log.error("policy_not_usable", extra={"problem": str(error)})
            found = kept[0][1]
        kept[:] = [(stamp, found)]
        return found

    current.__doc__, current.__name__ = load.__doc__, load.__name__
    return current


def _stamp() -> tuple[str, int, int] | None:
    """Where the company's directory is and when a file in it was last put in place or taken away."""
    own = company_dir()
    return None if own is None else (str(own), _changed(own), _changed(own / "warranty"))


def _changed(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


def find(name: str, own: Path | None = None) -> Path:
    """The file `name` of the company if there is one, else the shipped one."""
    if own is not None and (own / name).is_file():
        return own / name
    return SHIPPED / name


def find_all(folder: str, own: Path | None = None) -> list[Path]:
    """All files of `folder`, a company's file hiding the shipped one of the same name."""
    found = {path.name: path for path in sorted((SHIPPED / folder).glob("*.yml"))}
    if own is not None:
        found |= {path.name: path for path in sorted((own / folder).glob("*.yml"))}
    return [found[name] for name in sorted(found)]
