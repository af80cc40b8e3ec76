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
from onestop_cli.tables.decisions import ACCEPT, DEDUCT, IDENTIFY, PAY, RELEASE

_NEVER = {
    "ST03": ("日期缺失或颠倒，放行了也无法计算", "请医疗机构改正日期后重新报送"),
    "ST06": (
        "红冲或退费没有对上，不能放行",
        "请医疗机构补报原行；部分退费写受理冲红，或处理为拒付",
    ),
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


def judged(
    lines: pl.DataFrame, outcome: Outcome, checks: Sequence[Check], file: str
) -> tuple[list[Problem], pl.DataFrame]:
    """Every matched line that fits neither its stay nor its amounts, and the lines whose finding is gone: they are not
    needed any more. `checks`: of the run."""
    rows = _beside(lines, outcome, checks)
    gone = rows.filter("gone")
    owed = {row["_at"]: row for row in outcome.owed.iter_rows(named=True)}
    problems = []
    for row in rows.filter(~pl.col("gone")).iter_rows(named=True):
        for what, remedy in (*_reversed(row), *_release(row), *_number(row), *_amount(row, owed)):
            problems.append(Problem(what, remedy, file, row=row["line"]))
    return problems, lines.filter(pl.col("line").is_in(gone["line"].implode()))


def _beside(lines: pl.DataFrame, outcome: Outcome, checks: Sequence[Check]) -> pl.DataFrame:
    """Each line with its stay's status, whether its finding is `gone`, and its layer's amounts."""
    codes = [code for code in lines["code"].unique().drop_nulls() if code in CATALOGUE]
    amounts = [
        f"{layer}_{what}" for layer in outcome.layers for what in ("docked_fen", "supplement_fen")
    ]
    stays = outcome.stays.select(
        "_at", "status", "closed_status", "term", "was_released", "id_fault_read", "id_read",
        *amounts,
        *(f"_{layer}_beyond" for layer in outcome.layers),
        **{f"found_{code}": _found(code, checks) for code in codes},
    )  # fmt: skip
    rows = lines.join(
        stays, left_on="stay", right_on="_at", how="left", coalesce=False, suffix="_now"
    )
    found = pl.lit(True)
    for code in codes:
        found = pl.when(code=code).then(f"found_{code}").otherwise(found)
    before = pl.col("closed_status")
    blocks = pl.col("code").is_in([c for c in codes if CATALOGUE[c].severity == "blocks"])
    known = (pl.col("status") == "settled") | blocks | ~pl.col("code").is_in(_AMOUNTS)
    freed = pl.col("was_released").fill_null("").str.split(";").list.contains(pl.col("code"))
    again = (before == "settled") & found & ~freed
    done = (
        (pl.col("decision") == RELEASE)
        & blocks
        & before.is_not_null()
        & (before != "held")
        & ~again
    )
    return rows.with_columns(gone=((known & ~found) | done).fill_null(False))


_AMOUNTS = [code for code in CATALOGUE if code[:2] in ("AM", "CA", "RO")]
"""Findings that only settled stays can have: of a stay that is refused it cannot be told whether they are gone."""


def _found(code: str, checks: Sequence[Check]) -> pl.Expr:
    """Whether a stay has this finding, released or not; a closed one also if it was held by it. What a decision about
    its identity took away was there."""
    holds = [check.holds.fill_null(False) for check in checks if check.code == code]
    held = pl.col("was_blocking").fill_null("").str.split(";").list.contains(code)
    own = {
        "ID01": pl.col("decided_id_no").is_not_null() & (pl.col("id_fault_read") == "ID01"),
        "ID03": pl.col("decided_id_no").is_not_null() & (pl.col("id_fault_read") == "ID03"),
        "ID04": pl.coalesce("listed_as", "decided_id_no").is_not_null(),
        "RO06": pl.col("decided_id_no").is_not_null(),
        "RO10": pl.col("decided_id_no").is_not_null(),
        "ST06": pl.col("refund_total_fen").is_not_null() | pl.col("reversed"),
    }
    return pl.any_horizontal(held, own.get(code, pl.lit(False)).fill_null(False), *holds)


def _reversed(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if row["status"] == "reversed" and row["decision"] != ACCEPT:
        yield "这一行已经冲销，不能再作决定", "请删去这一行"
    if row["decision"] == ACCEPT and row["status"] != "reversed":
        yield "这一行不是部分退费，没有可以按净额结算的原行", "请医疗机构补报原行，或处理为拒付"


def _release(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Why a release does nothing."""
    code = row["code"]
    if row["decision"] != RELEASE or code not in CATALOGUE:
        return
    if code in _NEVER:
        yield _NEVER[code]
    elif code in _NO_TERMS and row["term"] is None:
        yield _NO_TERMS[code]


def _number(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Why a recognised number changes nothing."""
    if (
        row["decision"] == IDENTIFY
        and row["id_fault_read"] is None
        and row["id_read"] == row["id_no"]
    ):
        yield "认定的证号就是表中的证号，没有改变什么", "请删去这一行，或改用放行"


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
