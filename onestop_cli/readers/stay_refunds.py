"""Whether rows of an export are taken back (冲红, 退费, 作废 …): by a column about it, or by words that stand alone.

What is said of a refund beside other words (退费后重新结算) decides nothing; such rows are named, not passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import polars as pl

from onestop_cli.county import platform
from onestop_cli.privacy import without_numbers
from onestop_cli.readers.layout.row_kinds import Sorted
from onestop_cli.readers.layout.typed import TypedTable

_WORDS = "红冲|冲红|冲账|冲销|冲正|退费|退款|撤销|作废"
_TAKEN_BACK = rf"^(-\d*|负|退号|已退|已?({_WORDS}))"
"""A word of a reversal, at the start of a cell of 交易类型, 结算状态 … that may say more."""

_DAY = r"(\d{4}[-./年])?\d{1,2}[-./月]\d{1,2}[日号]?|\d{8}"
_AHEAD = (
    "[此该本这笔单条张次人行已被于在经因误错需应并有全整,，、:：]|患者|病人|系统|全部|全额|重复|错误|录入|上报|结算|"
    f"费用|票据|发票|单据|记录|数据|住院|登记|办理|申请|予以|{_DAY}"
)
_BEHIND = rf"[了单行:：。.!！;；]|记录|处理|数据|结算|[（(][^（）()]*[)）]|{_DAY}"
_ALONE = rf"^[（(【]?({_AHEAD})*({_WORDS}|红字|退票|退号|取消结算|已退|全退)({_BEHIND})*[）)】]?$"
"""The words of a reversal with nothing else in a cell, but when and of what."""

_STATE = re.compile(
    r"^(?!.*(治疗|转归|疗效|病情|卡|账户|参保|参合|农合|人员|身份|户籍|户口|低保|救助)).*(状态|标志|标识)$"
)
_GONE = r"^已?(无效|取消|删除|注销|退)$"
"""In a column of states."""

_NORMAL = (
    r"^([0\-/—:. ]+|否|无|没有|不|不是|正|正常.*|非.*|未.*|不退.*|n|no|false|f|×|x|null|空|蓝字?|"
    r"(已|正常|出院|住院)?结算|收费|住院|出院)$"
)
"""In a column that is about reversals, whatever does not say this says that the row is taken back."""

_NOT_VALID = r"^(0+|否|无效|作废|n|no|false)$"

_ABOUT = (
    "退费",
    "退款",
    "退号",
    "红冲",
    "冲红",
    "冲账",
    "冲销",
    "冲正",
    "作废",
    "撤销",
    "红字",
    "refd",
)
_OTHERWISE = ("remark", "visit", "setl_type")
"""Columns of words that may say it beside what they are read for."""

_SAID = re.compile(rf"{_WORDS}|取消结算|误录|重复(?:上报|录入|结算|申报)|删除")
_NOT_SAID = re.compile(
    rf"(?:未|无|没有?|不|非)[^，,。；;]{{0,2}}(?:{_WORDS})|(?:押|预交)金[^，,。；;]*"
)
_SHOWN = 3


def taken_back(table: TypedTable) -> pl.Series:
    """Whether a row is marked as a reversal; null in a table that has nothing to say it with."""
    columns = table.header.columns
    own = columns.get("reversal", ())
    valid = columns.get("valid", ())[:1]
    flags = [
        *(_by_its_column(table, column) for column in own),
        *(_plain(column).str.contains(_NOT_VALID) for column in valid),
        *(_plain(column).str.contains(_by_words(table, column)) for column in _of_words(table)),
    ]
    if not flags:
        return pl.repeat(None, table.height, dtype=pl.Boolean, eager=True)
    said = pl.any_horizontal(flag.fill_null(False) for flag in flags)
    found = table.text.select(said).to_series()
    told = own or valid or "remark" in columns or found.any()
    return found if told else pl.repeat(None, table.height, dtype=pl.Boolean, eager=True)


def _plain(column: int) -> pl.Expr:
    """The cells of a column without blanks, in half width and small letters."""
    cell = pl.col(str(column)).str.normalize("NFKC").str.to_lowercase()
    return cell.str.replace_all(r"[\s'’`]", "").replace("", None)


def _by_its_column(table: TypedTable, column: int) -> pl.Expr:
    """In 退费标志, 冲红类别, 作废日期 anything but a word for normal; in 交易类型, 结算状态 a word for a reversal."""
    titled = platform.word(table.header.label(column))
    cell = _plain(column)
    if any(word in titled for word in _ABOUT):
        return ~cell.str.contains(_NORMAL)
    return cell.str.contains(_TAKEN_BACK)


def _by_words(table: TypedTable, column: int) -> str:
    state = _STATE.fullmatch(table.header.label(column))
    return f"{_ALONE}|{_GONE}" if state else _ALONE


def _of_words(table: TypedTable) -> list[int]:
    """The columns of words that nobody reads otherwise, and those in which a reversal may be said beside."""
    columns = table.header.columns
    used = {c for field, cs in columns.items() if field not in _OTHERWISE for c in cs}
    return [c for c in range(table.grid.width) if c not in used and table.header.label(c)]


def refunds_said(table: TypedTable, rows: Sorted) -> Iterator[str]:
    """Rows whose remarks speak of a refund without being taken back for it."""
    found = _spoken_of(table, rows)
    if not found:
        return
    shown = "、".join(
        f"第 {table.offset + row + 1} 行“{without_numbers(text)[:20]}”"
        for row, text in found[:_SHOWN]
    )
    more = f" 等 {len(found)} 行" if len(found) > _SHOWN else ""
    yield (
        f"{table.grid.place}：备注说到退费、作废或重复，没有当作冲红，照常结算：{shown}{more}；"
        "确是退掉的，请在表里加一列“冲红标志”，在该行写“是”"
    )


def _spoken_of(table: TypedTable, rows: Sorted) -> list[tuple[int, str]]:
    """The data rows (0-based) that are not taken back, with the words that speak of it."""
    open_ = [c for c in _of_words(table) if c not in table.header.columns.get("visit", ())]
    if not open_:
        return []
    speaking = [pl.when(pl.col(str(c)).str.contains(_SAID.pattern)).then(str(c)) for c in open_]
    joined = pl.concat_str(speaking, separator="；", ignore_nulls=True)
    cells = table.text.select(said=joined)["said"]
    hits = (cells != "") & rows.data
    if not hits.any():
        return []
    hits &= ~taken_back(table).fill_null(value=False)
    return [
        (row, text)
        for row in hits.arg_true()
        if _SAID.search(_NOT_SAID.sub("", text := cells[row]))
    ]
