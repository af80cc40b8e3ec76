"""Sums that hold row by row in a right export: they prove that columns were taken for what they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from onestop_cli.money import yuan
from onestop_cli.tables.reading import SumProof

_FUNDS = (
    "basic", "critical", "assistance", "extra", "backstop", "large", "civil", "enterprise", "disabled",
    "other",
)  # fmt: skip
"""Places keep 倾斜救助 and 政府兜底 in the column of other funds; a layout then reads them as what they are."""
_NAMED = 5
"""How many rows that break a sum are named."""


@dataclass(frozen=True)
class Identity:
    """`whole` = `plus` − `minus`, over the fields of stays; `needed`: without these columns it says nothing."""

    words: str
    whole: str
    plus: Sequence[str]
    minus: Sequence[str] = ()
    needed: Sequence[str] = ()


IDENTITIES = (
    Identity(
        "可补偿费用 = 总费用 − 全自费 − 超限价 − 先行自付",
        "eligible",
        ("total",),
        ("out_of_scope", "over_limit", "first_pay"),
        ("eligible", "total", "out_of_scope", "over_limit", "first_pay"),
    ),
    Identity("基金支付总额 = 各项基金之和", "fund_total", _FUNDS, needed=("fund_total", "basic")),
    Identity(
        "总费用 = 基金支付总额 + 个人负担 + 医院负担",
        "total",
        ("fund_total", "own", "waiver"),
        needed=("total", "fund_total", "own"),
    ),
    Identity(
        "个人负担 = 个人账户 + 账户共济 + 现金",
        "self",
        ("account", "shared_account", "cash"),
        needed=("self", "account", "cash"),
    ),
)
"""Those of the national platform; `own` is what the patient bore in all."""


def proofs(amounts: Mapping[str, pl.Series], rows: pl.Series) -> Iterator[SumProof]:
    """Every identity whose columns are there, over the rows that have the whole. `rows`: their spreadsheet numbers."""
    frame = pl.DataFrame({**amounts, "_row": rows})
    for identity in IDENTITIES:
        if not set(identity.needed) <= set(amounts):
            continue
        parts = [pl.col(name).fill_null(0) for name in identity.plus if name in amounts]
        parts += [-pl.col(name).fill_null(0) for name in identity.minus if name in amounts]
        off = frame.filter(pl.col(identity.whole).is_not_null()).select(
            "_row", off=pl.col(identity.whole) - pl.sum_horizontal(parts)
        )
        broken = off.filter(pl.col("off") != 0)
        if len(off):
            yield SumProof(identity.words, len(off), len(off) - len(broken), broken.rows())


def holds(proof: SumProof) -> bool:
    """Whether no row breaks the sum."""
    return proof.held == proof.rows


def sentence(proof: SumProof) -> str:
    """A proof in words: `…：12 行，都相符` or what breaks it."""
    if holds(proof):
        return f"{proof.words}：{proof.rows} 行，都相符"
    shown = "、".join(f"第 {row} 行差 {yuan(off)}" for row, off in proof.broken[:_NAMED])
    more = " 等" if len(proof.broken) > _NAMED else ""
    return f"{proof.words}：{proof.rows} 行中 {proof.held} 行相符；{shown}{more}"


def together(found: Sequence[tuple[str, SumProof]]) -> Iterator[str]:
    """The proofs of all sheets, one sentence per identity; the first sheets that break it are named."""
    for words in dict.fromkeys(proof.words for _, proof in found):
        same = [(place, proof) for place, proof in found if proof.words == words]
        rows, held = (sum(getattr(p, name) for _, p in same) for name in ("rows", "held"))
        if rows == held:
            yield f"验算 {words}：{rows} 行，都相符"
            continue
        broken = [(place, row, off) for place, proof in same for row, off in proof.broken]
        shown = "、".join(
            f"{place} 第 {row} 行差 {yuan(off)}" for place, row, off in broken[:_NAMED]
        )
        more = " 等" if len(broken) > _NAMED else ""
        yield f"验算 {words}：{rows} 行中 {held} 行相符；{shown}{more}"
