"""The local messenger: a platform that we happen to own, and the door to it. See QUALITY.md."""
