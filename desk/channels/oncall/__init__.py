"""The page behind the link in an alarm's message: shown by GET, taken by a button. No sign-in, it works on a phone."""

from desk.channels.oncall.views import router

__all__ = ["router"]
