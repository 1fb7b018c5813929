"""`guyub rehearse`: an export replayed in order, to see what Guyub would have done. Nothing of the library is touched."""
