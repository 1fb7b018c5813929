"""Guyub: a chat bot that makes a library's Communities of Practice work where people already talk."""

import os

__version__ = "0.1.0"

# Before numpy is loaded: one vector times ten thousand is a millisecond's work, and threads that wait for each other at it
# take ten milliseconds of two cores. Whoever sets it themselves keeps what they set.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
