"""Files that belong to messages and calls, below the data folder."""

from collections.abc import Iterable
from pathlib import Path

from desk.settings import settings


def place(folder: str, name: str) -> Path | None:
    """Where a file stands; None when it is not there, or the name leads out of its folder."""
    root = (settings().data_dir / folder).resolve()
    found = (root / name).resolve()
    return found if found.is_relative_to(root) and found.is_file() else None


def delete(found: Iterable[tuple[str, str]]) -> int:
    """Delete files given as (folder, name), each with its small picture; how many there were."""
    count = 0
    for folder, name in found:
        whole = Path(name)
        for one in (name, str(whole.with_name(f"{whole.stem}-small{whole.suffix}"))):
            path = place(folder, one)
            if path is not None:
                path.unlink(missing_ok=True)
                count += one == name
    return count
