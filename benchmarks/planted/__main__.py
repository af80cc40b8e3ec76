"""Print which patterns are found in how many counties, how early, and how many false leads come with a true one."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import polars as pl

from benchmarks.planted.county import County, fill
from benchmarks.planted.files import Place, write
from benchmarks.planted.patterns import PATTERNS, plant
from onestop_cli.audit.leads import find_leads
from onestop_cli.audit.leads.frame import cases_of
from onestop_cli.audit.leads.model import Thresholds
from onestop_cli.batch.reconcile import reconcile
from onestop_cli.batch.request import Request
from onestop_cli.county.periods import parse_period
from onestop_cli.county.settings import Settings
from onestop_cli.run import Run

FIRST = 100
"""So many leads are worth the day of two inspectors and a clerk."""


@dataclass(frozen=True)
class Planted:
    """A reconciled county, the places of each pattern's stays, and its leads in order."""

    run: Run
    places: Mapping[str, frozenset[Place]]
    leads: pl.DataFrame


@dataclass(frozen=True)
class Score:
    """`rank`: pattern → number of the first lead that shows it, of a rule that speaks of it. `loose`: of any rule.
    `true`, `early`: leads that show something planted, among all and among the first."""

    rank: Mapping[str, int]
    loose: Mapping[str, int]
    leads: int
    true: int
    early: int


def planted_county(seed: int) -> Planted:
    rng = Random(seed)
    period = parse_period(f"{rng.choice((2010, 2011, 2012, 2013))}Q{rng.choice((1, 2, 4))}")
    county = County(seed, period)
    fill(county, rng.randint(3200, 5200))
    stays = plant(county)
    with TemporaryDirectory() as name:
        folder = Path(name)
        places = write(county, folder)
        request = Request(
            period.id,
            [folder / "hospitals"],
            [folder / "roster"],
            folder / "register.csv",
            ["huangzhong-2009"],
            Settings(),
        )
        run = reconcile(request)
    where = {name: frozenset(places[id(stay)] for stay in own) for name, own in stays.items()}
    return Planted(run, where, find_leads(cases_of(run), Thresholds()))


def shows(lead: frozenset[Place], planted: frozenset[Place]) -> bool:
    """Whether a lead points at a pattern: at most of its stays, and not at everything."""
    met = len(lead & planted)
    return 2 * met >= len(planted) and 5 * met >= len(lead)


def score(made: Planted) -> Score:
    rank: dict[str, int] = {}
    loose: dict[str, int] = {}
    true = early = 0
    for number, lead in enumerate(made.leads.iter_rows(named=True), 1):
        stays = frozenset((stay["source"], stay["row"]) for stay in lead["stays"])
        hit = [name for name, planted in made.places.items() if planted and shows(stays, planted)]
        true += bool(hit)
        early += bool(hit) and number <= FIRST
        for name in hit:
            loose.setdefault(name, number)
            if lead["rule"] in PATTERNS[name][1]:
                rank.setdefault(name, number)
    return Score(rank, loose, made.leads.height, true, early)


def main() -> None:
    counties = int(sys.argv[1]) if len(sys.argv) > 1 else 6
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    scores = [score(planted_county(first + number)) for number in range(counties)]
    _print_patterns(scores)
    _print_leads(scores)


def _print_patterns(scores: Sequence[Score]) -> None:
    print(f"{len(scores)} 个县，每县每种情形埋一处\n")
    print("| 情形 | 规则 | 找到 | 前 100 条内 | 位次 |")
    print("|---|---|---:|---:|---|")
    for name, (_, rules) in PATTERNS.items():
        ranks = [score.rank.get(name) for score in scores]
        found = [rank for rank in ranks if rank]
        places = "、".join("—" if rank is None else str(rank) for rank in ranks)
        early = sum(rank <= FIRST for rank in found)
        print(f"| {name} | {' '.join(rules)} | {len(found)} | {early} | {places} |")


def _print_leads(scores: Sequence[Score]) -> None:
    many = len(PATTERNS)
    print(
        f"\n| 县 | 线索 | 找到（共 {many}） | 前 100 条内 | 任何规则前 100 | 误报：真线索 | 前 100 条误报：真线索 |"
    )
    print("|---|---:|---:|---:|---:|---:|---:|")
    for number, one in enumerate(scores, 1):
        within = sum(rank <= FIRST for rank in one.rank.values())
        loosely = sum(rank <= FIRST for rank in one.loose.values())
        shown = min(one.leads, FIRST)
        print(
            f"| {number} | {one.leads} | {len(one.rank)} | {within} | {loosely} | "
            f"{(one.leads - one.true) / max(one.true, 1):.1f} | {(shown - one.early) / max(one.early, 1):.1f} |"
        )


if __name__ == "__main__":
    main()
