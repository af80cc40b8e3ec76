"""A table somebody hands in or publishes, against its own sums, parts and rates, and against the details.

`check` needs nothing beside the table; details of a run are compared only when they are given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from onestop_cli.audit.aggregates.across import groups_across, parts_across, whole_percentages
from onestop_cli.audit.aggregates.details import Details, against
from onestop_cli.audit.aggregates.model import PrintedTable, Slip
from onestop_cli.audit.aggregates.rates import quotients
from onestop_cli.audit.aggregates.sums import sums_down


def check(table: PrintedTable, views: Mapping[str, Details] | None = None) -> list[Slip]:
    """Every slip of `table`, one after the other.

    `views`: name (申报, 核定) → details; the table is held to the one it fits best.
    """
    slips = [
        *sums_down(table),
        *groups_across(table),
        *parts_across(table),
        *quotients(table),
        *whole_percentages(table),
        *against(table, views or {}),
    ]
    places = {column.title: column.place for column in table.columns}
    return [replace(slip, place=places.get(slip.title) or slip.place) for slip in slips]
