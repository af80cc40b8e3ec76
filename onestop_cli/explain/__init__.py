"""One stay made plain: which it is, its arithmetic step by step, and stays written by hand."""
