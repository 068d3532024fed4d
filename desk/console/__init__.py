"""The agents' console at `/console`: who signs in, sees the queue, takes over, writes and gives back."""

from desk.console.routes import router

__all__ = ["router"]
