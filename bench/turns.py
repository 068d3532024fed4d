"""Turns a second, waiting, memory, training: the whole product beside stock Rasa. Prints one table.

    .venv/bin/python -m bench.turns [--seconds 20] [--only ours|stock|stock-fixed]

Both are trained on the same 600 examples and asked the same over HTTP, one after the other, on the same machine. Ours
goes through the API and desk with everything on disk; stock has a form and an action server, and keeps all in memory.
`stock, fixed answers` is the same server with the same model, whose customers only ask what it answers by a fixed text:
the least that stock can be asked, beside ours at its whole work.
Processor time a turn says more than turns a second where other programs run on the machine.
"""

from __future__ import annotations

import argparse
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

from bench import drive
from bench.contenders import Running, ours, stock_fixed_answers, stock_rasa
from launcher import environments

_CONTENDERS = {"ours": ours, "stock": stock_rasa, "stock-fixed": stock_fixed_answers}
_CLIENTS = 8
_WARM_UP = 3.0


def main() -> None:
    """Run both and print the table."""
    arguments = _arguments()
    chosen = [arguments.only] if arguments.only else list(_CONTENDERS)
    if chosen != ["ours"]:
        environments.ensure_stock()
    rows = []
    for name in chosen:
        with tempfile.TemporaryDirectory() as folder:
            rows.append(_measure(_CONTENDERS[name](Path(folder)), arguments.seconds))
    _print_table(rows)


def _measure(contender: AbstractContextManager[Running], seconds: float) -> tuple[str, ...]:
    with contender as running:
        drive.talk(running, 2, _WARM_UP)
        alone = drive.talk(running, 1, seconds)
        before = running.cpu()
        together = drive.talk(running, _CLIENTS, seconds)
        spent = {role: 1000 * (used - before.get(role, 0.0)) / len(together) for role, used in running.cpu().items()}
        return (
            running.name,
            f"{len(together) / seconds:.1f}",
            f"{_at(alone, 0.5):.0f} / {_at(alone, 0.95):.0f}",
            f"{_at(together, 0.5):.0f} / {_at(together, 0.95):.0f}",
            f"{sum(spent.values()):.1f}",
            " + ".join(f"{role} {used:.1f}" for role, used in sorted(spent.items()) if used >= 0.05),
            f"{running.memory() / 1e6:.0f}",
            f"{running.training_seconds:.0f}",
        )


def _at(times: list[float], share: float) -> float:
    return 1000 * times[min(len(times) - 1, int(share * len(times)))]


def _print_table(rows: list[tuple[str, ...]]) -> None:
    head = (
        "", f"turns/s, {_CLIENTS} clients", "ms p50/p95, 1 client", f"ms p50/p95, {_CLIENTS}", "CPU ms a turn",
        "of which", "MB", "training s",
    )
    table = (head, *rows)
    widths = [max(len(row[at]) for row in table) for at in range(len(head))]
    for row in table:
        print(" | ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.turns", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long each load lasts")
    parser.add_argument("--only", choices=tuple(_CONTENDERS))
    return parser.parse_args()


if __name__ == "__main__":
    main()
