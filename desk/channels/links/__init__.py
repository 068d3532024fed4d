"""What a link in a message to a customer opens: a quote to answer, a file to fetch. No sign-in; the link is the key."""

from desk.channels.links.files import router as files
from desk.channels.links.quotes import router as quotes

__all__ = ["files", "quotes"]
