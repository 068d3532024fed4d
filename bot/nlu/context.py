"""What a pending question makes likely. `asks` is that of a turn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_YES_OR_NO = {"confirm", "existing_ticket", "injury", "opened", "reopen", "proof"}
_ANSWER = {"inform": 2.0, "dont_know": 1.5, "ask_why": 0.7, "affirm": 0.5, "deny": 0.5}
_VERDICT = {"affirm": 2.0, "deny": 2.0, "inform": 0.5, "dont_know": 0.7, "ask_why": 0.5}
_DATA = 2.5


def shift(labels: Sequence[str], asks: str | None, only_data: bool) -> np.ndarray:
    """What to add to the log-probabilities of `labels`.

    `only_data`: the message is a number, a name or an address and nothing else. Then an open question makes it an
    answer, whatever the words look like.
    """
    if not asks:
        return np.zeros(len(labels))
    favoured = dict(_VERDICT if asks in _YES_OR_NO else _ANSWER)
    if only_data and asks not in _YES_OR_NO:
        favoured["inform"] += _DATA
    return np.array([favoured.get(label, 0.0) for label in labels])
