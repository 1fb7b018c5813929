"""A simulated year of reminders and digests: what is sent, against what ought to be."""
