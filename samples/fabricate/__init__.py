"""Counties that do not exist: rosters, hospitals' lists with known faults, and what is true of every row.

`make_county` makes one from a seed, `write_county` writes it as files, `many_stays` gives millions of rows for
benchmarks, `write_cases` the provoking case of every finding. Claims are priced by `pricing`, in plain decimal
arithmetic that shares nothing with the tool.
"""

from __future__ import annotations

from samples.fabricate.cases import write_cases
from samples.fabricate.county import make_county
from samples.fabricate.model import County, FaultPlan, Habit, Stay
from samples.fabricate.write import write_county

__all__ = ["County", "FaultPlan", "Habit", "Stay", "make_county", "write_cases", "write_county"]
