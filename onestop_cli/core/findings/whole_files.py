"""What most rows of a file, or most of those who were assisted, have alike: it is the file that is wrong, not the rows.

A hospital's list with two headings exchanged gives a hundred findings about stays; a roster that was left out takes
the assistance from everybody on it. One sentence each says so, with the question to ask.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

FEWEST = 10
"""Rows that have something alike by chance are fewer."""
_STRANGERS = 0.2
_ASKED = {
    "ID01": ("证号缺失或无效", "证号一列是不是读错了，或证号没有填全"),
    "ID04": ("同证异名", "姓名和证号是不是错了行，例如只给一列排了序"),
    "ST01": ("重复申报", "同一份报表是不是交了两次"),
    "ST03": ("日期缺失或颠倒", "入院、出院日期的表头是不是写反了，或日期一列没有填"),
    "ST04": ("不属本期", "是不是放了别期的报表，或年份写错了"),
    "ST07": ("前期已经结算", "是不是放了已经关账的报表"),
    "AM03": ("分项合计不等于总费用", "有没有哪一列的单位（元、万元）写错，或表头写错"),
    "AM04": ("费用缺失或不是金额", "总费用、可补偿费用的列是不是读错了"),
    "AM05": ("可补偿费用大于总费用", "总费用、可补偿费用的表头是不是写反了"),
    "RU01": (
        "没有适用的政策",
        "政策文件是不是少写了一份（居民、职工各一份），或日期不在政策起止之内",
    ),
}
"""Finding → what the rows have, and what the reason often is."""
UNCOMPUTED = "公式未计算"
"""How a cell is read whose formula nobody has worked out, as it stands in the messages of AM04."""
_OPEN_AND_SAVE = "表里的公式没有算出结果，请让医院用 Excel 或 WPS 打开、保存一次再交来"


def whole_files(
    stays: pl.DataFrame, findings: pl.DataFrame, layers: Sequence[str]
) -> Iterator[str]:
    """Sentences about files (two fifths of the rows or more) and about the roster (a fifth of the stays whose
    assistance was claimed, or more). `stays` and `findings` of a run, `layers` of its documents."""
    live = stays.filter(pl.col("status") != "reversed")
    yield from _of_files(live, findings)
    yield from _of_rosters(live, findings, layers)


def _of_files(live: pl.DataFrame, findings: pl.DataFrame) -> Iterator[str]:
    rows = live.group_by("source").agg(rows=pl.len())
    alike = (
        findings.filter(pl.col("code").is_in([*_ASKED]), pl.col("row").is_not_null())
        .unique(["source", "sheet", "row", "code"])
        .group_by("source", "code").agg(
            found=pl.len(), formulas=pl.col("message").str.contains(UNCOMPUTED, literal=True).sum()
        )
        .join(rows, on="source")
        .filter(pl.col("found") >= FEWEST, pl.col("found") * 5 >= pl.col("rows") * 2)
        .sort("source", "code")
    )  # fmt: skip
    for one in alike.iter_rows(named=True):
        source, code, found, count = (one[key] for key in ("source", "code", "found", "rows"))
        what, question = _ASKED[code]
        question = _OPEN_AND_SAVE if one["formulas"] * 2 > found else question
        yield f"{source}：{count:,} 笔里有 {found:,} 笔{what}（{code}），像是整份的问题：{question}"


def _of_rosters(live: pl.DataFrame, findings: pl.DataFrame, layers: Sequence[str]) -> Iterator[str]:
    strange = findings.filter(code="RO01")
    own = [layer for layer in layers if layer in set(strange["layer"])]
    if not own:
        return
    claimed = pl.any_horizontal(pl.col(f"{layer}_claimed_fen").fill_null(0) > 0 for layer in own)
    helped = live.filter(claimed)
    place = ["source", "sheet", "row"]
    strangers = helped.join(strange.select(place), on=place, how="semi", nulls_equal=True)
    if len(strangers) >= FEWEST and len(strangers) >= _STRANGERS * len(helped):
        yield (
            f"申报了救助的 {len(helped):,} 笔里，有 {len(strangers):,} 笔的患者不在任何花名册上（RO01）"
            f"{_kinds(strangers)}：花名册是不是没有放全，或不是本期的"
        )


def _kinds(strangers: pl.DataFrame) -> str:
    """The kinds that most of them are said to be of."""
    kinds = strangers["category_raw"].drop_nulls().value_counts(sort=True)
    most = kinds.filter(pl.col("count") * 2 > len(strangers))
    return f"，多半写着“{most['category_raw'].item()}”" if len(most) else ""
