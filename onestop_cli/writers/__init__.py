"""The edge where tables become files."""
