"""The chat page at `/`: what a customer needs and nothing else. It holds no key; its cookie names the visitor."""

from desk.channels.page.views import router

__all__ = ["router"]
