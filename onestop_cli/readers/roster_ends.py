"""What a roster says of an end beside its columns of days: answers (是否在保 = 否), and remarks (2010年9月停发)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from onestop_cli.core.roster import ENDED, STILL
from onestop_cli.readers.layout.aliases import tidy
from onestop_cli.readers.layout.cells import worded
from onestop_cli.readers.layout.typed import TypedTable

_RIGHT = "低保|五保|特困|优抚|待遇|享受|资格|救助|供养|保障|身份|对象"
_ASIDE = "标志|标识|状态|情况|与否|认证|结果"
_HOLDS = re.compile(
    rf"(?:是否|目前|当前|现|正|仍|尚|在|继续)+(?:在保|在册|享受|有效|在享)(?:待遇|{_ASIDE})*"
    rf"|(?:在保|在册|享受|有效|在享)(?:{_ASIDE})+"
)
"""Titles that ask whether the right stands (是否在保, 有效标志); 是否享受低保待遇 of another kind of people is none."""

_IS_OVER = re.compile(
    rf"(?:是否|有无)(?:已|被)*(?:{ENDED})(?:{_RIGHT})*(?:{_ASIDE})*|(?:{ENDED})(?:标志|标识|与否)"
)
_LIVES = re.compile(rf"(?:是否|目前|当前|现|仍|尚)*(?:健在|在世|存活|生存|在生)(?:{_ASIDE})*")
_NO = r"(?i)^(否|无|不|没有?|不是|不在|0+|n|no|f|false|×|x)$"
_NOT_LIVING = (
    rf"{_NO}|^(不健在|不在世|不在了|非健在|未存活|[死亡殁故]|去世|病故|已[死亡故殁]|过世|逝世)"
)
_YES = r"(?i)^(是|有|已|对|0*1|y|yes|t|true|√|✓)$"

_ANOTHER = re.compile(
    "账户|帐户|账号|帐号|卡|合同|补贴|参保|参合|缴费|农机|贷款|就业|培训|教育|学籍|婚姻|父|母|夫|妻|配偶|子女|监护|"
    "抚养|赡养|户主|家长|联系|经办|地址|单位|银行|民族|文化|政治"
)
"""Titles of columns in which the end of something else may stand."""

_DATE = (
    r"(?:(?:19|20)?\d\d年)?\d{1,2}月(?:份|底|初|末|\d{1,2}[日号])?|(?:19|20)\d\d[-./]\d{1,2}(?:[-./]\d{1,2})?"
    r"|(?:19|20)\d{4,6}|(?:19|20)\d\d年"
)
_AHEAD = (
    rf"已|现|于|从|自|由|被|予以|经|后|起|因.{{1,12}}?|不符合条件|动态|管理|调整|核查|复核|审核|年审|比对|脱贫|整户|全家|该户|本人|"
    rf"此人|申请|主动|自愿|户口|{_RIGHT}|{_DATE}"
)
_BEHIND = rf"了|金|发放|本?县|本乡|外地|外县|外省|处理|[:：]|{_RIGHT}|{_DATE}"
_STOPPED = rf"^(?:(?:{_AHEAD})*(?:{ENDED})(?:{_BEHIND})*|减(?:少|员)?)$"
"""A clause that says that the right is over, and nothing else but when and why; or 减员 under 增减情况, 变动 …

For Polars, whose time grows with the text: by trying again and again a remark of sixty characters would take minutes.
"""

_PARTED = r"[，,。；;、！!\s()（）\[\]【】]+"
_AGAIN = rf"{STILL}|重新|迁回|转回|再次|又"


def answers(table: TypedTable) -> tuple[pl.Expr, pl.Expr]:
    """Of the table's texts: that the right is over, and that the person is dead, where a yes or no says so."""
    over, dead = [], []
    for column in range(table.grid.width):
        label = table.header.label(column)
        title, said = tidy(label), worded(pl.col(str(column)))
        told = pl.format("{}：{}，已停保", pl.lit(label), said)
        if _LIVES.fullmatch(title):
            dead.append(pl.when(said.str.contains(_NOT_LIVING)).then(pl.lit("不在世")))
        elif _HOLDS.fullmatch(title):
            over.append(pl.when(said.str.contains(_NO)).then(told))
        elif _IS_OVER.fullmatch(title):
            over.append(pl.when(said.str.contains(_YES)).then(told))
    nothing = pl.lit(None, pl.String)
    return pl.coalesce(nothing, *over), pl.coalesce(nothing, *dead)


def stopped_in_remarks(table: TypedTable) -> Iterator[tuple[int, list[str]]]:
    """Columns of remarks, and of words that nobody reads otherwise, with the clause per row that says that the right
    is over; columns where none does are left out."""
    columns = table.header.columns
    used = {c for field, cs in columns.items() if field != "remark" for c in cs}
    for column in range(table.grid.width):
        if column in used or _ANOTHER.search(table.header.label(column)):
            continue
        texts = table.text.to_series(column)
        moved = re.search("增减|变动|异动|动态", table.header.label(column))
        worth = texts.str.contains(f"{ENDED}|^减" if moved else ENDED).fill_null(value=False)
        said = _first_clause(texts.filter(worth).unique())
        if said:
            yield column, [said.get(text or "", "") for text in texts]


def _first_clause(texts: pl.Series) -> dict[str, str]:
    """Remark → its first clause that says that the right is over; without remarks after which it began again."""
    remarks = pl.DataFrame({"text": texts}).filter(~pl.col("text").str.contains(_AGAIN))
    parted = pl.col("text").str.replace_all(_PARTED, "\n").str.split("\n")
    clauses = remarks.with_columns(clause=parted).explode("clause")
    over = clauses.filter(pl.col("clause").str.contains(_STOPPED))
    return dict(over.unique("text", keep="first", maintain_order=True).iter_rows())


def answered(entries: pl.DataFrame) -> pl.DataFrame:
    """`entries` with what `answers` found (`over`, `lost`) beside what their states and columns of death say."""
    joined = {
        column: pl.concat_str(column, more, separator="；", ignore_nulls=True)
        for column, more in (("status_raw", "over"), ("dead_raw", "lost"))
    }
    return entries.with_columns(
        pl.when(said != "").then(said).alias(c) for c, said in joined.items()
    )
