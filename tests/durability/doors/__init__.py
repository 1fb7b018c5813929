"""Promises over the Slack and Telegram doors, against the strict emulators, which live in the test's process.

GUYUB_TEST_KILLS (4 here; where it is set, on PostgreSQL too) and GUYUB_TEST_SEED as beside; GUYUB_TEST_SENDS (601) for the
limits, GUYUB_TEST_FORGED (240) for what is forged.
"""
