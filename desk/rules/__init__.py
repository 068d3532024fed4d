"""Decisions as pure functions over policy data: warranty, deadlines, severity, quotes, calendars."""
