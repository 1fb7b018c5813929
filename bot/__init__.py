"""Guyub: a chat bot that makes a library's Communities of Practice work where people already talk."""

__version__ = "0.1.0"
