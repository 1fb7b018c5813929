"""Language data that ships with the package: YAML a librarian may read and edit, and the fitted numbers."""
