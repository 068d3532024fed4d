"""Warranty rules, one file a category, and what they share."""
