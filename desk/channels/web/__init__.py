"""The website: what the widget calls, and a demo page at `/` that has it."""

from desk.channels.web.calls import router as calls
from desk.channels.web.demo import router as demo

__all__ = ["calls", "demo"]
