"""A county of today that does not exist: a year of the national platform's exports, month by month.

`make_year` makes one from a seed, `write_year` writes it as files. Amounts are priced by `pricing`, in fractions from
the sentences of the county's two documents, and share nothing with the tool.
"""

from __future__ import annotations

from samples.fabricate.today.county import make_year
from samples.fabricate.today.model import Settlement, Year
from samples.fabricate.today.write import write_year

__all__ = ["Settlement", "Year", "make_year", "write_year"]
