"""The stays that rules are tried on: the settled ones of one or several runs, each once, as later runs leave them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from onestop_cli.core.settle.order import years_in_time
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.language import RuleFile
from onestop_cli.rulebook.usable import same_terms
from onestop_cli.run import Run
from onestop_cli.tables.schema import PAYERS, PLACE

_OF_VISIT = ("visit_no", "settlement_no")
"""Which settlements are of one visit; runs of older versions do not have them."""

_SAME_STAY = ("hospital", "stay_no", "_who", "admitted_on", "discharged_on")
_ENGINE = (
    *PLACE,
    "hospital",
    "level",
    "stay_no",
    "category",
    "categories",
    "categories_valid",
    "kinds_valid",
    "decided_category",
    "township",
    "admitted_on",
    "discharged_on",
    "settled_on",
    "settled_or_discharged",
    "settled_second",
    "inpatient",
    "benefit_year",
    "fund_year",
    "total_fen",
    "eligible_fen",
    "has_eligible",
    "out_of_scope_fen",
    "first_pay_fen",
    "over_limit_fen",
    "disease",
    "scheme_raw",
    "age",
    "amount_why",
    "rule_id",
    *(f"{payer}_claimed_fen" for payer in PAYERS),
)
"""What the engine and the papers need of a stay, beside `x_…`, `…_cost_fen` and `…_supplement_fen` columns."""


@dataclass(frozen=True)
class TrialRun:
    """A run to try rules on: what people call it, its tables, and its documents in its order."""

    name: str
    run: Run
    rules: tuple[RuleFile, ...]


@dataclass(frozen=True)
class Year:
    """The stays that rules are tried on, in the contract's order of each person-year.

    `stays`: what the engine needs; `at` is the row's number, `id_no` a number for the person instead of the ID,
    `period` the run's, `<layer>_posted_fen` what the run gave. `book`: the documents of all runs, `rule_id` says
    which governs. `left_out`: status → stays that are not settled; `repeated`: stays that stood in several runs.
    """

    stays: pl.DataFrame
    book: Rulebook
    periods: tuple[str, ...]
    left_out: Mapping[str, int]
    repeated: int

    @property
    def people(self) -> int:
        return self.stays["id_no"].n_unique()


def gather(parts: Sequence[TrialRun]) -> Year:
    """The settled stays of all runs; raises `CannotRun` when runs contradict each other."""
    problems: list[Problem] = []
    book = Rulebook(_documents(parts, problems))
    all_stays = pl.concat(_stays_of(parts), how="diagonal")
    stays, repeated = _once(all_stays.filter(pl.col("status") == "settled"), parts, problems)
    if stays.is_empty():
        problems.append(Problem("给出的各期没有一笔已结算的住院", "请给出核对过的结果文件夹"))
    if problems:
        raise CannotRun(problems)
    left = all_stays.filter(pl.col("status") != "settled").unique(["period", *PLACE])
    counts = dict(left["status"].value_counts().sort("status").iter_rows())
    number = pl.col("_who").rank("dense").cast(pl.Int64) + 10**17
    stays = stays.with_columns(id_no=number.cast(pl.String))
    place, _ = years_in_time(stays)
    stays = stays[place].drop("_who", "status").with_row_index("at")
    periods = tuple(dict.fromkeys(part.run.info.period for part in parts))
    return Year(stays, book, periods, counts, repeated)


def _documents(parts: Sequence[TrialRun], problems: list[Problem]) -> tuple[RuleFile, ...]:
    """Every document of any run once; the same document must say the same in all of them."""
    known: dict[str, tuple[RuleFile, str]] = {}
    for part in parts:
        for rule in part.rules:
            other, name = known.setdefault(rule.id, (rule, part.name))
            if not same_terms(rule, other):
                what = f"{name} 与 {part.name} 所用的政策文件 {rule.id} 条款不同"
                problems.append(Problem(what, "请用同一份文件重新核对其中一期，再一起测算"))
    return tuple(rule for rule, _ in known.values())


def _stays_of(parts: Sequence[TrialRun]) -> list[pl.DataFrame]:
    """Every run's stays with the columns that count, and their status as later runs leave it."""
    adjusted = _adjusted([part.run for part in parts])
    frames = []
    for number, part in enumerate(parts):
        period = part.run.info.period
        stays = part.run.stays
        posted = [f"{layer.id}_due_fen" for layer in part.run.layers]
        extra = [
            c for c in stays.columns if c.startswith("x_") or c.endswith(("_cost_fen", "_supplement_fen"))
        ]  # fmt: skip
        frame = stays.select(
            *_ENGINE,
            *(name for name in _OF_VISIT if name in stays.columns),
            *extra,
            "status",
            pl.col(posted).name.map(lambda name: name.replace("_due_", "_posted_")),
            _who=pl.coalesce("id_no", "person"),
            period=pl.lit(period),
            _run=pl.lit(number),
        )
        frames.append(_as_adjusted(frame, adjusted.filter(pl.col("period") == period)))
    return frames


def _adjusted(runs: Sequence[Run]) -> pl.DataFrame:
    """Closed stays that a later run reversed, refused or released: place and status now, the latest."""
    lines = [
        run.adjustments.filter(pl.col("kind") != "重算").select(
            *PLACE, "period", "hospital", "stay_no", now="status", now_category="category"
        )
        for run in runs
    ]
    key = (*PLACE, "period", "hospital", "stay_no")
    return pl.concat(lines).unique(key, keep="last", maintain_order=True)


def _as_adjusted(stays: pl.DataFrame, adjusted: pl.DataFrame) -> pl.DataFrame:
    """`stays` with the status of today; another category than then is one that was decided."""
    now = pl.col("now_category")
    decided = pl.when(now.is_not_null() & now.ne_missing(pl.col("category"))).then(now)
    joined = stays.join(
        adjusted.drop("period"),
        on=[*PLACE, "hospital", "stay_no"],
        how="left",
        nulls_equal=True,
        validate="m:1",
        maintain_order="left",
    )
    return joined.with_columns(
        status=pl.coalesce("now", "status"),
        category=pl.coalesce("now_category", "category"),
        decided_category=pl.coalesce(decided, "decided_category"),
    ).drop("now", "now_category")


def _once(
    stays: pl.DataFrame, parts: Sequence[TrialRun], problems: list[Problem]
) -> tuple[pl.DataFrame, int]:
    """Each stay once, from the first run that has it, and how many were left away; runs that disagree are a problem."""
    if stays["_run"].n_unique() < 2:
        return stays.drop("_run"), 0
    key = [*_SAME_STAY, "_turn"]
    said = pl.struct(
        "level", "category", "total_fen", "eligible_fen", "rule_id", *_claims(stays)
    ).hash()
    stays = stays.with_columns(_turn=pl.int_range(pl.len()).over("_run", *_SAME_STAY), _said=said)
    first = stays.unique(key, keep="first", maintain_order=True)
    again = stays.join(
        first.select(*key, first="_run", first_said="_said"), on=key, nulls_equal=True
    )
    odd = again.filter(pl.col("_said") != pl.col("first_said"))
    for (one, other), rows in odd.sort("first", "_run").group_by(
        "first", "_run", maintain_order=True
    ):
        row = rows.row(0, named=True)
        names = f"{parts[int(str(one))].name} 与 {parts[int(str(other))].name}"
        problems.append(
            Problem(
                f"{names} 有 {len(rows)} 笔相同的住院内容不同，例如 {row['hospital']} 住院号 {row['stay_no']}",
                "同一笔住院只能算一次：请只给出其中一份结果",
            )
        )
    return first.drop("_turn", "_said", "_run"), len(stays) - len(first)


def _claims(stays: pl.DataFrame) -> list[str]:
    return [name for name in stays.columns if name.endswith("_claimed_fen")]
