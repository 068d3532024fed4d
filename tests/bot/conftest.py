"""These tests run where Rasa is installed: `.venv-rasa/bin/python -m pytest -c tests/bot/pytest.ini tests/bot`."""

from importlib.util import find_spec

if find_spec("rasa") is None:
    collect_ignore_glob = ["*"]
else:
    from bot.light import without_tensorflow

    without_tensorflow()
