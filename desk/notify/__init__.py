"""Telling colleagues outside the browser: group robots, webhooks, text messages, mail, and a ringing telephone."""
