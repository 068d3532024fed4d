"""`python3 -m launcher run | environments [--tests] | widget [--tests] | npm … | train`."""

from __future__ import annotations

import argparse
import signal
import sys

from launcher import environments, model, run, widget
from launcher.problem import Problem, fail


def main() -> None:
    """Do what the command line says; a Problem ends it with a message and status 1."""
    arguments = _arguments()
    # Whatever is being installed or trained ends with us.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        if arguments.command == "run":
            run.main()
        elif arguments.command == "environments":
            environments.ensure(for_tests=arguments.tests)
        elif arguments.command == "widget":
            print(widget.ensure(for_tests=arguments.tests))
        elif arguments.command == "npm":
            sys.exit(widget.npm(arguments.words))
        else:
            print(model.ensure())
    except Problem as problem:
        fail(problem)
    except KeyboardInterrupt:
        sys.exit(130)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="launcher", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="start everything and wait for Ctrl-C")
    make = commands.add_parser("environments", help="make the two Python environments")
    make.add_argument("--tests", action="store_true", help="with what the tests need")
    build = commands.add_parser("widget", help="build the website widget if its sources have changed")
    build.add_argument("--tests", action="store_true", help="with its linters and tests")
    npm = commands.add_parser("npm", help="run npm for the website widget")
    npm.add_argument("words", nargs=argparse.REMAINDER)
    commands.add_parser("train", help="train the model if its inputs have changed")
    return parser.parse_args()


if __name__ == "__main__":
    main()
