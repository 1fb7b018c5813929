"""Candidates for the core to rank: rare terms from the database, nearest vectors from memory."""
