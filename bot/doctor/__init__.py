"""`guyub doctor`: what is wrong, and how to mend it. `checks.py` is the list."""
