"""Bytes in, grids of cells out: what a file is, and what stands in its cells."""
