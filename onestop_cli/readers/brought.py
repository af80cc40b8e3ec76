"""期初.xlsx: what the year brought before the first day of the books, a row per person, year and layer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from onestop_cli.errors import CannotRun, Problem
from onestop_cli.money import exact_fen
from onestop_cli.privacy import without_numbers
from onestop_cli.readers import own_forms
from onestop_cli.readers.own_people import identities
from onestop_cli.readers.own_table import OwnRow, read_own
from onestop_cli.tables.schema import BROUGHT

_AMOUNTS = {
    field: title for title, field in own_forms.BROUGHT.titles.items() if field.endswith("_fen")
}
_MEND = "请改正后重新开账"


def read_brought(
    path: Path,
    layer_of: Callable[[str], str | None],
    layers: Sequence[str],
    first_day: date,
    notes: list[str],
) -> pl.DataFrame:
    """The rows of `path` as `BROUGHT`. `layer_of`: a layer's name → its id; `layers`: the names that are known; `notes`
    takes what was not read.

    Raises `CannotRun` naming every row that cannot be read, says something impossible, or comes twice.
    """
    lines = read_own(path, own_forms.BROUGHT, notes)
    rows, problems = [], []
    for line, identity in zip(lines, identities(lines), strict=True):
        row, wrong = _row(line, identity, layer_of, layers, first_day)
        rows.append(row)
        problems += [line.problem(what, _MEND) for what in wrong]
    problems = sorted([*problems, *_twice(lines, rows)], key=_place)
    if not lines:
        problems.append(Problem("期初表里没有一行", "没有期初的不用写 --before", path.name))
    if problems:
        raise CannotRun(problems)
    return pl.DataFrame(rows, schema=dict(BROUGHT))


def _place(problem: Problem) -> tuple[str, str, int]:
    return problem.file or "", problem.sheet or "", problem.row or 0


def _row(
    line: OwnRow,
    identity: dict[str, Any],
    layer_of: Callable[[str], str | None],
    layers: Sequence[str],
    first_day: date,
) -> tuple[dict[str, Any], list[str]]:
    """A row, and what is wrong with it."""
    texts, wrong = line.texts, list[str]()
    row: dict[str, Any] = {"id_no": identity["id_no"], "name": texts.get("name")}
    if row["id_no"] is None:
        wrong.append(f"身份证号不能用：{identity['id_why'] or '为空'}")
    if row["name"] is None:
        wrong.append("姓名为空")
    row["benefit_year"] = _whole(texts.get("benefit_year", "").removesuffix("年"))
    if row["benefit_year"] is None or not 1990 <= row["benefit_year"] <= first_day.year:
        wrong.append(
            f"年度“{texts.get('benefit_year', '')}”应是起始日 {first_day} 那一年或以前的年份"
        )
    row["layer"] = layer_of(texts.get("layer", ""))
    if row["layer"] is None:
        wrong.append(
            f"没有“{without_numbers(texts.get('layer', ''))}”这种补偿，可写：{'、'.join(layers)}"
        )
    row["stays"] = _whole(texts.get("stays", "0"))
    if row["stays"] is None:
        wrong.append(f"次数“{texts['stays']}”不是整数")
    for field, title in _AMOUNTS.items():
        row[field] = exact_fen(texts.get(field, "0"))
        if row[field] is None or row[field] < 0:
            wrong.append(f"{title}“{without_numbers(texts[field])}”不是金额，或是负数")
    return row, wrong or [*_impossible(row)]


def _whole(text: str) -> int | None:
    plain = text.removesuffix(".0")
    return int(plain) if plain.isascii() and plain.isdigit() else None


def _impossible(row: dict[str, Any]) -> Iterator[str]:
    """What no year can have brought."""
    if row["paid_fen"] > row["cost_fen"] > 0:
        yield "已补偿大于费用"
    if row["base_fen"] > row["cost_fen"] > 0:
        yield "基数累计大于费用"
    if row["deductible_fen"] > row["base_fen"] > 0:
        yield "起付线已用大于基数累计"
    if not row["stays"] and (row["paid_fen"] or row["cost_fen"]):
        yield "有金额而次数为 0"


def _twice(lines: Sequence[OwnRow], rows: Sequence[dict[str, Any]]) -> Iterator[Problem]:
    """Rows about what another row has said already."""
    seen: dict[tuple[Any, ...], OwnRow] = {}
    for line, row in zip(lines, rows, strict=True):
        key = row["id_no"], row["benefit_year"], row["layer"]
        if None in key:
            continue
        if key in seen:
            where = seen[key].seen_from(line)
            yield line.problem(f"同一人同一年度同一补偿种类在{where}已经写过", "请合并成一行")
        seen.setdefault(key, line)
