"""A whole Guyub on one thread, with a clock, failures and an order of events that come from a seed.

The core and SQLite are the real ones; platforms, people, model and clock are not. `python -m tests.simulation SEED` plays one.
"""
