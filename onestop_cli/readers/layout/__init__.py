"""Grids in, typed columns out: where the header is, what a column means, what a row is."""
