"""Words for full-text search in Chinese: every pair of neighbouring characters, and Latin words and numbers whole."""

import re

_RUN = re.compile(r"[一-鿿]+|[a-z0-9]+", re.IGNORECASE)


def words(text: str) -> list[str]:
    """空调不制冷 E1 → 空调, 调不, 不制, 制冷, e1; a single character stands for itself."""
    found: list[str] = []
    for run in _RUN.findall(text):
        if run.isascii():
            found.append(run.lower())
        elif len(run) == 1:
            found.append(run)
        else:
            found += [run[at : at + 2] for at in range(len(run) - 1)]
    return found


def spaced(text: str) -> str:
    """The words with blanks between them, as search engines that know no Chinese want them."""
    return " ".join(words(text))
