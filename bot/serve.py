"""Start the assistant: `python -m bot.serve --model MODEL [--host HOST] [--port PORT]`.

The same as `rasa run --enable-api` with our channel, without importing TensorFlow: seconds instead of a minute.
"""

from __future__ import annotations

import argparse
import os

from bot import light, logs


def main() -> None:
    """Serve until a signal comes."""
    arguments = _arguments()
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    light.without(light.TENSORFLOW | light.NOT_SERVED)
    logs.configure()
    from bot.server import serve

    serve(arguments.model, arguments.host, arguments.port)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bot.serve", description=__doc__)
    parser.add_argument("--model", required=True, help="a trained model (.tar.gz) or a folder of models")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("AFTERCARE_RASA_PORT", "5005")))
    return parser.parse_args()


if __name__ == "__main__":
    main()
