"""A row's way from what was read to what is found: pure functions of tables."""
