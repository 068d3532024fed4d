"""What is written to the log: warnings and errors, in one line each, and no customer's words."""

from __future__ import annotations

import logging
import os
import warnings

import structlog


def configure() -> None:
    """Set up logging for Rasa. LOG_LEVEL may lower the level (then Rasa's debug lines do show messages)."""
    level = logging.getLevelName(os.environ.get("LOG_LEVEL", "WARNING").upper())
    logging.basicConfig(level=level, format="%(levelname)s %(name)s %(message)s")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(level))
    warnings.simplefilter("ignore")  # old libraries announce what they will lose in versions we do not use
