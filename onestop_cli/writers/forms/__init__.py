"""Empty workbooks that others fill in and hand back: what is on them, and how they are written."""
