"""Where policy files are: the ones shipped with the product, and a company's own that replace them."""

import os
from pathlib import Path

SHIPPED = Path(__file__).parent / "policy"


def company_dir() -> Path | None:
    """The company's own policy directory: AFTERCARE_POLICY_DIR, or None."""
    value = os.environ.get("AFTERCARE_POLICY_DIR", "").strip()
    return Path(value) if value else None


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
