"""Which rows belong together: reversals, halves of one claim, duplicates, overlapping stays, short readmissions.

Reversals come first, then the halves of one claim become one stay, then duplicates are told; what is left are the stays
that took place, and only these can overlap or follow one another. Closed stays of earlier periods are partners; of
themselves it is only judged what a later row can change: whether they are refunded, overlap, are reported anew, or are
still a copy.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from onestop_cli.core.closed import History
from onestop_cli.core.pairing.closed_twins import closed_twins, copies, judged_twins, restated
from onestop_cli.core.pairing.duplicates import twins
from onestop_cli.core.pairing.halves import halves, joined
from onestop_cli.core.pairing.overlaps import gaps, overlaps, with_span
from onestop_cli.core.pairing.reversals import reversals
from onestop_cli.core.pairing.rows import NOTHING_CLOSED, gathered, without
from onestop_cli.core.scatter import spread
from onestop_cli.tables.schema import PAIRING


@dataclass(frozen=True)
class Paired:
    """The run's stays and the closed ones (None without a ledger), both with the columns of `PAIRING`; `parts`:
    the halves of claims that became one row (`halves.halves`), `joined`: how many rows are gone by that."""

    stays: pl.DataFrame
    closed: pl.DataFrame | None
    parts: pl.DataFrame

    @property
    def joined(self) -> int:
        return self.parts.filter(pl.col("at") != pl.col("into")).height

    def moved(self, lines: pl.DataFrame | None) -> pl.DataFrame | None:
        """Decisions (`stay`: a row's number) about a row that was joined are about the row it was joined to."""
        if lines is None or self.parts.is_empty():
            return lines
        into = self.parts.select(stay="at", into="into")
        found = lines.join(into, on="stay", how="left", maintain_order="left")
        return found.with_columns(stay=pl.coalesce("into", "stay")).drop("into")


def paired(
    stays: pl.DataFrame,
    readmission_days: int,
    history: History | None = None,
    roster: pl.DataFrame | None = None,
) -> Paired:
    """`stays` in their order, and the closed stays of `history`; how the rows lie in the files changes no verdict.

    `stays` has the columns of READ_STAYS and IDENTITY, `hospital` (register name) and `ORDER`. `roster`: id_no of the
    listed, who tell two people under one ID from two spellings. `readmission_days`: the longest gap of a short
    readmission. Closed stays have also `period`, `status`, `blocking` (the codes that hold one, joined by `;`),
    `was_released` and `was_refused`; a held one that a row of `stays` reports anew counts no more.
    """
    earlier = stays.clear().with_columns(**NOTHING_CLOSED) if history is None else history.stays
    rows = gathered(stays, earlier, roster)
    struck = reversals(rows)
    out = struck.filter(pl.col("reversed") | pl.col("unpaired"))
    living = without(rows.filter(~pl.col("gone")), out)
    parts, lonely = halves(living)
    found = _judged(joined(living, parts), readmission_days)
    found = pl.concat([struck, found, parts.drop("into"), lonely], how="align_full")
    verdicts = spread(found.drop("at"), found["at"], len(stays) + len(earlier))
    verdicts = verdicts.with_columns(pl.col("reversed", "unpaired").fill_null(False)).select(
        *PAIRING
    )
    here, there = verdicts.head(len(stays)), verdicts.tail(len(earlier))
    numbered = stays.hstack(here).with_columns(at=pl.int_range(pl.len()))
    whole = joined(numbered, parts).drop("at")
    closed = None if history is None else earlier.hstack(there)
    return Paired(whole, closed, parts)


def _judged(living: pl.DataFrame, readmission_days: int) -> pl.DataFrame:
    """What is found of rows that nothing takes back, by `at`."""
    again, known = restated(living), copies(living)
    doubled = pl.concat([twins(living.filter(~pl.col("closed"))), closed_twins(living, again)])
    out = (doubled.filter(pl.col("twin") != "kept"), known, again, judged_twins(living))
    spans = without(with_span(living), *out)
    parts = [doubled, known, again, overlaps(spans), gaps(spans, readmission_days)]
    return pl.concat(parts, how="align_full")
