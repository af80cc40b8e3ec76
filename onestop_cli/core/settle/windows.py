"""Limits and thresholds over the months before each stay (连续12个月) instead of a calendar year.

A stay of the day it ended looks at the stays that ended in so many months up to and with that day: with twelve, one of
2024-03-15 looks at 2023-03-16 to 2024-03-15, whatever year they are of. Of these only the ones before it in the
contract's order count. What hangs on what was granted goes stay by stay, for the few layers that have such limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.terms import NO_LIMIT
from onestop_cli.tables.schema import ORDER

OPEN = "window_open"
"""Stays of whose months some lie before the books, so that nobody knows what they brought."""

EVER = "_held_ever_fen"
"""The totals of the stays that wait before one, of the same person, in any year."""

_WINDOWS = ("deductible_window", "cap_window")


def has_windows(book: Rulebook) -> bool:
    """Whether some document counts over the months before a stay."""
    return any(longest(book, step.id) for step in book.steps)


def longest(book: Rulebook, step: str) -> int:
    """The most months that a step looks back; 0 where it looks at years only."""
    names = [f"{step}.{name}" for name in _WINDOWS]
    return int(book.table.select(pl.max_horizontal(names).max()).item() or 0)


def first_days(day: pl.Expr, months: pl.Expr) -> pl.Expr:
    """The first day of the `months` that end with `day`."""
    back = pl.format("-{}mo", months)
    return day.dt.offset_by(back).dt.offset_by("1d")


@dataclass(frozen=True)
class Windows:
    """Stays in turn, person after person. `frame`: _at (the number of the row), first (of a person), and numbers of
    days: day, since."""

    frame: pl.DataFrame

    def before(self, amount: pl.Series) -> pl.Series:
        """Row by row, the total of `amount` over the earlier stays in each stay's own months."""
        found: list[int] = []
        past: list[tuple[int, int]] = []
        columns = self._in_turn("first", "day", "since"), amount.gather(self.frame["_at"])
        for (first, day, since), own in zip(columns[0].iter_rows(), columns[1], strict=True):
            past = [] if first else past
            found.append(sum(fen for ended, fen in past if since <= ended <= day))
            past.append((day, own))
        return self._by_row(found)

    def capped(
        self, amount: pl.Series, cap: pl.Series, touched: pl.Series, account: pl.Series
    ) -> tuple[pl.Series, pl.Series]:
        """(used, taken): stays on which the layer was claimed first, each under what its own months leave; then the
        others, under what their own months and those of every stay that looks back at them leave. A stay with a cap
        of `NO_LIMIT` takes no part."""
        rows = self.frame["_at"]
        parts = self._in_turn("first", "day", "since").with_columns(
            amount=amount.gather(rows),
            cap=cap.gather(rows),
            touched=touched.gather(rows),
            account=account.gather(rows),
        )
        used = [0] * len(parts)
        taken = [0] * len(parts)
        for person in _people(parts):
            for place, before, granted in _granted(person):
                used[place], taken[place] = before, granted
        return self._by_row(used), self._by_row(taken)

    def _in_turn(self, *columns: str) -> pl.DataFrame:
        return self.frame.select(columns)

    def _by_row(self, values: list[int]) -> pl.Series:
        ordered = pl.DataFrame(
            {"_at": self.frame["_at"], "value": values}, schema_overrides={"value": pl.Int64}
        )
        return ordered.sort("_at")["value"]


def windows(stays: pl.DataFrame, months: pl.Expr) -> Windows:
    """`months`: how far each stay looks back (0: it is in no window)."""
    rows = stays.select(
        "id_no",
        *ORDER,
        _at=pl.int_range(pl.len()),
        day=pl.col("discharged_on").to_physical().cast(pl.Int64),
        since=first_days(pl.col("discharged_on"), months).to_physical().cast(pl.Int64),
    ).sort("id_no", *ORDER, "_at")
    first = pl.col("id_no").ne_missing(pl.col("id_no").shift()) | (pl.int_range(pl.len()) == 0)
    return Windows(rows.select("_at", "day", "since", first=first))


_Stay = tuple[int, int, int, int, int, bool, int]
"""place, day, since, amount, cap, touched, account"""


def _people(parts: pl.DataFrame) -> Iterator[list[_Stay]]:
    """The stays of one person after the other that have a cap."""
    person: list[_Stay] = []
    columns = ("first", "day", "since", "amount", "cap", "touched", "account")
    for place, (first, *stay) in enumerate(parts.select(columns).iter_rows()):
        if first and person:
            yield person
            person = []
        if stay[3] < NO_LIMIT:
            person.append((place, *stay))
    if person:
        yield person


def _granted(person: list[_Stay]) -> Iterator[tuple[int, int, int]]:
    """(place, used, granted) of one person's stays."""
    done: dict[int, int] = {}
    turn = sorted(range(len(person)), key=lambda n: (not person[n][5], n))
    for n in turn:
        place, _, _, wanted, cap, touched, _ = person[n]
        room = cap - _of_months(person, done, n)
        if not touched:
            later = (k for k in done if k > n and _looks_at(person[k], person[n]))
            rooms = [person[k][4] - _of_months(person, done, k) - done[k] for k in later]
            room = min([room, *rooms])
        done[n] = max(0, min(wanted, room))
        yield place, min(cap, max(0, cap - room)), done[n]


def _of_months(person: list[_Stay], done: dict[int, int], number: int) -> int:
    """What the stays known so far were granted that lie before one, in its months."""
    return sum(
        granted
        for other, granted in done.items()
        if other < number and _looks_at(person[number], person[other])
    )


def _looks_at(stay: _Stay, other: _Stay) -> bool:
    return stay[6] == other[6] and stay[2] <= other[1] <= stay[1]


def before_the_books(stays: pl.DataFrame, book: Rulebook, step: str) -> pl.Expr:
    """Stays of whose months some lie before the books began (`books_from`), and are not known by 期初 to have brought
    nothing (`brought`: what 期初 knows of the person, null where there is none)."""
    months = longest(book, step)
    if "books_from" not in stays.columns or not months:
        return pl.lit(False)
    since = first_days(pl.col("discharged_on"), pl.lit(months))
    begun = pl.col("books_from")
    known = (since >= begun.dt.truncate("1y")) & (pl.col("brought") == "nothing")
    return ((since < begun) & ~known.fill_null(False)).fill_null(False)
