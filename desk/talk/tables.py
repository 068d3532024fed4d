"""The tables of a turn, for statements on the way of every message: rows cost a fraction of what objects do."""

from desk.records import models

conversations = models.Base.metadata.tables["conversations"]
identities = models.Base.metadata.tables["identities"]
messages = models.Base.metadata.tables["messages"]
outbox = models.Base.metadata.tables["outbox"]
turn_effects = models.Base.metadata.tables["turn_effects"]
turns = models.Base.metadata.tables["turns"]
