"""Rules tried on real stays before they are signed."""
