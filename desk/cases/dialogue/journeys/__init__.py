"""Journeys of after-sales service: each knows what it still needs and how it ends."""
