"""Properties are checked without a deadline, since the first call compiles patterns."""

from hypothesis import settings

settings.register_profile("language", deadline=None)
settings.load_profile("language")
