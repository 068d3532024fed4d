"""The thousandth turn of a conversation costs what the tenth did."""

from __future__ import annotations

from serving.actions import ActionServer
from serving.rasa_server import Rasa


def test_cost_of_a_turn_does_not_grow(rasa: Rasa, actions: ActionServer, sender: str) -> None:
    used: list[float] = []
    for number in range(1000):
        assert rasa.turn(sender, f"t{number}", "你好")[0] == 200
        used.append(rasa.cpu_seconds())
    early, late = used[209] - used[9], used[999] - used[799]
    assert late <= 1.5 * early
