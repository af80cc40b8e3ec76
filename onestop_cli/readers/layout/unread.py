"""Columns of amounts that no field takes: named with their sum, and a stop where money may hang on them (FI03)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from onestop_cli.errors import Problem
from onestop_cli.money import yuan
from onestop_cli.readers.containers.grid import column_letter
from onestop_cli.readers.layout.aliases import tidy, without_asides
from onestop_cli.readers.layout.cells import fen_columns
from onestop_cli.readers.layout.doubts import columns_hint, layout_hint, quoted
from onestop_cli.readers.layout.headers import ignored_columns
from onestop_cli.readers.layout.row_kinds import Sorted
from onestop_cli.readers.layout.typed import TypedTable
from onestop_cli.tables.reading import file_finding
from onestop_cli.tables.schema import LAYERS, PAYERS

_PAYS = re.compile(
    "补|救|报|付|基金|统筹|垫|减免|拨|兑|民政|农合|合作医疗|合医|合疗|农保|挂账|记账|份额|退费|冲红|医保(?:记账|金额|款)?$"
)
"""The words of a payer in a title, and of one who takes money back."""

_BASE = re.compile("可|核|审|效|内|范围|甲|乙类|基数|医保|农保|政策|规定|偿")
_BASE_OF_INSURANCE = re.compile(
    "(新农合|农合|合医|医保|统筹|补偿|报销|可报|可补|结算)+基数(金额|费用)?"
)
"""Words of the eligible cost; a base has other payers' names too (救助基数), so its title must be one of these."""

_SUMS = re.compile("合计|总|共|小计")
_NEARLY_ALL = 95
"""Per cent of the rows."""

_ENOUGH = 3
"""So many rows prove something; one or two may agree by chance."""

_LONG = 10**7
"""Yuan from which on a column of whole numbers holds numbers of people or papers, not amounts."""

_PARTS = (*PAYERS, "self")


@dataclass(frozen=True)
class Unread:
    """A column of amounts that is not read: where, how it is called, how many rows have one, and their sum in fen.

    `stops`: why the run must not go on without a word about it; null where it need not.
    """

    column: int
    label: str
    rows: int
    fen: int
    stops: str | None


def unread_columns(
    table: TypedTable, rows: Sorted, asked: Collection[int], layers: Collection[str] | None
) -> list[Unread]:
    """What nobody reads of a list of stays. `asked`: columns that a document reads for itself; `layers`: of the run,
    None where nobody knows them. A layer's column counts as unread when the run has no such layer."""
    amounts = {field: fen.filter(rows.data) for field, fen in table.amounts.items()}
    idle = _of_no_layer(table, layers)
    parts = {field: fen for field, fen in amounts.items() if field in _PARTS and field not in idle}
    taken = {c for f, columns in table.header.columns.items() if f not in idle for c in columns}
    taken -= _advanced(table)
    passed = {*taken, *asked, *ignored_columns(table.header.labels, table.layout)}
    bill = _Bill(
        amounts.get("total"), parts, amounts.get("eligible"), _lacks_a_layer(table, layers)
    )
    found = [
        (
            _told(table, column, fen, bill),
            _may_hold(table, column) and not _counted(table, column, fen),
        )
        for column, fen in _amounts(table, rows, passed)
        if not _known(table, column, fen, parts)
    ]
    return [one for one, may_hold in found if one.stops or may_hold]


def _counted(table: TypedTable, column: int, fen: pl.Series) -> bool:
    """Whether whole numbers under no title may be ages or days, years, or numbers of rows that grow downwards."""
    if table.header.label(column):
        return False
    some = fen.filter(fen.is_not_null() & (fen != 0))
    if not bool((some % 100 == 0).all()):
        return False
    years = bool(some.is_between(1900_00, 2100_00).all())
    grows = len(some) > 1 and bool((some.diff().drop_nulls() > 0).all())
    highest = int(some.abs().max() or 0)  # type: ignore[arg-type]
    return years or grows or highest <= 366_00


@dataclass(frozen=True)
class _Bill:
    """What is read of the bills. `lacks`: insurance or assistance has no column, and the patient's share has."""

    total: pl.Series | None
    parts: Mapping[str, pl.Series]
    eligible: pl.Series | None
    lacks: bool


def _lacks_a_layer(table: TypedTable, layers: Collection[str] | None) -> bool:
    """Whether a layer of the run has no column, so that its claims would all be nothing."""
    here = {*table.header.columns, *table.header.rivals}
    main = {"basic", "assistance"} & {*(layers or ("basic", "assistance"))}
    return "self" in here and not main <= here


def _of_no_layer(table: TypedTable, layers: Collection[str] | None) -> set[str]:
    """The layers that the sheet has a column of and the run has not; what a layout names is meant."""
    if layers is None:
        return set()
    meant = {
        table.aliases.field_named(key) for key in (table.layout.columns if table.layout else ())
    }
    return {layer for layer in LAYERS if layer not in layers} - meant


def _advanced(table: TypedTable) -> set[int]:
    """医院垫付 where the insurance has no column: the hospital bore it (the platform's words), or advanced it."""
    columns = table.header.columns
    if "basic" in columns or "basic" in table.header.rivals:
        return set()
    meant = set(table.layout.columns.values()) if table.layout else set()
    return {
        column
        for column in columns.get("waiver", ())
        if "垫" in (label := table.header.label(column)) and label not in meant
    }


def _amounts(
    table: TypedTable, rows: Sorted, passed: Collection[int]
) -> Iterator[tuple[int, pl.Series]]:
    """The columns that hold amounts, in fen of the data rows: half of the filled cells are, and one is not 0."""
    text = table.text.filter(rows.data)
    open_ = [c for c in range(table.grid.width) if c not in passed and not _counts(table, c)]
    money, wrong = fen_columns(text, {str(c): table.unit_of(c) for c in open_})
    for column in open_:
        fen = money[str(column)]
        amounts = len(fen) - fen.null_count()
        if amounts and amounts >= len(wrong[str(column)]) and (fen != 0).any():
            yield column, fen


def _counts(table: TypedTable, column: int) -> bool:
    """Whether a column holds kinds of cost or is counted, dated or numbered: none of them is a payer's share."""
    return any(table.aliases.counts(text) for text in _titles(table, column))


def _may_hold(table: TypedTable, column: int) -> bool:
    return not any(table.aliases.unneeded(text) for text in _titles(table, column))


def _titles(table: TypedTable, column: int) -> set[str]:
    label = tidy("".join(table.header.labels[column]))
    leaf = tidy((table.header.labels[column] or ("",))[-1])
    return {text for text in (label, leaf, without_asides(label)) if text}


def _known(table: TypedTable, column: int, fen: pl.Series, parts: Mapping[str, pl.Series]) -> bool:
    """Whether its numbers are none of money, or say again what is read: one payer's amounts, or the sum of several."""
    some = fen.filter(fen.is_not_null() & (fen != 0))
    whole = bool((some % 100 == 0).all())
    label = table.header.label(column)
    if whole and (_is_ordinal(fen) or (some.abs().min() or 0) >= _LONG * 100):  # type: ignore[operator]
        return True
    if some.abs().max() <= 100 and table.unit_of(column) == "元" and not _PAYS.search(label):  # type: ignore[operator]
        return True
    return _says_again(label, fen, parts)


def _is_ordinal(fen: pl.Series) -> bool:
    """1, 2, 3 …"""
    steps = fen.drop_nulls().diff().drop_nulls()
    return len(steps) > 0 and bool((steps == 100).all())


def _says_again(label: str, fen: pl.Series, parts: Mapping[str, pl.Series]) -> bool:
    """Whether rows say what one payer has, or, under 合计, what several have together."""
    frame = pl.DataFrame({"_": fen.fill_null(0), **{f: s.fill_null(0) for f, s in parts.items()}})
    payers = [field for field in parts if field != "self"]
    together = [payers, [f for f in payers if f in LAYERS], [*parts]] if _SUMS.search(label) else []
    alone = [[field] for field in payers] if frame["_"].n_unique() >= _ENOUGH else []
    return any(_agrees(frame, names) for names in (*alone, *(n for n in together if len(n) > 1)))


def _agrees(frame: pl.DataFrame, names: Sequence[str]) -> bool:
    """Whether `_` is the sum of the named columns on nearly all rows."""
    same = frame.select((pl.col("_") == pl.sum_horizontal(names)).sum()).item()
    return int(same) * 100 >= len(frame) * _NEARLY_ALL


def _told(table: TypedTable, column: int, fen: pl.Series, bill: _Bill) -> Unread:
    label = table.header.label(column) or f"{column_letter(column)}列"
    used = fen.fill_null(0) != 0
    known = not _may_hold(table, column)
    why = None
    if bill.total is not None and _completes(fen.fill_null(0), bill, known):
        why = "加上它，各项支付正好等于总费用"
    elif not known and _PAYS.search(label):
        why = "列名像是有人支付的金额"
    elif _may_be_eligible(label, fen, bill, known):
        why = "没有“可补偿费用”一列，它可能就是"
    return Unread(column, label, int(used.sum()), int(fen.sum() or 0), why)


def _completes(fen: pl.Series, bill: _Bill, known: bool) -> bool:
    """Whether the bill is what is read and this column together, on nearly all rows where it is not 0.

    Three rows prove it. Where a layer has no column at all one does: its claims would all be taken for nothing. Then
    even a column that is known and not needed (累计, 基数 …) is looked at.
    """
    if known and not bill.lacks:
        return False
    read = pl.DataFrame({str(n): part.fill_null(0) for n, part in enumerate(bill.parts.values())})
    paid = read.sum_horizontal() if bill.parts else pl.zeros(len(fen), pl.Int64, eager=True)
    whole = ((paid + fen) == bill.total).fill_null(False).filter(fen != 0)
    enough = 1 if bill.lacks and not known else _ENOUGH
    return int(whole.sum()) >= enough and int(whole.sum()) * 100 >= len(whole) * _NEARLY_ALL


def _may_be_eligible(label: str, fen: pl.Series, bill: _Bill, known: bool) -> bool:
    """Whether a column can be the eligible cost that nothing else is: by its title, and between the insurance's share
    and the whole bill on nearly all rows. Without one only a bound is checked, and more is paid."""
    titled = _BASE_OF_INSURANCE.fullmatch(tidy(label)) if known else _BASE.search(label)
    if bill.eligible is not None or bill.total is None or not titled:
        return False
    share = bill.parts.get("basic", pl.zeros(len(fen), pl.Int64, eager=True)).fill_null(0)
    between = ((fen >= share) & (fen <= bill.total)).fill_null(False).filter(fen.fill_null(0) != 0)
    return len(between) > 0 and int(between.sum()) * 100 >= len(between) * _NEARLY_ALL


def said(table: TypedTable, unread: Sequence[Unread]) -> pl.DataFrame | None:
    """FI03 for each column."""
    if not unread:
        return None
    grid = table.grid
    return pl.concat(file_finding("FI03", grid.source, grid.sheet, sentence(one)) for one in unread)


def sentence(one: Unread) -> str:
    """Where the column is, how many rows have an amount, and their sum."""
    where = f"（{column_letter(one.column)} 列）"
    return f"“{one.label}”{where}{one.rows} 行有金额，合计 {yuan(one.fen)} 元，没有读入"


def stops(table: TypedTable, unread: Sequence[Unread]) -> list[Problem]:
    """A problem for each column that may move an amount, with the lines that settle it."""
    place = table.grid.source, table.grid.sheet, table.header.last + 1
    return [
        Problem(f"金额列{sentence(one)}：{one.stops}", _remedy(table, one), *place)
        for one in unread
        if one.stops
    ]


def _remedy(table: TypedTable, one: Unread) -> str:
    field = columns_hint(table.grid, [(_likely(one), one.label)])
    ignored = layout_hint(table.grid, f"ignore = [{quoted(one.label)}]", f"--ignore {one.label}")
    return f"写明它是哪一项：{field}；不是支付、不用读的：{ignored}"


def _likely(one: Unread) -> str:
    """The field that a title speaks for most; the clerk may write another."""
    label = one.label
    if one.stops and "可补偿费用" in one.stops:
        return "可补偿费用"
    words = {
        "大病": "大病保险",
        "兜底": "政府兜底",
        "救": "医疗救助",
        "减免": "医院减免",
        "商": "商业保险",
    }
    found = next((field for word, field in words.items() if word in label), None)
    insured = re.search("统筹|垫付|农合|合医|合疗|合作医疗|农保|医保", label)
    return found or ("医疗救助" if "民政" in label else "新农合补偿" if insured else "其他支付")
