"""Letters: to a hospital what it has to put right, to 民政 whom nobody helped.

Which sentences, rows and totals stand in them; no file formats here. Amounts are fen.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from onestop_cli.rulebook.book import Rulebook
from onestop_cli.statements.hospital_labels import labels_of
from onestop_cli.statements.patterns import patterns
from onestop_cli.statements.statement import NOWHERE, Statement, numbered
from onestop_cli.tables.by_hand import PAYEE
from onestop_cli.tables.schema import PLACE
from onestop_cli.working import RuleSentence, StepOnStay, basis

_FOLLOWS: Mapping[str, Sequence[str]] = {
    "base": ("base",),
    "upstream": ("base",),
    "omitted": ("base",),
    "deductible": ("deductible", "relief"),
    "deductible-after": ("deductible", "relief"),
    "floor": ("floor",),
    "cap-ignored": ("cap",),
    "bonus": ("rate", "points"),
    "condition": ("rate", "points", "factor"),
}
"""Which clauses a cause is measured by; any other is measured by the rate."""

_DEMANDS: Mapping[str, str] = {
    "RO01": "结算前须核对花名册，不在册的不得按救助对象结算；确属救助对象的，请附民政部门出具的证明。",
    "RO02": "请查明出院时没有救助的原因，并通知本人补办；今后在册对象一律在出院时一并结算。",
    "RO04": "须核对入院当日是否在待遇期内，尚未生效、已停保、退保或注销的不得按救助对象结算。",
    "AM01": "请核对结算系统中的比例、分段、基数和取整设置，改正后以后各期不再发生。",
    "AM07": "请补报可补偿费用和起付线的依据；没有依据的，超过上限的部分不予拨付。",
    "CA01": "单家医院看不到患者在别处的累计，结算前请先查询本年累计，达到封顶线的不再垫付。",
}
"""What a hospital is asked to do, by code."""

_ENTITLEMENT = ("RO01", "RO02", "RO04")


@dataclass(frozen=True)
class Point:
    """One thing that is wrong: its sentence, what the document says there, what to do, and the findings themselves."""

    sentence: str
    basis: tuple[RuleSentence, ...]
    demand: str
    rows: pl.DataFrame


@dataclass(frozen=True)
class HospitalLetter:
    """整改通知. `line`: the hospital's line of the county's table; `held`: codes that hold stays, with `cases`.

    `waiting`: the held stays, each with its amount (`all_held_fen`), its `problems` and what to do (`remedies`).
    """

    hospital: str
    line: Mapping[str, Any]
    points: tuple[Point, ...]
    held: pl.DataFrame
    waiting: pl.DataFrame = field(default_factory=pl.DataFrame)

    @property
    def rows(self) -> pl.DataFrame:
        """The attached list: every finding of every point, under the number of its point."""
        parts = [
            point.rows.with_columns(point=pl.lit(number, pl.Int64))
            for number, point in enumerate(self.points, 1)
        ]
        return numbered(pl.concat(parts)) if parts else pl.DataFrame()

    @property
    def totals(self) -> dict[str, int]:
        """`cases`, and `over_fen` and `under_fen` that the hospital paid too much and too little."""
        diffs = [fen for point in self.points for fen in point.rows["diff_fen"]]
        over = sum(fen for fen in diffs if fen > 0)
        return {"cases": len(diffs), "over_fen": over, "under_fen": over - sum(diffs)}


def hospital_letters(
    statement: Statement, findings: pl.DataFrame, book: Rulebook
) -> Iterator[HospitalLetter]:
    """A letter to every hospital with findings that change money or hold stays, in the order of the county's table.

    `findings`: as `patterns.shown_findings` gives them.
    """
    settled = statement.run.stays.filter(pl.col("status") == "settled")
    stays = {tuple(row[key] for key in PLACE): row for row in settled.iter_rows(named=True)}
    days = statement.run.stays.select(*PLACE, "admitted_on", "discharged_on", "total_fen")
    dated = findings.join(days, on=[*PLACE], how="left", nulls_equal=True, validate="m:1")
    for line in statement.hospitals.iter_rows(named=True):
        own = dated.filter(pl.col("hospital") == line["hospital"])
        points = tuple(_points(own, stays, book))
        held = _held(own)
        if line["hospital"] != PAYEE and (points or not held.is_empty()):
            waiting = _waiting(own, statement.stays)
            yield HospitalLetter(line["hospital"], line, points, held, waiting)


def _points(
    findings: pl.DataFrame, stays: Mapping[tuple[Any, ...], Mapping[str, Any]], book: Rulebook
) -> Iterator[Point]:
    keys = ("layer_name", "code", "likeliest")
    for pattern in patterns(findings).iter_rows(named=True):
        sign = 1 if pattern["way"] == "多付" else -1
        same = [pl.col(key).eq_missing(pl.lit(pattern[key], pl.String)) for key in keys]
        wrong = pl.col("severity") == "differs"
        rows = findings.filter(wrong, *same, pl.col("diff_fen") * sign > 0)
        rows = rows.sort("discharged_on", "stay_no", nulls_last=True)
        said: dict[RuleSentence, None] = {}
        for row in rows.iter_rows(named=True):
            stay = stays[tuple(row[key] for key in PLACE)]
            said |= dict.fromkeys(_sentences(row, stay, book))
        sentence = pattern["sentence"].removeprefix(f"{pattern['hospital']} ")
        yield Point(sentence, tuple(said), _DEMANDS[pattern["code"]], rows)


def _sentences(
    finding: Mapping[str, Any], stay: Mapping[str, Any], book: Rulebook
) -> tuple[RuleSentence, ...]:
    """What the document says where the hospital went wrong, as far as it is quoted."""
    layer = finding["layer"]
    step = next(StepOnStay(stay, book, step) for step in book.steps if step.id == layer)
    code = finding["code"]
    if code in _ENTITLEMENT:
        said = basis("享受对象", step.layer) + basis("身份核对", step.rule.basis)
        said += step.said("rate") if code == "RO02" else ()
    elif code == "CA01":
        said = step.said("month_cap", "household_cap", "bonus", "cap")
    else:
        said = _by_cause(step, finding["cause"] or "")
    return said


def _by_cause(step: StepOnStay, cause: str) -> tuple[RuleSentence, ...]:
    token = cause.split(";")[0].split("+")[0].split(":")[0]
    if token == "rounding":
        own = step.layer.rounding if step.layer else None
        return basis("取整", own or step.rule.rounding)
    aspects = _FOLLOWS.get(token, ("rate",))
    if aspects == ("base",):
        return basis("补偿基数", step.layer.base if step.layer else None)
    return step.said(*aspects)


def _held(findings: pl.DataFrame) -> pl.DataFrame:
    """Codes that hold stays: code, title, remedy, cases."""
    blocks = findings.filter(pl.col("severity") == "blocks")
    return (
        blocks.group_by("code", "title", "remedy")
        .agg(pl.len().cast(pl.Int64).alias("cases"))
        .sort("code")
    )


def _waiting(findings: pl.DataFrame, stays: pl.DataFrame) -> pl.DataFrame:
    """The held stays among `stays` that findings block, by day and number: what is wrong with each, and what to do."""
    sources = stays["source"].unique().to_list()
    findings = findings.filter(severity="blocks")
    told = [
        _discreet(text, source, sources)
        for text, source in findings.select("message", "source").iter_rows()
    ]
    findings = findings.with_columns(message=pl.Series(told, dtype=pl.String))
    said = {
        "problems": pl.format("{}（{}）：{}", "title", "code", "message"),
        "remedies": pl.col("remedy"),
    }
    blocks = findings.group_by(*PLACE, maintain_order=True).agg(
        text.unique(maintain_order=True).str.join("\n").alias(name) for name, text in said.items()
    )
    held = stays.filter(status="held").join(
        blocks, on=[*PLACE], how="inner", nulls_equal=True, validate="1:1"
    )
    return numbered(held.sort("discharged_on", "stay_no", *PLACE, nulls_last=True))


def _discreet(message: str | None, source: str, sources: Collection[str]) -> str:
    """A sentence without the places of rows in other files: whose they are may tell what the patient suffers from.

    `sources`: the files of the run; one of a closed period is known by its ending.
    """
    known = "|".join(map(re.escape, sorted(sources, key=len, reverse=True)))

    def elsewhere(place: re.Match[str]) -> str:
        return place[0] if place["file"] == source else "另一家医疗机构的报表"

    row = rf"(?P<file>{known}|[^\s，；：]+\.\w+)(?: · [^·]*)? · 第\d+行"
    return re.sub(row, elsewhere, message or "")


@dataclass(frozen=True)
class Missed:
    """漏救: stays of listed people on which assistance was due and none was claimed.

    `rows` are sorted by township, village and person, with `aid_fen` (due), `offset_fen` (goes to the hospital, which
    paid another layer too high) and `owed_fen` (goes to the person). The list goes from hand to hand in the village:
    `hospital` is what the public reads.
    """

    rows: pl.DataFrame

    @property
    def villages(self) -> pl.DataFrame:
        """Per township and village: people, stays, and the amounts."""
        return self._by("township", "village")

    @property
    def townships(self) -> pl.DataFrame:
        """The same per township."""
        return self._by("township")

    @property
    def total(self) -> dict[str, int]:
        """The same for the county."""
        return self.rows.select(self._sums()).row(0, named=True)

    def _by(self, *keys: str) -> pl.DataFrame:
        return numbered(self.rows.group_by(keys, maintain_order=True).agg(self._sums()))

    @staticmethod
    def _sums() -> list[pl.Expr]:
        return [
            pl.col("who").n_unique().cast(pl.Int64).alias("people"),
            pl.len().cast(pl.Int64).alias("stays"),
            pl.col("aid_fen", "offset_fen", "owed_fen").sum(),
        ]


def missed(statement: Statement) -> Missed:
    """Everybody on the roster whose assistance was never claimed (RO02), with the amount owed."""
    run = statement.run
    found = run.findings.filter(pl.col("code") == "RO02")
    amounts = [_amounts(statement.stays, found, layer.id) for layer in run.layers]
    sums = (
        pl.concat(amounts).group_by(*PLACE).agg(pl.col("aid_fen", "offset_fen", "owed_fen").sum())
    )
    shown = labels_of(run).of(pl.col("hospital"), pl.col("level"))
    rows = statement.stays.join(sums, on=[*PLACE], nulls_equal=True, validate="1:1").with_columns(
        hospital=shown
    )
    last = pl.col("township") == NOWHERE
    ordered = rows.sort(last, "township", "village", "name", "who", "discharged_on", "stay_no")
    return Missed(numbered(ordered))


def _amounts(stays: pl.DataFrame, found: pl.DataFrame, layer: str) -> pl.DataFrame:
    """What one layer owes on the stays on which it was missed."""
    here = found.filter(pl.col("layer") == layer).select(*PLACE)
    offset = pl.col(f"{layer}_offset_fen").fill_null(0)
    return stays.join(here, on=[*PLACE], how="semi", nulls_equal=True).select(
        *PLACE,
        aid_fen=pl.col(f"{layer}_due_fen"),
        offset_fen=offset,
        owed_fen=pl.col(f"{layer}_shortfall_fen") - offset,
    )
