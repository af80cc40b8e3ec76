"""A county as files: hospitals' lists, rosters, enrolment list, register, onestop.toml and the truth beside them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from onestop_cli.county.periods import Period, parse_period
from samples.fabricate.enrolment import enrolment_lines, year_of
from samples.fabricate.lists import Line, hospital_lines, roster_lines
from samples.fabricate.model import LEVEL_NAMES, County, Hospital, Stay
from samples.fabricate.rosters import SHARES
from samples.fabricate.sheets import save
from samples.fabricate.truth import judge, to_row

_ROSTER_CONTAINERS = ("xlsx", "gb18030", "xlsx", "xlsx", "utf-8-sig")

_SETTINGS = """\
# 示例县：虚构的县，县代码 6399；人名、机构和金额都是造出来的。
[county]
name = "{county}"
code = "6399"

[reconcile]
stays = ["hospitals"]
roster = ["roster"]
register = "register.csv"
rules = ["huangzhong-2009"]
"""


def write_county(
    county: County, folder: Path, period: str | None = None
) -> list[dict[str, object]]:
    """Write the county into `folder`; the rows of `truth.json` are returned.

    `period` leaves out the stays that belong elsewhere, so that a year can be handed in month by month. Rows that
    a hospital reports for the wrong period stay with the day of their discharge.
    """
    span = parse_period(period) if period else county.period
    judge(county)
    stays = [stay for stay in county.stays if period is None or _falls_in(stay, span)]
    truth: list[dict[str, object]] = []
    others: list[dict[str, object]] = []
    for hospital in county.hospitals:
        own = [stay for stay in stays if stay.hospital is hospital]
        if own:
            _write_list(folder / "hospitals", hospital, own, span, truth, others)
    for container, category in zip(_ROSTER_CONTAINERS, SHARES, strict=True):
        lines = roster_lines(county, category)
        name = save(folder / "roster", f"{category}花名册", container, "花名册", lines)
        others += _oddities(lines, name, "花名册" if container == "xlsx" else None)
    enrolled = f"{year_of(county)}年度参合名册"
    save(folder / "enrolment", enrolled, "xlsx", "参合名册", enrolment_lines(county))
    _write_register(folder / "register.csv", county.hospitals)
    settings = _SETTINGS.format(county=county.name)
    (folder / "onestop.toml").write_text(settings, "utf-8", newline="\n")
    _write_truth(folder / "truth.json", truth, others)
    return truth


def _falls_in(stay: Stay, span: Period) -> bool:
    day: date = stay.discharged if "ST04" in stay.codes else stay.counted_on
    return span.first <= day <= span.last


def _write_list(
    folder: Path,
    hospital: Hospital,
    stays: list[Stay],
    span: Period,
    truth: list[dict[str, object]],
    others: list[dict[str, object]],
) -> None:
    """One hospital's list; its rows are added to `truth`, its totals and oddities to `others`."""
    shape = hospital.shape
    lines = hospital_lines(hospital, stays, span)
    stem = shape.stem.format(hospital=hospital.name, period=span.chinese)
    name = save(folder, stem, shape.container, shape.sheet, lines)
    sheet = shape.sheet if shape.container == "xlsx" else None
    for row, line in enumerate(lines, 1):
        if line.stay is not None:
            truth.append(to_row(line.stay, name, sheet, row))
    others += _oddities(lines, name, sheet)


def _oddities(lines: list[Line], source: str, sheet: str | None) -> list[dict[str, object]]:
    """The lines that are findings without being stays."""
    return [
        {"source": source, "sheet": sheet, "row": row, "codes": [line.code]}
        for row, line in enumerate(lines, 1)
        if line.code
    ]


def _write_register(path: Path, hospitals: Iterable[Hospital]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("机构名称", "机构级别", "所有制"))
    writer.writerows((h.name, LEVEL_NAMES[h.level], h.ownership) for h in hospitals)
    path.write_text(text.getvalue(), "utf-8-sig", newline="")


def _write_truth(
    path: Path, truth: list[dict[str, object]], others: list[dict[str, object]]
) -> None:
    """One row per line, so that a change of the sample can be read as a diff."""

    def block(rows: list[dict[str, object]]) -> str:
        return ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)

    text = f'{{"stays": [\n{block(truth)}\n],\n"others": [\n{block(others)}\n]}}\n'
    path.write_text(text, "utf-8", newline="\n")
