"""Channels: they translate to and from desk.talk, and verify who is calling."""
