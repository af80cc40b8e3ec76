"""Rosters by themselves: what is wrong with one, what changed between two."""
