"""The household questionnaire: returned sheets checked, and tallied by township."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from onestop_cli.audit.filled import ReturnedRow, merged
from onestop_cli.audit.papers import SATISFACTION, YES_NO
from onestop_cli.errors import CannotRun
from onestop_cli.money import parse_fen


@dataclass(frozen=True)
class Household:
    """What one household said (`number`: its page); numbers are None where the cell was blank. `own_paid`: the own
    share on the paper it got at discharge; `travel`, `board`, `lost`, `further`: what the stay cost beside it
    (路费, 食宿, 误工, 其他), fen."""

    number: int
    township: str
    family: int | None
    insured: int | None
    income: int | None
    outpatient: int | None
    inpatient: int | None
    own_paid: int | None
    travel: int | None
    board: int | None
    lost: int | None
    further: int | None
    deposit: str
    informed: str
    satisfaction: str

    @property
    def indirect(self) -> int | None:
        """间接费用 of the stay: all that was named; None where nothing was."""
        named = [fen for key in INDIRECT if (fen := getattr(self, key)) is not None]
        return sum(named) if named else None


_COUNTS, _SUMS = ("family", "insured"), ("income", "outpatient", "inpatient")
INDIRECT = ("travel", "board", "lost", "further")
_AMOUNTS = (*_SUMS, "own_paid", *INDIRECT)
_MEANS = (*_SUMS, *INDIRECT, "indirect")
_CHOICES = {"deposit": YES_NO, "informed": YES_NO, "satisfaction": SATISFACTION}
ANSWERS = {
    "family": "家庭人口",
    "insured": "参合人数",
    "income": "家庭收入",
    "outpatient": "门诊自付",
    "inpatient": "住院自付",
    "own_paid": "单据上的自付",
    "travel": "路费",
    "board": "食宿费",
    "lost": "误工损失",
    "further": "其他间接费用",
    "deposit": "收过押金",
    "informed": "知道救助政策",
    "satisfaction": "满意度",
}
"""Key → title of every answer."""


def households(lines: Sequence[ReturnedRow], townships: Mapping[int, str]) -> list[Household]:
    """The households that were visited: pages with anything filled in, in any of the copies. `townships`: page number →
    township.

    Amounts become fen. Raises `CannotRun` with every cell that cannot be read, and where copies disagree.
    """
    filled = [line for line in lines if any(line.text(key) for key in ANSWERS)]
    problems = [
        line.problem(f"页号“{line.text('number')}”不在本次样本中", remedy="请按原底稿的页号填写")
        for line in filled
        if line.number not in townships
    ]
    copies: dict[int, list[ReturnedRow]] = {}
    for line in filled:
        copies.setdefault(line.number or 0, []).append(line)
    found, disagreed = merged(copies, ANSWERS, ANSWERS)
    problems += disagreed
    for line in found.values():
        problems += [line.problem(fault, key) for key, fault in _household_faults(line)]
    if problems:
        raise CannotRun(problems)
    return [_household(number, line, townships[number]) for number, line in found.items()]


def _count(text: str) -> int | None:
    """A number of people, with or without 人 or 口."""
    plain = unicodedata.normalize("NFKC", text).rstrip("人口 ").removesuffix(".0")
    return int(plain) if plain.isdigit() else None


def _household_faults(line: ReturnedRow) -> Iterator[tuple[str, str]]:
    """Key and fault of every cell that cannot be read."""
    for key in _COUNTS:
        if line.text(key) and _count(line.text(key)) is None:
            yield key, f"{ANSWERS[key]}“{line.text(key)}”不是人数"
    for key in _AMOUNTS:
        fen = parse_fen(line.text(key)) if line.text(key) else None
        if line.text(key) and (fen is None or fen < 0):
            yield key, f"{ANSWERS[key]}“{line.text(key)}”不是金额，应为 0 或正数（元）"
    for key, choices in _CHOICES.items():
        if line.text(key) and line.text(key) not in choices:
            yield key, f"{ANSWERS[key]}“{line.text(key)}”不在可选项中（{'、'.join(choices)}）"
    family, insured = _count(line.text("family")), _count(line.text("insured"))
    if family is not None and insured is not None and insured > family:
        yield "insured", "参合人数多于家庭人口"


def _household(number: int, line: ReturnedRow, township: str) -> Household:
    answers: dict[str, Any] = {key: _count(line.text(key)) for key in _COUNTS}
    answers |= {key: parse_fen(text) if (text := line.text(key)) else None for key in _AMOUNTS}
    answers |= {key: line.text(key) for key in _CHOICES}
    return Household(number, township, **answers)


def tally(answers: Sequence[Household]) -> pl.DataFrame:
    """By township, and 合计: households, people, insured, mean income, outlays and indirect costs (fen a household that
    answered), shares (ten-thousandths of those who answered) of deposit, informed and satisfied (很满意 and 满意)."""
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
    **dict.fromkeys((*_COUNTS, *_MEANS, *_CHOICES), pl.Int64),
}


def _tallied(town: str, group: Sequence[Household]) -> dict[str, Any]:
    sums = {key: sum(getattr(answer, key) or 0 for answer in group) for key in _COUNTS}
    means = {key: _mean([getattr(answer, key) for answer in group]) for key in _MEANS}
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
