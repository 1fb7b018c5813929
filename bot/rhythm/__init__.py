"""The community's rhythm, pure: what people mean by a time, when a series meets, what is due, and how to say it."""
