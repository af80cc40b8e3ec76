"""Rosters on screen and as workbooks."""
