"""The household questionnaire: returned sheets checked, and tallied by township."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from onestop_cli.audit.papers import SATISFACTION, YES_NO
from onestop_cli.audit.returned import Line
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.money import parse_fen


@dataclass(frozen=True)
class Household:
    """What one household said; numbers are None where the cell was blank."""

    township: str
    family: int | None
    insured: int | None
    income: int | None
    outpatient: int | None
    inpatient: int | None
    deposit: str
    informed: str
    satisfaction: str


def households(
    lines: Sequence[Line], townships: Mapping[int, str], file: str, sheet: str
) -> list[Household]:
    """The households that were visited: rows with anything filled in. `townships`: page number → township.

    Amounts become fen. Raises `CannotRun` with every cell that cannot be read.
    """
    filled, problems = [], []
    for line in lines:
        if not any(line.text(key) for key in _ANSWERS):
            continue
        faults = list(_household_faults(line, townships))
        problems += [
            Problem(fault, "请改正后另存，重新运行", file, sheet, line.place) for fault in faults
        ]
        if not faults:
            filled.append(_household(line, townships))
    if problems:
        raise CannotRun(problems)
    return filled


_COUNTS, _SUMS = ("family", "insured"), ("income", "outpatient", "inpatient")
_CHOICES = {"deposit": YES_NO, "informed": YES_NO, "satisfaction": SATISFACTION}
_ANSWERS = (*_COUNTS, *_SUMS, *_CHOICES)
_TITLES = {
    "family": "家庭人口",
    "insured": "参合人数",
    "income": "家庭收入",
    "outpatient": "门诊自付",
    "inpatient": "住院自付",
    "deposit": "收过押金",
    "informed": "知道救助政策",
    "satisfaction": "满意度",
}


def _count(text: str) -> int | None:
    plain = text.removesuffix(".0")
    return int(plain) if plain.isdigit() else None


def _household_faults(line: Line, townships: Mapping[int, str]) -> Iterator[str]:
    if line.number not in townships:
        yield f"页号“{line.text('number')}”不在本次样本中"
    for key in _COUNTS:
        if line.text(key) and _count(line.text(key)) is None:
            yield f"{_TITLES[key]}“{line.text(key)}”不是人数"
    for key in _SUMS:
        if line.text(key) and (parse_fen(line.text(key)) or 0) < 0:
            yield f"{_TITLES[key]}“{line.text(key)}”不能是负数"
        elif line.text(key) and parse_fen(line.text(key)) is None:
            yield f"{_TITLES[key]}“{line.text(key)}”不是金额"
    for key, choices in _CHOICES.items():
        if line.text(key) and line.text(key) not in choices:
            yield f"{_TITLES[key]}“{line.text(key)}”不在可选项中"
    family, insured = _count(line.text("family")), _count(line.text("insured"))
    if family is not None and insured is not None and insured > family:
        yield "参合人数多于家庭人口"


def _household(line: Line, townships: Mapping[int, str]) -> Household:
    answers: dict[str, Any] = {key: _count(line.text(key)) for key in _COUNTS}
    answers |= {key: parse_fen(text) if (text := line.text(key)) else None for key in _SUMS}
    answers |= {key: line.text(key) for key in _CHOICES}
    return Household(townships[line.number or 0], **answers)


def tally(answers: Sequence[Household]) -> pl.DataFrame:
    """By township, and 合计: households, people, insured, mean income and outlays (fen a household that answered),
    shares (ten-thousandths of those who answered) of deposit, informed and satisfied (很满意 and 满意)."""
    towns = sorted({answer.township for answer in answers})
    groups = [(town, [a for a in answers if a.township == town]) for town in towns]
    return pl.DataFrame(
        [_tallied(town, group) for town, group in [*groups, ("合计", list(answers))]]
        if answers
        else [],
        schema=TALLY,
    )


TALLY = {
    "township": pl.String,
    "households": pl.Int64,
    **dict.fromkeys((*_COUNTS, *_SUMS, *_CHOICES), pl.Int64),
}


def _tallied(town: str, group: Sequence[Household]) -> dict[str, Any]:
    sums = {key: sum(getattr(answer, key) or 0 for answer in group) for key in _COUNTS}
    means = {key: _mean([getattr(answer, key) for answer in group]) for key in _SUMS}
    good = {"deposit": ("是",), "informed": ("是",), "satisfaction": SATISFACTION[:2]}
    shares = {
        key: _mean([10_000 * (value in yes) for a in group if (value := getattr(a, key))])
        for key, yes in good.items()
    }
    return {"township": town, "households": len(group), **sums, **means, **shares}


def _mean(values: Sequence[int | None]) -> int | None:
    """Half up, over those who answered; None when nobody did."""
    known = [value for value in values if value is not None]
    return (2 * sum(known) + len(known)) // (2 * len(known)) if known else None
