"""Conversations: what comes in is stored first, handled in order by the assistant or a person, and answered once."""
