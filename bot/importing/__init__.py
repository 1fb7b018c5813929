"""History from elsewhere: what an export tells, and which of its questions somebody answered. Pure."""
