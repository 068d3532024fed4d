"""Train the assistant: `python -m bot.train --out MODEL.tar.gz [--config …] [--domain …] [--data …]`."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from bot import logs
from bot.light import without_tensorflow

PROJECT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Train and leave the model at --out; nothing is left there when training fails."""
    arguments = _arguments()
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("RASA_MAX_CACHE_SIZE", "0")
    without_tensorflow()
    logs.configure()
    train(arguments.config, arguments.domain, arguments.data, arguments.out)


def train(config: str, domain: str, data: list[str], out: Path) -> None:
    """Write a trained model to `out`, as one atomic step. Raises SystemExit when Rasa reports a failure."""
    from rasa.model_training import train as rasa_train

    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent) as folder:
        result = rasa_train(
            domain=domain, config=config, training_files=data, output=folder, fixed_model_name="model",
            force_training=True,
        )  # fmt: skip
        if result.code or not result.model:
            sys.exit(result.code or 1)
        Path(result.model).replace(out)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bot.train", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--config", default=str(PROJECT / "config.yml"))
    parser.add_argument("--domain", default=str(PROJECT / "domain.yml"))
    parser.add_argument("--data", nargs="+", default=[str(PROJECT / "data")])
    return parser.parse_args()


if __name__ == "__main__":
    main()
