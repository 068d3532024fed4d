"""The page behind a quote's link."""

from desk.channels.quotes.views import router

__all__ = ["router"]
