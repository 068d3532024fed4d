"""Settings of a run and the ports it needs."""

import pytest

from launcher import ports
from launcher.problem import Problem
from launcher.settings import read


def test_defaults() -> None:
    settings = read({})
    assert (settings.host, settings.port, settings.rasa_ports, settings.actions_port) == (
        "127.0.0.1",
        8080,
        (5005,),
        5055,
    )
    assert settings.demo and settings.embedded and settings.data_dir.is_absolute()


def test_everything_can_be_set() -> None:
    settings = read(
        {
            "PORT": "28080",
            "AFTERCARE_RASA_PORT": "25005",
            "AFTERCARE_RASA_WORKERS": "3",
            "AFTERCARE_ACTIONS_PORT": "25055",
            "AFTERCARE_DEMO": "0",
            "AFTERCARE_DATABASE_URL": "postgresql://127.0.0.1/aftercare",
            "AFTERCARE_API_KEY": "key",
        }
    )
    assert settings.rasa_ports == (25005, 25006, 25007)
    assert (settings.port, settings.actions_port, settings.api_key) == (28080, 25055, "key")
    assert not settings.demo and not settings.embedded


@pytest.mark.parametrize("text", ["0", "65536", "-1", "web", "80.5"])
def test_a_port_must_be_a_port(text: str) -> None:
    with pytest.raises(Problem, match="PORT"):
        read({"PORT": text})


@pytest.mark.parametrize("name", ["PORT", "AFTERCARE_RASA_PORT", "AFTERCARE_ACTIONS_PORT"])
def test_a_taken_port_names_its_setting(name: str, taken_port: int) -> None:
    free = {"PORT": "38080", "AFTERCARE_RASA_PORT": "38005", "AFTERCARE_ACTIONS_PORT": "38055"}
    with pytest.raises(Problem, match=rf"{name}={taken_port + 1} make run"):
        ports.check_free(read({**free, name: str(taken_port)}))


def test_one_port_cannot_serve_two() -> None:
    with pytest.raises(Problem, match="38005"):
        ports.check_free(read({"PORT": "38005", "AFTERCARE_RASA_PORT": "38005"}))


def test_who_does_not_answer_is_not_ready(taken_port: int) -> None:
    assert not ports.answers("http://127.0.0.1:1/readyz")
    assert ports.problem_at("http://127.0.0.1:1/readyz") == ""


def test_the_hotline_is_off_unless_wanted() -> None:
    assert not read({}).hotline and "AFTERCARE_HOTLINE_AGI_PORT" not in read({}).ports
    wanted = read({"AFTERCARE_HOTLINE": "1", "AFTERCARE_HOTLINE_AUDIO_PORT": "29092"})
    assert wanted.ports["AFTERCARE_HOTLINE_AUDIO_PORT"] == (29092,)
    assert wanted.ports["AFTERCARE_HOTLINE_AGI_PORT"] == (4573,)
