"""A county folder out of a document's own cases: each case is a person, its stays rows of hospitals' lists."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from onestop_cli.core.identify import make_id
from onestop_cli.readers.layout.aliases import aliases
from onestop_cli.rulebook.cases import Case, Cases, Given
from onestop_cli.rulebook.language import RuleFile
from onestop_cli.tables.schema import LEVELS

AGE = 40
"""Of people whose case does not say."""


@dataclass
class CaseCounty:
    """The files of a county that has the cases of `cases` as its stays, in `folder`.

    `claims`: stay number → layer → fen, what hospitals report; without it nothing is claimed but given amounts.
    """

    cases: Cases
    folder: Path
    rules: str
    claims: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def write(self) -> None:
        """Lists with and without 可补偿费用, a roster, a register and onestop.toml."""
        rows = [
            row for number, case in enumerate(self.cases.cases) for row in self._rows(number, case)
        ]
        for name, eligible in (("有可补偿", True), ("无可补偿", False)):
            own = [row for row in rows if (row.get("可补偿费用") is not None) == eligible]
            if own:
                _table(self.folder / "住院" / f"{name}.csv", own)
        roster = [
            {"姓名": _name(number), "身份证号": self._id(number, case), "救助类别": category}
            for number, case in enumerate(self.cases.cases)
            for category in case.given.category
        ]
        outsider = {
            "姓名": "外人",
            "身份证号": make_id("63990119000101999"),
            "救助类别": self._some_category,
        }
        _table(self.folder / "花名册" / "花名册.csv", [*roster, outsider])
        register = {row["医疗机构"]: row for row in rows}
        own = ("医疗机构", "机构级别", *self._of_hospital)
        _table(
            self.folder / "机构.csv", [{k: row.get(k) for k in own} for row in register.values()]
        )
        (self.folder / "onestop.toml").write_text(
            '[county]\nname = "示例县"\ncode = "6399"\n\n[reconcile]\nstays = ["住院"]\nroster = ["花名册"]\n'
            f'register = "机构.csv"\nrules = ["{self.rules}"]\n',
            "utf-8",
        )

    @property
    def rule(self) -> RuleFile:
        return self.cases.rule

    @property
    def periods(self) -> list[str]:
        """The years in which stays are settled."""
        days = [
            self._days(case, n)[1]
            for case in self.cases.cases
            for n in range(len(case.earlier) + 1)
        ]
        return sorted({str(day.year) for day in days})

    @property
    def _some_category(self) -> str:
        return next(iter(self.rule.categories.priority), "低保对象")

    @property
    def _of_hospital(self) -> list[str]:
        return [_head(d.columns) for d in self.rule.dimension if d.source == "hospital"]

    def _rows(self, number: int, case: Case) -> list[dict[str, Any]]:
        return [
            self._row(number, case, place, given)
            for place, given in enumerate([*case.earlier, case.given])
        ]

    def _row(self, number: int, case: Case, place: int, given: Given) -> dict[str, Any]:
        admitted, settled = self._days(case, place)
        further = {
            _head(d.columns): given.further.get(d.id) for d in self.rule.dimension if d.columns
        }
        costs = {
            column: given.further[e.id]
            for e in self.rule.expense
            for column in e.columns[:1]
            if e.id in given.further
        }
        total = given.eligible if given.total is None else given.total
        number_in_list = stay_no(number, place)
        claims = {**given.paid, **self.claims.get(number_in_list, {})}
        kinds = "·".join(str(further[name]) for name in self._of_hospital)
        level = LEVELS.get(given.level, given.level)
        hospital = f"{given.hospital}{level}{kinds}"
        return {
            "医疗机构": hospital, "机构级别": level, "住院号": number_in_list,
            "姓名": _name(number), "身份证号": self._id(number, case),
            "参保类别": given.scheme or next(iter(self.rule.scope.schemes), None),
            "病种": given.disease or None, "结算ID": given.settlement or None,
            "就诊ID": f"{number}{given.stay_no}" if given.stay_no else None,
            "入院日期": admitted, "出院日期": given.discharged or settled, "结算日期": settled,
            "总费用": _yuan(total), "可补偿费用": _yuan(given.eligible),
            "目录外自费": _yuan(given.out_of_scope), "先行自付": _yuan(given.first_pay),
            "超限价自费": _yuan(given.over_limit),
            **{c: value for c, value in further.items() if value is not None},
            **costs,
            **{_title(layer): _yuan(claims.get(layer, 0)) for layer in self.rule.layer_ids},
        }  # fmt: skip

    def _days(self, case: Case, place: int) -> tuple[date, date]:
        """Admission and settlement of a case's stays: as it says, else one after the other in the document's life."""
        given = [*case.earlier, case.given][place]
        start = self.rule.effective.from_
        day = given.discharged or given.admitted or start + timedelta(days=9 + place)
        return given.admitted or day, given.settled or day

    def _id(self, number: int, case: Case) -> str:
        age = AGE if case.given.age is None else case.given.age
        admitted = self._days(case, len(case.earlier))[0]
        return make_id(f"639901{admitted.year - age:04d}0101{number + 1:03d}")


def stay_no(number: int, place: int) -> str:
    return f"案{number:03d}-{place}"


def _head(columns: Sequence[str]) -> str:
    """A dimension's second header where it has one: the first may be an amount in other counties (大病)."""
    return columns[min(1, len(columns) - 1)]


def _name(number: int) -> str:
    return "张" + "".join("甲乙丙丁戊己庚辛壬癸"[int(digit)] for digit in f"{number:03d}")


def _title(layer: str) -> str:
    return aliases("stays").fields[layer].title


def _yuan(fen: int | None) -> Decimal | None:
    return None if fen is None else Decimal(fen) / 100


def _table(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    heads = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(
            file,
            [h for h in heads if any(row.get(h) is not None for row in rows)],
            extrasaction="ignore",
        )
        writer.writeheader()
        writer.writerows(rows)


def stays_of(run: Path) -> pl.DataFrame:
    return pl.read_parquet(run / "data" / "stays.parquet")
