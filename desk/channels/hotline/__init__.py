"""The telephone: a call engine that knows no transport, and the adapter for Asterisk (AudioSocket and FastAGI)."""
