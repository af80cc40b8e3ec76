"""One shape for every check: a code, for which rows it holds, and its sentence; and how checks become findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from onestop_cli.core.findings.catalogue import CATALOGUE
from onestop_cli.tables.schema import FINDINGS, empty

_NO_TEXT = pl.lit(None, pl.String)
_NO_FEN = pl.lit(None, pl.Int64)
_NOWHERE = pl.Series(dtype=pl.get_index_type())


@dataclass(frozen=True)
class Check:
    """A finding as two expressions over stays: where it holds, and the Chinese sentence that says so.

    `claimed` and `due` (fen) and `layer` stand beside amount findings; `cause` is the diagnosis of AM01. `among`: what
    is quickly asked and true of every stay on which the check stands; without it all stays are looked at.
    """

    code: str
    holds: pl.Expr
    message: pl.Expr
    layer: str | None = None
    claimed: pl.Expr = field(default_factory=lambda: _NO_FEN)
    due: pl.Expr = field(default_factory=lambda: _NO_FEN)
    cause: pl.Expr = field(default_factory=lambda: _NO_TEXT)
    among: pl.Expr | None = None

    @property
    def stands(self) -> pl.Expr:
        """Where it holds and no decision released the stay from it.

        A comparison with a missing value does not hold.
        """
        return self.holds.fill_null(False) & ~released(self.code)

    def raised(self, stays: pl.DataFrame) -> pl.DataFrame:
        """Findings about `stays`, on all of which the check stands."""
        return stays.select(**self._finding)

    @property
    def columns(self) -> list[str]:
        """The columns of stays that a finding is made of."""
        names = (name for expr in self._finding.values() for name in expr.meta.root_names())
        return list(dict.fromkeys(names))

    @property
    def _finding(self) -> dict[str, pl.Expr]:
        told = {
            "code": pl.lit(self.code),
            "severity": pl.lit(CATALOGUE[self.code].severity),
            "layer": pl.lit(self.layer, pl.String),
            "claimed_fen": self.claimed,
            "due_fen": self.due,
            "diff_fen": self.claimed - self.due,
            "cause": self.cause,
            "message": self.message,
        }
        return {name: told.get(name, pl.col(name)) for name in FINDINGS}


def released(code: str) -> pl.Expr:
    """Whether a stay was released from this code."""
    return pl.col("released").str.contains(code, literal=True).fill_null(False)


def raise_all(checks: Sequence[Check], stays: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """All findings of `checks` over `stays`, in the order of the checks, and of each the number of its stay's row."""
    rows = _standing(checks, stays)
    raised = (
        check.raised(stays.select(check.columns)[own])
        for check, own in zip(checks, rows, strict=True)
        if len(own)
    )
    found = pl.concat([empty(FINDINGS), *raised], how="vertical_relaxed")
    return found.cast(dict(FINDINGS)), pl.concat(rows)  # type: ignore[arg-type]


def _standing(checks: Sequence[Check], stays: pl.DataFrame) -> list[pl.Series]:
    """Of each check the numbers of the rows on which it stands. Checks that are asked `among` the same stays, which are
    few, are asked of these only."""
    together: dict[int, list[int]] = {}
    for number, check in enumerate(checks):
        together.setdefault(id(check.among), []).append(number)
    found: dict[int, pl.Series] = {}
    for numbers in together.values():
        own = [checks[number] for number in numbers]
        found |= zip(numbers, _rows_of(own, own[0].among, stays), strict=True)
    return [found[number] for number in range(len(checks))]


def _rows_of(
    checks: Sequence[Check], among: pl.Expr | None, stays: pl.DataFrame
) -> Iterator[pl.Series]:
    stand = [check.stands.alias(str(number)) for number, check in enumerate(checks)]
    if among is None:
        yield from map(_where, stays.lazy().select(stand).collect())
        return
    rows = _where(stays.select(among).to_series())
    if rows.is_empty():
        yield from (rows for _ in checks)
        return
    names = dict.fromkeys(name for expr in stand for name in expr.meta.root_names())
    yield from (rows.filter(holds) for holds in stays.select(*names)[rows].select(stand))


def _where(holds: pl.Series) -> pl.Series:
    """The numbers of the rows on which it holds; most checks hold nowhere."""
    return holds.arg_true() if holds.any() else _NOWHERE


def blocked(checks: Sequence[Check]) -> pl.Expr:
    """Whether any check that blocks holds."""
    blocking = [check.stands for check in checks if CATALOGUE[check.code].severity == "blocks"]
    return pl.any_horizontal(blocking)


def day(column: str) -> pl.Expr:
    """A day in a sentence."""
    return pl.col(column).dt.to_string("%Y-%m-%d").fill_null("（空）")


def yuan(amount: pl.Expr) -> pl.Expr:
    """Fen in a sentence: `1234567` → `12345.67`."""
    sign = pl.when(amount < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    size = amount.abs()
    cents = (size % 100).cast(pl.String).str.zfill(2)
    return pl.format("{}{}.{}", sign, size // 100, cents)
