"""Decisions held against what came of them: one that has no effect, or more than it may have, is never passed over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from onestop_cli.core.findings.catalogue import CATALOGUE
from onestop_cli.core.findings.checks import Check
from onestop_cli.errors import Problem
from onestop_cli.money import yuan
from onestop_cli.tables.decisions import DEDUCT, PAY, RELEASE

_NEVER = {
    "ST03": ("日期缺失或颠倒，放行了也无法计算", "请医疗机构改正日期后重新报送"),
    "ST06": ("红冲没有原行，不能放行", "请医疗机构补报原行，或处理为拒付"),
    "AM04": ("金额缺失或非法，放行了也无法计算", "请医疗机构改正金额后重新报送"),
}
_NO_TERMS = {
    "HO01": (
        "机构不在定点名册上，没有级别，放行了也无法计算",
        "请把该机构和级别写进定点机构名册，再重新核对",
    ),
    "RU01": ("没有适用的政策，放行了也无法计算", "请补上适用的政策文件，再重新核对"),
}


@dataclass(frozen=True)
class Outcome:
    """What came of a run: its stays (`current`), closed ones worked out again (`again`), both numbered by `_at`, and
    what patients were owed before (`owed`: `<layer>_owed_fen`)."""

    current: pl.DataFrame
    again: pl.DataFrame
    owed: pl.DataFrame
    layers: Sequence[str]

    @cached_property
    def stays(self) -> pl.DataFrame:
        """All of them."""
        return pl.concat([self.current, self.again], how="diagonal")


def misfits(
    decisions: pl.DataFrame, outcome: Outcome, checks: Sequence[Check], file: str
) -> list[Problem]:
    """Every matched decision that fits neither its stay nor its amounts. `checks`: of the run."""
    rows = _beside(decisions, outcome, checks)
    owed = {row["_at"]: row for row in outcome.owed.iter_rows(named=True)}
    problems = []
    for row in rows.iter_rows(named=True):
        for what, remedy in (*_release(row), *_amount(row, owed)):
            problems.append(Problem(what, remedy, file, row=row["line"]))
    return problems


def _beside(decisions: pl.DataFrame, outcome: Outcome, checks: Sequence[Check]) -> pl.DataFrame:
    """Each decision with its stay's status, whether its code was found, and its layer's amounts."""
    codes = decisions.filter(pl.col("decision") == RELEASE)["code"].unique().drop_nulls()
    amounts = [
        f"{layer}_{what}" for layer in outcome.layers for what in ("docked_fen", "supplement_fen")
    ]
    stays = outcome.stays.select(
        "_at", "status", "closed_status", "term", "was_released",
        *amounts,
        *(f"_{layer}_beyond" for layer in outcome.layers),
        **{f"found_{code}": _found(code, checks) for code in codes},
    )  # fmt: skip
    return decisions.join(stays, left_on="stay", right_on="_at", how="left", coalesce=False)


def _found(code: str, checks: Sequence[Check]) -> pl.Expr:
    """Whether a stay has this finding, released or not; a closed one also if it was held by it."""
    holds = [check.holds.fill_null(False) for check in checks if check.code == code]
    held = pl.col("was_blocking").fill_null("").str.split(";").list.contains(code)
    return pl.any_horizontal(held, *holds)


def _release(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Why a release does nothing."""
    code = row["code"]
    if row["decision"] != RELEASE or code not in CATALOGUE:
        return
    if code in _NEVER:
        yield _NEVER[code]
    elif code in _NO_TERMS and row["term"] is None:
        yield _NO_TERMS[code]
    elif CATALOGUE[code].severity == "blocks" and _done(row, code):
        yield "这笔住院在台账中已不是待核，不用放行", "请删去这一行"
    elif not row[f"found_{code}"]:
        yield f"这笔住院没有 {code} 这条差错", "请照差错清单核对代码"


def _done(row: Mapping[str, Any], code: str) -> bool:
    """Whether a closed stay waits no more, and a row of this run does not make it wait again."""
    status, before = row["closed_status"], (row["was_released"] or "").split(";")
    again = status == "settled" and row[f"found_{code}"] and code not in before
    return status not in (None, "held") and not again


def _amount(
    row: Mapping[str, Any], owed: Mapping[int, Mapping[str, Any]]
) -> Iterator[tuple[str, str]]:
    """Why an amount cannot be deducted or paid out."""
    layer = row["layer"]
    if row["decision"] not in (DEDUCT, PAY):
        return
    if row["status"] != "settled":
        yield "这笔住院没有结算，不能扣款或补发", "请先放行，或删去这一行"
    elif row["decision"] == DEDUCT and row[f"_{layer}_beyond"]:
        yield f"扣款比核付多 {yuan(row[f'_{layer}_beyond'])} 元", "扣款不能超过核付金额"
    elif row["decision"] == PAY and row["amount_fen"] > owed[row["stay"]][f"{layer}_owed_fen"]:
        most = owed[row["stay"]][f"{layer}_owed_fen"]
        yield (
            f"补发 {yuan(row['amount_fen'])} 元超过应补的 {yuan(most)} 元",
            "请按应补未补的金额补发",
        )
