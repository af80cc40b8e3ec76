"""Rows of a run too large for memory, dealt out into parts of whole persons in a folder beside the result.

Once on disk: `rows/<part>/` as they come, `moved.parquet` with the rows of everybody who belongs with people of another
part, `closed.parquet` with the closed stays that a ledger brings. Who belongs together is known by hashes
(`core.parts`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from onestop_cli.core.closed import History, refreshed
from onestop_cli.core.decisions.identities import with_identities
from onestop_cli.core.decisions.match import as_the_house_says, with_usable_ids
from onestop_cli.core.fingerprint import may_differ
from onestop_cli.core.identify import identify
from onestop_cli.core.options import Earlier, NameLookup
from onestop_cli.core.parts import (
    BUCKET,
    KEYS,
    LOOSE,
    MARKS,
    PERSON,
    VISIT,
    bonds_as_known,
    bonds_of_decided,
    decided_people,
    moves,
    part_of,
    with_keys,
)
from onestop_cli.core.place import looked_up, place
from onestop_cli.county.periods import Period
from onestop_cli.errors import stop
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.tables.schema import PLACE

CLOSED_FILE = "closed.parquet"
SLICE = 4_000_000
"""Stays among which people with one stay number are looked for at a time."""
_IDENTITY = (
    *PLACE,
    "hospital",
    "stay_no",
    "person",
    "id_no",
    "name_key",
    "admitted_on",
    "discharged_on",
)
"""What tells whom a stay must be worked out with, and whether a decision may mean it."""


@dataclass(frozen=True)
class Dealing:
    """Rows on their way into `buckets` parts below `folder`."""

    folder: Path
    buckets: int
    register: pl.DataFrame
    names: NameLookup
    period: Period

    @property
    def dealt(self) -> pl.LazyFrame:
        """All rows as read, with their keys."""
        return pl.scan_parquet(self.folder / "rows" / "*" / "*.parquet")

    def deal(self, batched: Iterable[pl.DataFrame]) -> int:
        """Write every row into its part; how many there are."""
        folders = [self.folder / "rows" / f"{number:05d}" for number in range(self.buckets)]
        for folder in folders:
            folder.mkdir(parents=True)
        total = 0
        for count, rows in enumerate(batched):
            total += len(rows)
            keyed = rows.hstack(self._keys(rows))
            dealt = keyed.partition_by(BUCKET, as_dict=True)
            for number, folder in enumerate(folders):
                part = dealt.get((number,), keyed.clear()).drop(BUCKET)
                part.write_parquet(folder / f"{count:05d}.parquet", compression="lz4")
        if not total:
            raise stop("没有读到一行住院记录", "请检查 --stays 给出的文件或文件夹")
        return total

    def _keys(self, rows: pl.DataFrame) -> pl.DataFrame:
        return with_keys(self._identified(rows), self.buckets).select(*MARKS, BUCKET)

    def _identified(self, rows: pl.DataFrame) -> pl.DataFrame:
        return identify(place(rows, self.register, self.names, self.period))

    def bring_together(
        self, total: int, earlier: Earlier, roster: pl.DataFrame, book: Rulebook
    ) -> int:
        """Write `moved.parquet`, and of closed stays `closed.parquet`; the part in which all are about whom something
        is decided. `total`: rows in all; `roster`: understood."""
        history, decisions = earlier.history, earlier.decisions
        closed = [] if history is None else self._closed(history, roster, book)
        known = [bonds_as_known(*closed)] if closed else []
        if decisions is not None:
            lines = with_usable_ids(as_the_house_says(decisions.lines, self.names))
            meant = [self._meant(lines), *(_among(stays, lines) for stays in closed)]
            rows = pl.concat(meant, how="vertical_relaxed")
            known.append(bonds_of_decided(rows, lines, roster))
        going = moves(self._shared(total, known), self.buckets)
        moved = self.dealt.join(going.lazy(), on=PERSON, maintain_order="left")
        moved.collect(engine="streaming").write_parquet(self.folder / "moved.parquet")
        if history is not None:
            part = part_of(closed[1]["person"].hash(), going, self.buckets)
            dealt = history.stays.with_columns(part.alias(BUCKET))
            dealt.write_parquet(self.folder / CLOSED_FILE)
        if decisions is None:
            return 0
        return int(part_of(decided_people(known[-1]), going, self.buckets).first() or 0)  # type: ignore[arg-type]

    def _closed(self, history: History, roster: pl.DataFrame, book: Rulebook) -> list[pl.DataFrame]:
        """Closed stays as their files had them, and as it was decided about them before."""
        known = looked_up(refreshed(history), self.register, self.names, book)
        assert known is not None
        stays = known.stays.with_columns(_at=pl.int_range(pl.len(), dtype=pl.Int64))
        return [part.select(_IDENTITY) for part in (stays, with_identities(stays, None, roster))]

    def _meant(self, lines: pl.DataFrame) -> pl.DataFrame:
        """The rows that `lines` may mean."""
        near = [
            self.dealt.join(lines.lazy().select(on).unique(), on=on, how="semi", nulls_equal=True)
            for on in (["stay_no"], [*PLACE])
        ]
        rows = pl.concat(near).drop(*MARKS).collect(engine="streaming")
        return _among(self._identified(rows).select(_IDENTITY), lines)

    def _shared(self, total: int, known: Sequence[pl.DataFrame]) -> pl.DataFrame:
        """(`_visit`, `_person`) of what several persons share: each key of the rows and what else is `known`, in slices
        of all values."""
        slices = -(-total // SLICE)
        open_visits = self._open_visits(known)
        found = []
        for key in KEYS:
            for number in range(slices):
                pairs = self.dealt.select(pl.col(key).alias(VISIT), PERSON)
                own = pl.col(VISIT) % slices == number
                if key == VISIT:
                    own &= pl.col(VISIT).is_in(open_visits.implode())
                rows = pairs.filter(own).collect(engine="streaming")
                found.append(of_several(pl.concat([rows, *(more.filter(own) for more in known)])))
        return pl.concat(found)

    def _open_visits(self, known: Sequence[pl.DataFrame]) -> pl.Series:
        """The visits of which a row has no usable ID, so that it may be of whoever shares them, and all `known` ones:
        people of one name, hospital and day who have IDs have nothing to do with each other."""
        loose = self.dealt.filter(LOOSE).select(VISIT).unique().collect(engine="streaming")
        return (
            pl.concat([loose, *(more.select(VISIT) for more in known)])[VISIT].drop_nulls().unique()
        )


def of_several(pairs: pl.DataFrame) -> pl.DataFrame:
    """Those of (`_visit`, `_person`) whose visit several persons have."""
    pairs = pairs.filter(may_differ(pairs, pairs[VISIT], PERSON))
    several = pairs.group_by(VISIT).agg(low=pl.col(PERSON).min(), high=pl.col(PERSON).max())
    return pairs.join(several.filter(pl.col("low") != pl.col("high")), on=VISIT, how="semi")


def _among(stays: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """The stays that `lines` may mean: at their place, or of their hospital and number."""
    near = [
        stays.join(lines.select(on), on=on, how="semi", nulls_equal=True)
        for on in (["hospital", "stay_no"], [*PLACE])
    ]
    return pl.concat(near).unique()
