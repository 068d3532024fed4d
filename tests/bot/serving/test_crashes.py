"""What is left after a process dies."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from serving.actions import OPEN_FORM, ActionServer, says
from serving.rasa_server import Rasa, free_port

_OPENS = says("请问您的电话？", events=[OPEN_FORM], slots={"requested_slot": "phone", "intake": {"id": 7}})
_ENDS = says("登记好了。", slots={"requested_slot": None})


@pytest.fixture
def own_rasa(model: Path, actions: ActionServer, tmp_path: Path) -> Iterator[Rasa]:
    server = Rasa(model, tmp_path, f"http://127.0.0.1:{actions.port}/webhook")
    server.start()
    yield server
    server.kill()


def test_killed_in_the_middle_of_a_turn(own_rasa: Rasa, actions: ActionServer) -> None:
    actions.answers = {"action_report_fault": _OPENS, "validate_case_form": _ENDS}
    first = own_rasa.turn("a", "t1", "洗衣机坏了")
    actions.delay = 1.5
    asking = threading.Thread(target=_ask_in_vain, args=(own_rasa,))
    asking.start()
    until = time.monotonic() + 30
    while len(actions.calls) < 2:
        assert time.monotonic() < until, "the action was never called"
        time.sleep(0.02)
    own_rasa.kill()
    asking.join()
    actions.delay = 0.0
    own_rasa.start()
    assert own_rasa.ask("GET", "turns/a/t2")[0] == 404
    assert own_rasa.turn("a", "t1", "洗衣机坏了") == first
    assert own_rasa.turn("a", "t2", "电话13800000000")[1]["replies"] == [{"text": "登记好了。"}]
    assert [call["tracker"]["latest_message"]["metadata"]["turn_id"] for call in actions.calls] == ["t1", "t2", "t2"]
    own_rasa.kill()
    own_rasa.start()
    assert own_rasa.turn("a", "t2", "电话13800000000")[1]["replies"] == [{"text": "登记好了。"}]
    assert len(actions.calls) == 3


def test_action_server_down_then_up(model: Path, tmp_path: Path) -> None:
    port = free_port()
    rasa = Rasa(model, tmp_path, f"http://127.0.0.1:{port}/webhook")
    rasa.start()
    try:
        status, body = rasa.turn("a", "t1", "你好")
        assert (status, body["error"]) == (502, "action_failed")
        assert rasa.ask("GET", "ready") == (503, rasa.ask("GET", "ready")[1])
        server = ActionServer(port)
        assert rasa.turn("a", "t1", "你好")[1]["replies"] == [{"text": "action_greet"}]
        assert rasa.ask("GET", "ready")[0] == 200
        server.close()
    finally:
        rasa.kill()


def _ask_in_vain(rasa: Rasa) -> None:
    with pytest.raises(OSError):
        rasa.turn("a", "t2", "电话13800000000")
