"""The nouns of the field, one a file, each with the repository Protocol that reads it."""
