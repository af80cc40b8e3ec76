"""The amounts of an export's rows: who paid what, what the patient bore, and cells that are no amounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation

import polars as pl

from onestop_cli.money import yuan
from onestop_cli.readers.layout.cells import UNITS, fen_columns
from onestop_cli.readers.layout.reading_faults import Faults
from onestop_cli.readers.layout.typed import TypedTable
from onestop_cli.tables.schema import PAYERS

_BASES = ("total", "eligible", "out_of_scope", "first_pay", "over_limit")
_COMPARED = ("deductible_paid", "fund_total", "account", "shared_account", "cash")
_BLANK = pl.lit(None, pl.Int64)


def amounts(
    table: TypedTable, further: Mapping[str, Sequence[str]] | None = None
) -> dict[str, pl.Series | pl.Expr]:
    """Amounts in fen and one sentence on cells that are none.

    `further`: name → headers of amounts that a document asks for; they go on as texts in yuan, `x_<name>`.
    """
    found, faults = table.amounts, Faults(table)
    asked = {f"x_{n}": _in_yuan(table, titles, faults) for n, titles in (further or {}).items()}
    _, wrong = table.money
    for column in _counting(table):
        faults.unread(column, wrong[str(column)], "不是金额")
    for field in ("total", "eligible"):
        if field in found:
            unread = {row for c in table.header.columns[field] for row in wrong[str(c)]}
            faults.blank(field, [r for r in found[field].is_null().arg_true() if r not in unread])
    for row in _dashed(table):
        faults.say(row, "可补偿费用是一横，而有新农合补偿")
    others = [c for titles in (further or {}).values() for c in table.headed(titles)]
    for row, column, other in _shared(table, [*_counting(table), *others]):
        faults.say(row, f"{table.header.label(column)}与第 {other} 行合并为一格，分不清各是多少")
    return {
        **asked,
        **{f"{field}_fen": found.get(field, _BLANK) for field in _BASES},
        **{f"{payer}_claimed_fen": found.get(payer, _BLANK) for payer in PAYERS},
        **_borne(found, table.height),
        "fund_total_fen": found.get("fund_total", _BLANK),
        "deductible_stated_fen": found.get("deductible_paid", _BLANK),
        "rate_stated": _rate(table),
        "has_eligible": pl.lit("eligible" in found),
        "amount_fault": faults.series(),
    }


def _dashed(table: TypedTable) -> Sequence[int]:
    """Rows whose eligible cost is a dash, which is nought in an amount, though the insurance paid: it was left out."""
    found, column = table.amounts, table.first("eligible")
    if column is None or "basic" not in found:
        return []
    dash = table.text[str(column)].str.contains(r"^\s*[-–—―－]+\s*$") & (found["basic"] > 0)
    return list(dash.fill_null(value=False).arg_true())


def _in_yuan(table: TypedTable, titles: Sequence[str], faults: Faults) -> pl.Series:
    """The amounts under some headers as plain yuan, later columns filling the blanks of earlier ones."""
    columns = table.headed(titles)
    if not columns:
        return pl.repeat(None, table.height, dtype=pl.String, eager=True)
    fen, wrong = fen_columns(table.text, {str(c): table.unit_of(c) for c in columns})
    for column in columns:
        faults.unread(column, wrong[str(column)], "不是金额")
    whole = pl.select(pl.coalesce(fen[str(c)] for c in columns)).to_series()
    return pl.Series(
        [None if f is None else yuan(f).replace(",", "") for f in whole], dtype=pl.String
    )


def _counting(table: TypedTable) -> list[int]:
    """The columns whose amounts go into a stay's own; of one that is only compared nothing hangs on a cell."""
    fields, columns = table.aliases.fields, table.header.columns
    return [
        column
        for field, found in columns.items()
        if fields[field].kind == "money" and field not in _COMPARED
        for column in found
    ]


def _shared(table: TypedTable, counting: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Body rows whose amount in a column of `counting` is one cell, merged down, with that of another person; the
    column, and the other's row in the sheet."""
    columns, offset = table.header.columns, table.offset
    person = [str(c) for field in ("name", "id_no") for c in columns.get(field, ())]
    known = table.text.select(pl.any_horizontal(pl.col(person).is_not_null())).to_series()
    for (top, left), (bottom, right) in table.grid.merges:
        rows = [row for row in range(max(top, offset), bottom + 1) if known[row - offset]]
        for column in counting:
            if len(rows) > 1 and left <= column <= right:
                others = dict.fromkeys(rows, rows[0]) | {rows[0]: rows[1]}
                yield from ((row - offset, column, other + 1) for row, other in others.items())


def rounded(table: TypedTable, data: pl.Series) -> tuple[str, ...]:
    """The sentence for amounts finer than a fen, which are rounded; four digits further down it is noise."""
    finer = table.text.select(_finer(table, c).fill_null(False) & data for c in _counting(table))
    if not finer.select(pl.any_horizontal(pl.all()).any()).item():
        return ()
    places = [(row, int(name)) for name in finer.columns for row in finer[name].arg_true()]
    row, column = min(places)
    titles = "、".join(f"“{table.header.label(c)}”" for c in sorted({c for _, c in places}))
    text = table.text[str(column)][row]
    return (
        f"{table.grid.place}：{titles}有 {len(places)} 个金额不足一分"
        f"（如第 {table.offset + row + 1} 行 {text}），按四舍五入读到分",
    )


def _finer(table: TypedTable, column: int) -> pl.Expr:
    """Where a column's amount has digits below the fen."""
    digits = len(str(UNITS[table.unit_of(column)])) - 1
    return pl.col(str(column)).str.contains(rf"\.\d{{{digits}}}0{{0,3}}[1-9]")


def _borne(found: Mapping[str, pl.Series], height: int) -> dict[str, pl.Series]:
    """What the patient bore, and how much of it came from accounts.

    Without a column for the whole it is cash and accounts together. A whole that leaves the accounts out is known by
    the bill: it adds up with them on more rows than without.
    """
    blank = pl.repeat(None, height, dtype=pl.Int64, eager=True)
    if not found.keys() & {"cash", "account", "shared_account"}:
        return {"self_claimed_fen": found.get("self", blank), "account_fen": blank}
    parts = {name: found.get(name, blank) for name in ("cash", "account", "shared_account")}
    frame = pl.DataFrame(parts | {"own": found.get("self", blank)})
    frame = frame.with_columns(
        account=_sum("account", "shared_account"), total=found.get("total", blank)
    ).with_columns(
        paid=pl.sum_horizontal(
            pl.lit(0, pl.Int64), *(found[payer].fill_null(0) for payer in PAYERS if payer in found)
        )
    )
    if "self" not in found:
        frame = frame.with_columns(own=_sum("cash", "account"))
    elif _adds_up(frame, _sum("own", "account")) > _adds_up(frame, pl.col("own")):
        frame = frame.with_columns(own=_sum("own", "account"))
    return {"self_claimed_fen": frame["own"], "account_fen": frame["account"]}


def _sum(*names: str) -> pl.Expr:
    """The sum of what is there; null where nothing is."""
    some = pl.any_horizontal(pl.col(name).is_not_null() for name in names)
    return pl.when(some).then(pl.sum_horizontal(*names))


def _adds_up(frame: pl.DataFrame, borne: pl.Expr) -> int:
    """On how many rows that paid something else than nothing the bill is what funds and patient paid."""
    whole = (pl.col("paid") + borne == pl.col("total")).fill_null(False)
    return int(frame.select(whole.sum()).item())


def _rate(table: TypedTable) -> pl.Series:
    """A stated rate in ten-thousandths: `0.75`, `75%`, `75`; null for anything else."""
    if "pool_rate" not in table.header.columns:
        return pl.repeat(None, table.height, dtype=pl.Int64, eager=True)
    texts = table.take(text=table.words("pool_rate")).to_series()
    found = {text: _ten_thousandths(text) for text in texts.unique().drop_nulls()}
    return texts.replace_strict(found, default=None, return_dtype=pl.Int64)


def _ten_thousandths(text: str) -> int | None:
    try:
        number = Decimal(text.strip().rstrip("%％"))
    except InvalidOperation:
        return None
    if not number.is_finite() or not 0 <= number <= 100:
        return None
    share = number if number <= 1 and not text.strip().endswith(("%", "％")) else number / 100
    return int(share * 10_000)
