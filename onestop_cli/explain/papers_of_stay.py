"""The papers of one stay: what stands in 医疗救助结算单 and 垫付审批表; no file formats here. Amounts are fen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from onestop_cli.rulebook.book import Rulebook, Step
from onestop_cli.run import Run
from onestop_cli.statements.archive import archive_files
from onestop_cli.statements.statement import STATUS, Statement
from onestop_cli.tables.run_info import LayerInfo
from onestop_cli.tables.schema import LEVELS, PLACE, row_place
from onestop_cli.working import Group, StepOnStay, work_out

Row = Mapping[str, Any]


@dataclass(frozen=True)
class LayerShare:
    """One layer on the papers.

    `granted`: what it comes to; `advanced`: what the hospital says it paid; `refunded`: what the fund pays to the
    hospital; `year`: the year's total after this stay, None where no yearly cap counts it; `base`: what it looked at;
    `calculation`: the sums, written out.
    """

    name: str
    aid: bool
    granted: int
    advanced: int
    refunded: int
    year: int | None
    base: int
    calculation: str


@dataclass(frozen=True)
class StayPaper:
    """A settled stay with its roster entry and its layers, as papers show it; `number`: its file and place in it."""

    row: Row
    entry: Row
    layers: tuple[LayerShare, ...]
    number: str = ""

    @property
    def level(self) -> str:
        return LEVELS[self.row["level"]]

    @property
    def sex(self) -> str:
        return str(self.row["id_sex"] or self.row["sex_raw"] or "")

    @property
    def days(self) -> int:
        """Days in hospital; the days of admission and discharge count as one."""
        return int((self.row["discharged_on"] - self.row["admitted_on"]).days)

    @property
    def address(self) -> str:
        places = (self.row["township"], self.row["village"])
        return "".join(filter(None, places)) or str(self.entry.get("address_raw") or "")

    @property
    def insurance(self) -> tuple[LayerShare, ...]:
        return tuple(layer for layer in self.layers if not layer.aid)

    @property
    def assistance(self) -> tuple[LayerShare, ...]:
        return tuple(layer for layer in self.layers if layer.aid)

    @property
    def granted(self) -> int:
        """What medical assistance comes to."""
        return sum(layer.granted for layer in self.assistance)

    @property
    def own(self) -> int:
        """个人自付."""
        shares = sum(layer.granted for layer in self.layers)
        return int(self.row["total_fen"]) - shares - int(self.row["hospital_borne_fen"])

    @property
    def remainder(self) -> int:
        """剩余部分: the total less what insurance gives."""
        return int(self.row["total_fen"]) - sum(layer.granted for layer in self.insurance)


def papers_of(run: Run, rows: pl.DataFrame, book: Rulebook) -> list[StayPaper]:
    """Papers for those of `rows` (stays of `run`) that medical assistance goes to; others have none."""
    statement = Statement(run)
    aid = statement.aid_layers
    numbers = {
        tuple(file[key] for key in PLACE): f"{file['file']}-{file['item']}"
        for file in archive_files(statement).iter_rows(named=True)
    }
    entries = {
        entry["place"]: entry
        for entry in run.roster.with_columns(place=row_place()).iter_rows(named=True)
    }
    papers = []
    for row in rows.filter(pl.col("status") == "settled").iter_rows(named=True):
        shares = tuple(_share(row, layer, layer.id in aid, book) for layer in run.layers)
        number = numbers.get(tuple(row[key] for key in PLACE), "")
        paper = StayPaper(row, entries.get(row["roster_place"], {}), shares, number)
        if paper.granted:
            papers.append(paper)
    return papers


def why_none(run: Run, row: Row) -> str:
    """Why a stay has no papers, as a sentence."""
    if row["status"] != "settled":
        return f"这笔住院的状态是“{STATUS[row['status']]}”，没有核定金额"
    if not Statement(run).aid_layers:
        return "本次结算没有医疗救助这一项"
    return "这笔住院没有医疗救助金额" if row["entitled"] else "患者入院时没有有效的救助身份"


def _share(row: Row, layer: LayerInfo, aid: bool, book: Rulebook) -> LayerShare:
    steps = [StepOnStay(row, book, step) for step in _steps(book, layer.id)]
    refunded = int(row[f"{layer.id}_payable_fen"] or 0) + int(row[f"{layer.id}_offset_fen"] or 0)
    due = row[f"{layer.id}_due_fen"]
    capped = [step for step in steps if step.counts and step.cap is not None]
    return LayerShare(
        name=layer.name,
        aid=aid,
        granted=refunded if due is None else int(due),
        advanced=int(row[f"{layer.id}_claimed_fen"] or 0),
        refunded=refunded,
        year=sum(s.fen("before") + (s.due or 0) for s in capped) if capped else None,
        base=sum(step.fen("base") for step in steps),
        calculation="；".join(text for step in steps for text in _sums(work_out(step))),
    )


def _steps(book: Rulebook, layer: str) -> list[Step]:
    return [step for step in book.steps if step.layer == layer]


def _sums(groups: tuple[Group, ...]) -> Iterator[str]:
    """Every sum that was done, written out."""
    for group in groups:
        for line in group.lines:
            if line.grains and line.working:
                yield f"{line.label}：{line.working} = {line.amount}"
