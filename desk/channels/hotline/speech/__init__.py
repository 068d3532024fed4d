"""Ears and a mouth: recognition and synthesis as services behind two small interfaces."""
