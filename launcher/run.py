"""`make run`: everything of one run, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from launcher import data_folder, environments, model, ports, tokens, widget
from launcher.environments import DESK, PROJECT, RASA
from launcher.ports import answers
from launcher.problem import Problem
from launcher.processes import Child, Family
from launcher.progress import say, step
from launcher.settings import Settings, read

_READY_SECONDS = 180.0


def main() -> None:
    """Prepare, start, wait until ready, show the addresses, and look after the processes until told to stop."""
    settings = read()
    ports.check_free(settings)
    held = data_folder.hold(settings.data_dir)
    data_folder.check_room(settings.data_dir)
    (settings.data_dir / "test-clock").unlink(missing_ok=True)
    environments.ensure()
    widget.ensure_or_say()
    environ = _environ(settings)
    _prepare_database(environ, settings)
    trained = model.ensure()
    family = Family()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: family.stopping.set())
    try:
        _start(family, settings, environ, trained)
        _look_after(family)
    finally:
        say("\n正在停止 stopping …")
        family.stop()
        held.close()


def _environ(settings: Settings) -> dict[str, str]:
    """What every process of the run is told."""
    rasa_urls = [f"http://127.0.0.1:{port}" for port in settings.rasa_ports]
    told = {
        "PORT": str(settings.port),
        "AFTERCARE_DATA_DIR": str(settings.data_dir),
        "AFTERCARE_CACHE_DIR": str(settings.cache_dir),
        "AFTERCARE_RASA_URLS": "[" + ",".join(f'"{url}"' for url in rasa_urls) + "]",
        "AFTERCARE_ACTIONS_URL": f"http://127.0.0.1:{settings.actions_port}/webhook",
        "AFTERCARE_ACTIONS_PORT": str(settings.actions_port),
        "AFTERCARE_RASA_TOKEN": tokens.kept(settings.data_dir, "AFTERCARE_RASA_TOKEN"),
        "AFTERCARE_ACTIONS_TOKEN": tokens.kept(settings.data_dir, "AFTERCARE_ACTIONS_TOKEN"),
        "AFTERCARE_API_KEY": settings.api_key or tokens.kept(settings.data_dir, "AFTERCARE_API_KEY"),
        "RASA_TELEMETRY_ENABLED": "false",
        "OMP_NUM_THREADS": "1",
        "PYTHONUNBUFFERED": "1",
    }
    if not settings.embedded:
        told.setdefault("AFTERCARE_TRACKER_URL", os.environ.get("AFTERCARE_TRACKER_URL") or settings.database_url)
    return {**os.environ, **told}


def _prepare_database(environ: dict[str, str], settings: Settings) -> None:
    with step("准备数据库 preparing the database"):
        _aftercare(environ, "db", "upgrade")
        if settings.demo:
            _aftercare(environ, "demo", "load")


def _aftercare(environ: dict[str, str], *words: str) -> None:
    command = [str(DESK.folder / "bin" / "aftercare"), *words]
    done = subprocess.run(command, cwd=PROJECT, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        last = "\n  ".join((done.stderr or done.stdout).strip().splitlines()[-15:])
        raise Problem(f"aftercare {' '.join(words)} 失败。 failed:\n  {last}")


def _start(family: Family, settings: Settings, environ: dict[str, str], trained: Path) -> None:
    logs = settings.data_dir / "logs"
    patience, family.most_restarts = family.most_restarts, 1  # what dies at once is told at once
    with step("启动 starting rasa, desk"):
        for port in settings.rasa_ports:
            family.start(_rasa(port, environ, trained, logs))
        family.start(_desk(settings, environ, logs))
        if not settings.embedded:
            family.start(_actions(environ, logs))
            family.start(_clock(environ, logs))
        _wait_until_ready(family, settings, environ["AFTERCARE_RASA_TOKEN"])
        if settings.hotline:
            family.start(_hotline(environ, logs))
    family.most_restarts = patience
    if not family.stopping.is_set():
        _show(settings, environ)


def _rasa(port: int, environ: dict[str, str], trained: Path, logs: Path) -> Child:
    command = [str(RASA.python), "-m", "bot.serve", "--model", str(trained), "--port", str(port)]
    return Child(f"rasa:{port}", command, environ, logs / f"rasa-{port}.log")


def _desk(settings: Settings, environ: dict[str, str], logs: Path) -> Child:
    command = [str(DESK.python), "-m", "desk.serve"]
    return Child("desk", command, environ, logs / "desk.log")


def _hotline(environ: dict[str, str], logs: Path) -> Child:
    return Child("hotline", [str(DESK.python), "-m", "desk.channels.hotline.serve"], environ, logs / "hotline.log")


def _actions(environ: dict[str, str], logs: Path) -> Child:
    return Child("actions", [str(DESK.python), "-m", "actions.server"], environ, logs / "actions.log")


def _clock(environ: dict[str, str], logs: Path) -> Child:
    return Child("clock", [str(DESK.python), "-m", "desk.clock"], environ, logs / "clock.log")


def _wait_until_ready(family: Family, settings: Settings, token: str) -> None:
    rasa = [f"http://127.0.0.1:{port}/webhooks/desk/ready" for port in settings.rasa_ports]
    ready = _base(settings) + "/readyz"
    deadline = time.monotonic() + _READY_SECONDS
    while not family.stopping.is_set():
        if answers(ready) and all(answers(url, token) for url in rasa):
            return
        if time.monotonic() > deadline:
            raise Problem(_not_ready(family, ready))
        family.look_after()
        family.stopping.wait(0.3)


def _not_ready(family: Family, ready: str) -> str:
    tails = "\n".join(f"  {child.name} ({child.log}):\n{child.last_words(6)}" for child in family.children)
    return f"{_READY_SECONDS:g} 秒内没有就绪。 Not ready in time. {ready}: {ports.problem_at(ready)}\n{tails}"


def _show(settings: Settings, environ: dict[str, str]) -> None:
    base = _base(settings)
    say("")
    say("售后管家已就绪 Aftercare is ready")
    say(f"  客户聊天页 chat page        {base}/")
    say(f"  坐席工作台 console          {base}/console")
    say(f"  接口文档   API docs         {base}/api/v1/docs")
    if settings.hotline:
        say(f"  电话热线   hotline          AudioSocket :{settings.audio_port}, FastAGI :{settings.agi_port}")
    if settings.demo:
        say("  演示账号   demo login       demo / demo-aftercare")
    say(f"  接口密钥   API key          {environ['AFTERCARE_API_KEY']}")
    say(f"  数据与日志 data and logs    {settings.data_dir}")
    say("按 Ctrl-C 停止 (press Ctrl-C to stop)")


def _base(settings: Settings) -> str:
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host
    return f"http://{host}:{settings.port}"


def _look_after(family: Family) -> None:
    while not family.stopping.wait(0.5):
        family.look_after()
