"""The edge in: files as they come become the tables of `schema`, and every row is accounted for."""
