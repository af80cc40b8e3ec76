"""`onestop simulate`: runs and rules in; comparisons on the screen, as papers and as data out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from onestop_cli.batch.run_rules import loaded_rules
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.money import parse_fen
from onestop_cli.rulebook.change import split_change
from onestop_cli.rulebook.library import LoadedRule, load_rules
from onestop_cli.run import Run, load_run
from onestop_cli.simulation.budget import BudgetAnswer, seek
from onestop_cli.simulation.compare import Governs, VariantComparison, compare, outcome, own
from onestop_cli.simulation.proposal import Proposal, Typed
from onestop_cli.simulation.stays import TrialRun, Year, gather
from onestop_cli.simulation.study import Study, Trial
from onestop_cli.statements.numbers import trial_number
from onestop_cli.tables.schema import LEVELS
from onestop_cli.writers.simulation.book import write_simulate_book
from onestop_cli.writers.simulation.data import write_simulate_data
from onestop_cli.writers.simulation.page import write_simulate_page
from onestop_cli.writers.simulation.screen import show_study
from onestop_cli.writers.toolkit.console import progress
from onestop_cli.writers.toolkit.folder import refuse_existing, staged

BOOK, PAGE = "政策测算.xlsx", "政策测算.html"

Tell = Callable[[str], None]
"""Told the Chinese name of each stage as it begins."""

_Item = TypeVar("_Item")
_Made = TypeVar("_Made")


@dataclass(frozen=True)
class SimulateOptions:
    """The options of `onestop simulate` as typed."""

    runs: Sequence[Path]
    rules: Sequence[str] = ()
    changes: Sequence[str] = ()
    by_date: bool = False
    volume: Sequence[str] = ()
    budget: str | None = None
    find: str | None = None
    heavy: str = "3000"


@dataclass(frozen=True)
class _Numbers:
    """The options that are numbers: own share and budget in fen, growth per level in ten-thousandths."""

    heavy_fen: int
    growth: Mapping[str, int]
    budget_fen: int | None
    typed: tuple[Typed, ...]


def simulate_runs(asked: SimulateOptions, out: Path | None, *, quiet: bool = False) -> None:
    """Try rules on runs, show what they would do, write the papers; raises `CannotRun` with every problem."""
    if out:
        refuse_existing(out)
    with progress(quiet=quiet) as tell:
        study = simulate(asked, tell)
        if out:
            tell("写出结果")
            write_study(study, out)
    if not quiet:
        show_study(study, [out / PAGE, out / BOOK] if out else [])


def write_study(study: Study, out: Path) -> None:
    """Data and papers in the new folder `out`, whole or not at all."""
    with staged(out) as stage:
        write_simulate_data(study, stage)
        write_simulate_book(study, stage / BOOK)
        write_simulate_page(study, stage / PAGE)


def simulate(asked: SimulateOptions, tell: Tell = lambda stage: None) -> Study:
    """Everything that was asked, in memory."""
    tell("读取结果")
    problems: list[Problem] = []
    numbers = _numbers(asked, problems)
    runs = _each(asked.runs, load_run, problems)
    rules = _each(runs, loaded_rules, problems)
    loaded = _each(asked.rules, lambda name: load_rules([name]), problems)
    if problems:
        raise CannotRun(problems)
    parts = [
        TrialRun(f"“{folder.name}”", run, tuple(one.file for one in theirs))
        for folder, run, theirs in zip(asked.runs, runs, rules, strict=True)
    ]
    year = gather(parts)
    proposals = _proposals(asked, numbers.typed, year, rules, loaded)
    return _study(runs, year, proposals, asked.find, numbers, tell)


def _study(
    runs: Sequence[Run],
    year: Year,
    proposals: Sequence[Proposal],
    find: str | None,
    numbers: _Numbers,
    tell: Tell,
) -> Study:
    """Today's rules and every proposal over the year; the search adds one more, where it finds a setting."""
    problems: list[Problem] = []
    today = year.book.rules
    variants = _each(
        [p for p in proposals if p.typed or p.governs != "as-before"],
        lambda proposal: proposal.variant(today),
        problems,
    )
    if problems:
        raise CannotRun(problems)
    found: BudgetAnswer | None = None
    if find is not None and numbers.budget_fen is not None:
        tell("逐步逼近")
        found = seek(year, proposals[0], find, numbers.budget_fen)
        if found.change:
            variants.append(proposals[0].changed(found.change).variant(today))
    tell("按现行政策重算")
    before = outcome(year, own(year), "before")
    tried = []
    for variant in variants:
        tell(f"测算 {variant.name}")
        tried.append(_tried(compare(year, before, variant), numbers))
    number = trial_number(runs[0].info.county.code, year.periods)
    return Study(runs[0].county, year, before, tuple(tried), found, number)


def _tried(comparison: VariantComparison, numbers: _Numbers) -> Trial:
    return Trial(comparison, numbers.heavy_fen, numbers.growth)


def _each(
    items: Iterable[_Item], make: Callable[[_Item], _Made], problems: list[Problem]
) -> list[_Made]:
    """`make` of every item; what goes wrong is collected."""
    made = []
    for item in items:
        try:
            made.append(make(item))
        except CannotRun as error:
            problems += error.problems
    return made


def _proposals(
    asked: SimulateOptions,
    typed: tuple[Typed, ...],
    year: Year,
    of_runs: Sequence[tuple[LoadedRule, ...]],
    loaded: Sequence[tuple[LoadedRule, ...]],
) -> list[Proposal]:
    """One per `--rules`, else the runs' own documents; with the changes in each."""
    if loaded:
        governs: Governs = "by-date" if asked.by_date else "always"
        pairs = zip(asked.rules, loaded, strict=True)
        return [Proposal(_name(text, files), files, governs, typed) for text, files in pairs]
    known = {one.file.id: one for files in reversed(of_runs) for one in files}
    files = tuple(known[rule.id] for rule in year.book.rules)
    return [Proposal("、".join(one.file.id for one in files), files, "as-before", typed)]


def _name(text: str, files: Sequence[LoadedRule]) -> str:
    """What proposed documents go by: the id of a single one, else what was typed."""
    return files[0].file.id if len(files) == 1 else Path(text).name


def _numbers(asked: SimulateOptions, problems: list[Problem]) -> _Numbers:
    """Everything typed that has a form; what has not is a problem."""
    if not (asked.rules or asked.changes or asked.budget):
        problems.append(
            Problem(
                "没有给出要测算的方案",
                "请加 --rules 新政策文件，或 --change 名称=值，或 --budget 金额 --find 名称",
            )
        )
    if (asked.budget is None) != (asked.find is None):
        problems.append(
            Problem("--budget 和 --find 要一起写", "例如 --budget 9000000 --find assistance.cap")
        )
    if asked.budget and len(asked.rules) > 1:
        problems.append(Problem("求解时只能有一份 --rules", "请一次对一份文件求解"))
    typed = _each(asked.changes, split_change, problems)
    budget = _yuan("--budget", asked.budget, problems) if asked.budget else None
    return _Numbers(
        _yuan("--heavy", asked.heavy, problems), _growth(asked.volume, problems), budget, tuple(typed)
    )  # fmt: skip


def _yuan(option: str, text: str, problems: list[Problem]) -> int:
    fen = parse_fen(text)
    if fen is None or fen < 0:
        problems.append(
            Problem(f"{option} 的“{text}”不是金额", "请写元，例如 9000000 或 9,000,000")
        )
    return fen or 0


def _growth(texts: Sequence[str], problems: list[Problem]) -> dict[str, int]:
    """`+10%` for all levels, `county=+10%` or `县级=-5%` for one → ten-thousandths."""
    levels = {name: level for level, title in LEVELS.items() for name in (level, title)}
    growth: dict[str, int] = {}
    for text in texts:
        level, _, rate = text.replace("＝", "=").replace("％", "%").rpartition("=")
        match = re.fullmatch(r"\s*([+\-−]?\d+(?:\.\d{1,2})?)\s*%\s*", rate)
        if match is None or (level and level.strip() not in levels):
            remedy = f"请写成 +10% 或 county=+10%；级别：{'、'.join(LEVELS)}"
            problems.append(Problem(f"看不懂 --volume “{text}”", remedy))
            continue
        value = int(Decimal(match[1].replace("−", "-")) * 100)
        growth |= dict.fromkeys([levels[level.strip()]] if level else LEVELS, value)
    return growth
