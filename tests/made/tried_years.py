"""Years to try rules on: made-up runs, whole and in quarters, and runs by random documents."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from random import Random

import polars as pl

from onestop_cli.core.adjustments import no_adjustments
from onestop_cli.core.category import choose_best
from onestop_cli.core.settle import settle
from onestop_cli.core.settle.inputs import settle_input
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.govern import govern
from onestop_cli.rulebook.language import RuleFile
from onestop_cli.rulebook.library import LoadedRule, load_rules
from onestop_cli.run import Run
from onestop_cli.simulation.compare import VariantComparison, compare, outcome, own
from onestop_cli.simulation.proposal import Proposal
from onestop_cli.simulation.stays import TrialRun, Year, gather
from onestop_cli.tables.run_info import RunInfo
from onestop_cli.tables.schema import PAYERS
from samples.year import year_run
from tests.made.run import with_info
from tests.reference import made


@cache
def huangzhong() -> tuple[LoadedRule, ...]:
    return load_rules(["huangzhong-2009"])


@cache
def run() -> Run:
    """600 stays of 150 people in 2010; a quarter of them have no category and only bounds in `basic`."""
    return year_run(600, 150, ["huangzhong-2009"], 2010)


def part(one: Run, rules: Sequence[LoadedRule] | None = None, name: str = "一期") -> TrialRun:
    return TrialRun(name, one, tuple(rule.file for rule in rules or huangzhong()))


@cache
def year() -> Year:
    return gather([part(run())])


@cache
def before() -> pl.DataFrame:
    return outcome(year(), own(year()), "before")


def tried(*typed: tuple[str, str]) -> VariantComparison:
    """Today's document with some values changed."""
    proposal = Proposal("huangzhong-2009", huangzhong(), "as-before", typed)
    return compare(year(), before(), proposal.variant(year().book.rules))


def other(name: str, *, by_date: bool = False) -> VariantComparison:
    """Another document, its days ignored unless `by_date`."""
    governs = "by-date" if by_date else "always"
    variant = Proposal(name, load_rules([name]), governs, ()).variant(year().book.rules)
    return compare(year(), before(), variant)


def with_stays(one: Run, stays: pl.DataFrame, period: str = "2010") -> Run:
    """The same run with other stays."""
    return Run(
        with_info(one, period=period).info, stays, one.findings, one.roster, one.quarantine,
        one.adjustments, one.documents,
    )  # fmt: skip


def random_run(random: Random, stays: int) -> tuple[Run, tuple[RuleFile, ...]]:
    """A run by random documents, settled directly by the engine; every stay has a term."""
    rules = tuple(made.rules(random))
    book = Rulebook(rules)
    frame = _claimed(made.frame(made.bills(random, rules, stays), rules), book)
    several, first = pl.col("categories"), rules[0].categories.overlap == "priority"
    frame = frame.with_columns(
        source=pl.lit("f"),
        row=pl.int_range(pl.len(), dtype=pl.Int64),
        person="id_no",
        categories_valid=pl.when(several.list.len() > 1).then(several.list.join("、")),
        kinds_valid=pl.when(several.list.len() > 0).then(several.list.join("、")),
        categories=several.list.head(1) if first else several,
        amount_why=pl.lit(None, pl.String),
        decided_category=pl.lit(None, pl.String),
        township=pl.lit(None, pl.String),
        status=pl.lit("settled"),
    )
    governed = govern(choose_best(frame, book), book).filter(pl.col("term").is_not_null())
    settled = settle(settle_input(governed, book), book)
    amounts = settled.select("row", *(c for c in settled.columns if c not in governed.columns))
    done = governed.join(amounts, on="row", validate="1:1")
    layers = [{"id": la, "name": la, "kind": "computed", "fund": la} for la in book.layers]
    info = RunInfo.model_validate({"period": "2010", "layers": layers, "rules": []})
    nothing = pl.DataFrame()
    return Run(info, done, nothing, nothing, nothing, no_adjustments()), rules


def _claimed(frame: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """Claims in the place of what `settle` is told of them."""
    claims = {
        la: pl.when(f"{la}_touched").then(pl.max_horizontal(f"{la}_taken_fen", 1)).otherwise(0)
        for la in book.layers
    }
    none = pl.lit(None, pl.Int64)
    return frame.with_columns(
        *(claims.get(payer, none).alias(f"{payer}_claimed_fen") for payer in PAYERS),
        *(none.alias(f"{la}_supplement_fen") for la in book.layers),
    ).drop([f"{la}_{what}" for la in book.layers for what in ("touched", "taken_fen")])
