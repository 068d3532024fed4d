"""What a long conversation costs: the thousandth turn beside the tenth, in the whole product. Prints one table.

    .venv/bin/python -m bench.growth [--turns 1000]

One customer writes the same eight lines over and over, through the API. Turns are compared in windows of forty:
processor time of all processes (which a busy machine does not disturb much) and the median time waited. At the end the
number given at the very start must still be known. Fails when a late turn costs more than 1.5 times an early one.
"""

from __future__ import annotations

import argparse
import http.client
import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import psutil

from bench.contenders import Running, product

MOST = 1.5
WINDOW = 40
LINES = (
    "你好",
    "你们几点下班",
    "换个压缩机多少钱",
    "三包是怎么规定的",
    "洗衣机不脱水怎么办",
    "发票丢了还能保修吗",
    "上门费怎么收",
    "谢谢",
)
PHONE = "15800000001"


def main() -> None:
    """Run one long conversation and print its windows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--turns", type=int, default=1000)
    turns = parser.parse_args().turns
    with tempfile.TemporaryDirectory() as folder, product(Path(folder)) as running:
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=60)
        for number, line in enumerate(3 * LINES):
            _ask(connection, running, number, line, "somebody-before")
        _ask(connection, running, 0, f"我电话是{PHONE}")
        starts = sorted({0, *(turns * part // 4 // WINDOW * WINDOW for part in (1, 2, 3)), turns - WINDOW // 2})
        rows = _measure(connection, running, starts)
        remembered = _remembers(connection, running)
    ratios = _print(rows, remembered)
    sys.exit(not (remembered and ratios[0] <= MOST))


def _measure(connection: http.client.HTTPConnection, running: Running, starts: list[int]) -> list[tuple[int, ...]]:
    """(middle turn, CPU µs a turn, median wall µs a turn) of each window."""
    rows, number = [], 0
    for start in starts:
        while number < start:
            number += 1
            _ask(connection, running, number, LINES[number % len(LINES)])
        before, waited = _cpu(running), []
        for _ in range(WINDOW):
            number += 1
            began = time.monotonic()
            _ask(connection, running, number, LINES[number % len(LINES)])
            waited.append(time.monotonic() - began)
        spent = (_cpu(running) - before) / WINDOW
        rows.append((number - WINDOW // 2, round(spent * 1e6), round(median(waited) * 1e6)))
    return rows


def _cpu(running: Running) -> float:
    """Processor seconds of all processes so far."""
    family = [psutil.Process(running.process.pid)]
    family += family[0].children(recursive=True)
    times = [member.cpu_times() for member in family if member.is_running()]
    return sum(one.user + one.system for one in times)


def _ask(
    connection: http.client.HTTPConnection, running: Running, number: int, text: str, sender: str = "long"
) -> dict[str, object]:
    body = json.dumps(running.body(sender, text, number))
    connection.request("POST", running.url_path(sender), body, running.headers)
    response = connection.getresponse()
    answer: dict[str, object] = json.loads(response.read() or "null")
    if response.status != 200 or not answer.get("replies"):
        raise SystemExit(f"answered {response.status} to {text}: {answer}")
    return answer


def _remembers(connection: http.client.HTTPConnection, running: Running) -> bool:
    """Whether the number given in the first turn is still known: a callback does not ask for it."""
    answer = _ask(connection, running, 1_000_000, "明天上午给我回个电话")
    promised = answer.get("callback")
    return isinstance(promised, dict) and promised.get("phone") == PHONE


def _print(rows: list[tuple[int, ...]], remembered: bool) -> tuple[float, float]:
    head = ("turn", "CPU ms", "of the first", "ms waited (p50)", "of the first")
    print(" | ".join(f"{cell:>16}" for cell in head))
    for turn, cpu, wall in rows:
        shares = f"{cpu / rows[0][1]:.2f}", f"{wall / rows[0][2]:.2f}"
        cells = (f"{turn}", f"{cpu / 1000:.1f}", shares[0], f"{wall / 1000:.0f}", shares[1])
        print(" | ".join(f"{cell:>16}" for cell in cells))
    print(f"the number given first is {'still known' if remembered else 'FORGOTTEN'} at the end")
    return rows[-1][1] / rows[0][1], rows[-1][2] / rows[0][2]


if __name__ == "__main__":
    main()
