"""政策测算.html: one self-contained page with charts, without a single address outside itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl
from markupsafe import Markup

from onestop_cli import __version__
from onestop_cli.money import percent, yuan
from onestop_cli.simulation.budget import shown
from onestop_cli.simulation.impact import GROUPS
from onestop_cli.simulation.study import Study, Trial
from onestop_cli.tables.schema import LEVELS
from onestop_cli.writers.explain.screen import basis_text
from onestop_cli.writers.notices.html import templates
from onestop_cli.writers.toolkit import charts
from onestop_cli.writers.toolkit.text import write_text

_SERIES = ("现行", "方案")
_TOP = 12


def write_simulate_page(study: Study, path: Path) -> None:
    """Write the page of `study`."""
    content = {
        "study": study,
        "version": __version__,
        "by_month": by_month,
        "chart": chart,
        "distribution": distribution,
        "overview": overview(study.tried),
        "budget_curve": budget_curve(study),
        "groups": {group: title for group, (title, _) in GROUPS.items()},
        "levels": LEVELS,
        "yuan": yuan,
        "signed": signed,
        "percent": percent,
        "basis_text": basis_text,
    }
    write_text(path, templates().get_template("simulation/simulation.html.j2").render(content))


def overview(tried: Sequence[Trial]) -> Markup:
    """What funds pay today and under each variant, by number."""
    groups = [charts.BarGroup(f"方案 {n}", _sides(one.total)) for n, one in enumerate(tried, 1)]
    return charts.bars(groups, _SERIES, yuan, charts.WHOLE)


def by_month(table: pl.DataFrame) -> Markup:
    """Both sides of every month, in 万元."""
    groups = [charts.BarGroup(row["name"], _sides(row)) for row in table.iter_rows(named=True)]
    return charts.columns(groups, _SERIES, _wan, charts.WHOLE)


def _wan(fen: int) -> str:
    """万元 with two decimals, half up."""
    return yuan((fen + 5_000) // 10_000)


def chart(table: pl.DataFrame) -> Markup:
    """Both sides of every row of `table` (name, before_fen, after_fen); what is beyond the first twelve in one."""
    rows = table.select("name", "before_fen", "after_fen").to_dicts()
    rows = [row for row in rows if row["before_fen"] or row["after_fen"]]
    if rest := rows[_TOP:]:
        sums = {key: sum(row[key] for row in rest) for key in ("before_fen", "after_fen")}
        rows = [*rows[:_TOP], {"name": f"另外 {len(rest)} 个", **sums}]
    groups = [charts.BarGroup(row["name"], _sides(row)) for row in rows]
    return charts.bars(groups, _SERIES, yuan)


def _sides(row: Mapping[str, int]) -> tuple[int, int]:
    return row["before_fen"], row["after_fen"]


def distribution(table: pl.DataFrame) -> Markup:
    """How many in each class, both sides."""
    groups = [charts.BarGroup(name, (a, b)) for name, a, b in table.iter_rows()]
    return charts.bars(groups, _SERIES, lambda count: f"{count:,}")


def budget_curve(study: Study) -> Markup:
    """Cost over the settings that were tried, the budget, today's setting and the one that was found."""
    if study.found is None:
        return Markup()
    search, unit = study.found.search, study.found.unit
    settings = [setting for setting, _ in search.curve]
    seen = _near(study)
    points = [(s, search.tried[s]) for s in settings if seen[0] <= s <= seen[1]]
    named = ((study.found.current, "现行"), (search.found, "求得"))
    marks = [(s, name) for s, name in named if s is not None and seen[0] <= s <= seen[1]]
    marks = [(s, name) for s, name in marks if s in search.tried]
    return charts.curve(points, search.budget_fen, marks, (lambda s: shown(s, unit), yuan))


def _near(study: Study) -> tuple[int, int]:
    """The part of the curve that is worth looking at: twice as far as today's and the found setting."""
    assert study.found is not None
    search = study.found.search
    settings = [setting for setting, _ in search.curve]
    known = [s for s in (study.found.current, search.found) if s is not None]
    far = max(known, default=settings[-1])
    return settings[0], min(settings[-1], max(2 * far, settings[min(1, len(settings) - 1)]))


def signed(fen: int) -> str:
    """An amount with its sign."""
    return f"+{yuan(fen)}" if fen > 0 else yuan(fen)
