"""Aftercare's service desk: rules, records, use cases, conversations, channels. Knows nothing of Rasa's inside."""
