"""The edge where files become tables."""
