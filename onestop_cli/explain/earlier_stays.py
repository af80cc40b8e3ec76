"""Which earlier stays used a limit: the person's own of the year or of so many months, the household's of the year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from onestop_cli.core.settle.windows import first_days
from onestop_cli.rulebook.terms import NO_LIMIT
from onestop_cli.tables.schema import ORDER, PLACE
from onestop_cli.working import Group, Line, StepOnStay, figure


def used_before(stays: pl.DataFrame, steps: Sequence[StepOnStay], known: str) -> tuple[Group, ...]:
    """A group for each limit of `steps` that earlier ones of `stays` used; `known`: where the rest comes from."""
    own = (
        tuple(_earlier(stays, step, known))
        for step in steps
        if step.cap is not None and step.counts and step.fen("before")
    )
    homes = (tuple(_of_household(stays, step, known)) for step in steps)
    return tuple(Group(lines) for lines in (*own, *homes) if lines)


def _earlier(stays: pl.DataFrame, step: StepOnStay, known: str) -> Iterator[Line]:
    used = 0
    for other in counted_before(stays, step):
        used += other.due or 0
        yield figure(step.name, _place(other), other.due or 0)
    before = step.fen("before")
    if before != used:
        yield figure(step.name, f"{known}（台账）", before - used)
    yield figure(f"{step.name}{step.of_months('已补', 'cap_window')}", "", before, strong=True)


def _of_household(stays: pl.DataFrame, step: StepOnStay, known: str) -> Iterator[Line]:
    """Which earlier stays of the household used the limit that it shares, whoever's they were."""
    limit, home = step.term("household_cap"), step.row.get("household")
    before = limit - step.fen("household_room") if home and step.counts and limit < NO_LIMIT else 0
    if before <= 0:
        return
    same = (pl.col("household") == home) & (pl.col("benefit_year") == step.row["benefit_year"])
    used = 0
    for other in _in_turn(stays, step, same):
        if other.counts and other.due:
            used += other.due
            yield figure(step.name, f"{other.row['name']} {_place(other)}", other.due)
    if before != used:
        yield figure(step.name, f"{known}（台账）", before - used)
    yield figure(f"{step.name}此前全户已补", "", before, strong=True)


def _place(step: StepOnStay) -> str:
    row, day = step.row, step.row["discharged_on"]
    when = day.isoformat() if day else "（空）"
    return f"{when} 出院，{row['hospital']}，住院号 {row['stay_no']}"


def _in_turn(stays: pl.DataFrame, step: StepOnStay, same: pl.Expr) -> Iterator[StepOnStay]:
    """Those of `same` before this one: stays on which the layer was claimed first, each in the contract's order."""
    unclaimed = ~pl.col(f"{step.step.layer}_touched")
    year = stays.filter(same, pl.col("status") == "settled").sort(unclaimed, *ORDER)
    for row in year.iter_rows(named=True):
        if all(row[key] == step.row[key] for key in PLACE):
            return
        yield StepOnStay(row, step.book, step.step)


def counted_before(stays: pl.DataFrame, step: StepOnStay) -> list[StepOnStay]:
    """The run's earlier stays of the same person and year (or months) that used the same cap, in turn.

    Stays on which the layer was claimed come first, then the others, each in the contract's order.
    """
    row = step.row
    person = pl.coalesce("id_no", "person") == (row["id_no"] or row["person"])
    same = person & (pl.col("benefit_year") == row["benefit_year"])
    if months := step.term("cap_window"):
        since = first_days(pl.lit(row["discharged_on"]), pl.lit(months))
        same = person & pl.col("discharged_on").is_between(since, pl.lit(row["discharged_on"]))
    return [
        other
        for other in _in_turn(stays, step, same)
        if other.counts
        and other.cap is not None
        and other.due
        and other.term("cap_account") == step.term("cap_account")
    ]
