"""Ports: is one free, does one answer."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request

from launcher.problem import Problem
from launcher.settings import Settings


def check_free(settings: Settings) -> None:
    """Raise Problem if a port of this run is taken, or meant for two things."""
    seen: dict[int, str] = {}
    for name, ports in settings.ports.items():
        for port in ports:
            if port in seen:
                raise Problem(f"{name} 和 {seen[port]} 都要用端口 {port}。 Both want port {port}: change one of them.")
            seen[port] = name
            if _is_taken(settings.host if name == "PORT" else "127.0.0.1", port):
                raise Problem(_taken(name, port))


def _taken(name: str, port: int) -> str:
    return (
        f"端口 {port} 已被占用。 Port {port} is taken by another program (perhaps another run of this one).\n"
        f"  换一个再运行 (choose another and run it again):  {name}={port + 1} make run"
    )


def _is_taken(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


def answers(url: str, token: str = "") -> bool:
    """Whether `url` answers 200 within two seconds."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    try:
        with urllib.request.urlopen(request, timeout=2) as response:
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError, ValueError):
        return False


def problem_at(url: str) -> str:
    """What `url` says when it is not ready: the body's text, shortened; empty if nothing answers."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return str(response.status)
    except urllib.error.HTTPError as error:
        body = error.read().decode(errors="replace")
        try:
            return json.dumps(json.loads(body), ensure_ascii=False)[:300]
        except ValueError:
            return body[:300]
    except (OSError, ValueError):
        return ""
