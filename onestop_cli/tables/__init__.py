"""The tables that travel between the stages."""
