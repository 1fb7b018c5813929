"""For all tests: hypothesis looks for what is wrong, not for what is slow; a busy machine must not fail one."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("guyub", deadline=None)
settings.load_profile("guyub")
