"""The engine beside the second hand, stay by stay: in years on their own, and month by month with a ledger."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from tests.made.books import new_books, post, run_period
from tests.second.county import County, fen
from tests.second.split import TOLERANCE
from tests.second.stays import ZERO, Outcome, Part, Stay

AMOUNTS = ("payable", "deducted", "held", "shortfall", "offset")
MONEY = ("AM01", "AM07", "CA01", "RO01", "RO02", "RO04")
"""Findings that say of one layer that its amount is not right."""


def by_year(county: County) -> dict[int, str]:
    """Differences, row → what differs: each year in one run, without a ledger."""
    second = county.outcomes()
    rows = county.rows()
    found: dict[int, str] = {}
    years = pl.col("settled_on").dt.year()
    for year in sorted(set(rows.select(years).to_series())):
        run = run_period(rows.filter(years == year), str(year), office=county.office)
        flagged = money_findings(run.findings)
        for line in run.stays.iter_rows(named=True):
            row = line["row"]
            told = said(line, county.area.layers) | {"flagged": flagged.get(row, set())}
            wanted = expected(county.stays[row], second[row], county.area.layers)
            if told != wanted:
                found[row] = f"engine {told}\n     second {wanted}"
    return found


def money_findings(findings: pl.DataFrame) -> dict[int, set[str]]:
    """Row → layers on which a finding says that money differs."""
    found: dict[int, set[str]] = {}
    for row, layer in findings.filter(pl.col("code").is_in(MONEY)).select("row", "layer").rows():
        found.setdefault(row, set()).add(layer)
    return found


def by_month(county: County) -> dict[int, str]:
    """Differences of what all months together pay, adjustment lines included, a month after another closed."""
    second = county.outcomes()
    rows = county.rows()
    months = pl.col("settled_on").dt.strftime("%Y-%m")
    total: dict[int, dict[str, int]] = {row: {} for row in county.stays}
    with TemporaryDirectory() as folder, new_books(Path(folder) / "账.db") as books:
        for month in sorted(set(rows.select(months).to_series())):
            run = run_period(rows.filter(months == month), month, books, office=county.office)
            post(books, run)
            for table in (run.stays, run.adjustments):
                for line in table.iter_rows(named=True):
                    add(total[line["row"]], line, county.area.layers)
    wanted = {row: sums(outcome, county.area.layers) for row, outcome in second.items()}
    return {
        row: f"engine {total[row]}\n     second {wanted[row]}"
        for row in wanted
        if total[row] != wanted[row]
    }


def said(line: dict[str, Any], layers: tuple[str, ...]) -> dict[str, Any]:
    """What the engine says of a stay: status, and per layer the check, the due or bound, and the split."""
    told: dict[str, Any] = {"status": line["status"], "owed": line["patient_owed_fen"]}
    for layer in layers:
        check = line[f"{layer}_check"] if line["status"] == "settled" else "none"
        due = {"exact": line[f"{layer}_due_fen"], "bound": line.get(f"{layer}_bound_fen")}
        amounts = [line[f"{layer}_{amount}_fen"] for amount in AMOUNTS]
        told[layer] = (check, due.get(check), *amounts)
    return told


def expected(stay: Stay, outcome: Outcome, layers: tuple[str, ...]) -> dict[str, Any]:
    """The same of the second hand's outcome, and the layers on which something must be found."""
    told: dict[str, Any] = {"status": outcome.status, "owed": fen(outcome.owed)}
    wrong = {layer for layer, part in outcome.parts.items() if differs(stay.claims(layer), part)}
    told["flagged"] = wrong if outcome.status == "settled" else set()
    for layer in layers:
        part = outcome.parts.get(layer, Part("none"))
        right = part.due if part.check == "exact" else part.bound
        amounts = [fen(getattr(part, amount)) for amount in AMOUNTS]
        told[layer] = (part.check, None if right is None else fen(right), *amounts)
    return told


def differs(claimed: Fraction, part: Part) -> bool:
    """Whether a claim is beyond what is due, or what can be due, by more than the tolerance."""
    if part.due is not None:
        return abs(claimed - part.due) > TOLERANCE
    return part.bound is not None and claimed - part.bound > TOLERANCE


def sums(outcome: Outcome, layers: tuple[str, ...]) -> dict[str, int]:
    """What is paid and owed in the end."""
    total = {"owed": fen(outcome.owed)}
    for layer in layers:
        part = outcome.parts.get(layer, Part("none"))
        total |= {f"{layer} {amount}": fen(getattr(part, amount)) for amount in AMOUNTS}
    return total


def add(total: dict[str, int], line: dict[str, Any], layers: tuple[str, ...]) -> None:
    """Count a run's line, or an adjustment line, in."""
    columns = {"owed": "patient_owed_fen"}
    columns |= {f"{la} {amount}": f"{la}_{amount}_fen" for la in layers for amount in AMOUNTS}
    for name, column in columns.items():
        total[name] = total.get(name, 0) + (line[column] or 0)


def story(county: County, row: int, difference: str) -> Iterator[str]:
    """A difference with the whole year that leads to it, to be read by a person."""
    person = county.people[row]
    yield f"row {row} of {county.area.name}: {person.name}, born {person.born}, {person.entries}"
    for other, stay in county.stays.items():
        if county.people[other].id_no == person.id_no:
            yield f"{'→' if other == row else ' '} {in_words(other, stay)}"
    yield f"     {difference}"


def in_words(row: int, stay: Stay) -> str:
    """One line."""
    marks = [
        name
        for name in (
            "held",
            "unreadable",
            "outpatient",
            "away",
            "major",
            "out_of_province",
            "private",
            "community",
        )
        if getattr(stay, name)
    ]
    marks += [] if stay.designated else ["not designated"]
    claims = {layer: yuan(claimed) for layer, claimed in stay.claimed.items()}
    eligible = None if stay.eligible is None else yuan(stay.eligible)
    return (
        f"{row}: {stay.admitted}…{stay.discharged}, settled {stay.settled} {stay.at or ''} "
        f"{stay.level} {stay.hospital} {stay.disease} {' '.join(marks)} {','.join(stay.categories)} "
        f"total {yuan(stay.total)} eligible {eligible} claims {claims}"
    )


def yuan(amount: Fraction) -> str:
    return f"{float(amount):.2f}" if amount != ZERO else "0"
