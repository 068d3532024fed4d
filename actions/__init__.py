"""Custom actions: turn a tracker into a call of the service desk, and its answer into words and slots."""
