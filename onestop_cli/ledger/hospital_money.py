"""往来 with hospitals beside 核定应拨: 质量保证金 kept back, 不予支付, 已付 with its day, 保证金 given back.

应拨 is what closings posted; the deposit of a closing is kept with it. All else are postings of their own kind, each
with lines of (hospital, fund, fen); a correction is one with the opposite lines. Per hospital, fund and period

    未付 = 应拨 − 保证金 − 不予支付 − 已付        保证金余额 = 保证金 − 退还

The funds' own accounts (期末结余) are not touched: they speak of what was approved.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from onestop_cli.core.options import Mapper
from onestop_cli.county.periods import Period
from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.ledger.books import Closing, changes_of, closings, run_of, stays_of, together
from onestop_cli.ledger.chain import HOSPITAL, Draft, Entry, append, entries
from onestop_cli.ledger.load import named_now
from onestop_cli.ledger.store import transaction
from onestop_cli.money import yuan
from onestop_cli.statements.funds import funds_of, whole_of
from onestop_cli.statements.statement import NO_HOSPITAL, deposit_of
from onestop_cli.tables.by_hand import by_hand
from onestop_cli.tables.schema import Schema

PAID, REFUSED, RELEASED = "paid", "refused", "released"
WHAT = {PAID: "已付", REFUSED: "不予支付", RELEASED: "退还保证金"}
ACCOUNT: Schema = {
    **dict.fromkeys(("hospital", "fund", "period"), pl.String),
    **dict.fromkeys(("due", "deposit", "refused", "paid", "left", "released", "kept"), pl.Int64),
    "paid_on": pl.String,
}
"""A hospital's account with a fund for a period, fen; `left`: 未付, `kept`: 保证金余额, `paid_on`: days of payment."""

_KEYS = ("hospital", "fund", "period")
_NO_LINES: Schema = {
    "what": pl.String,
    **dict.fromkeys(_KEYS, pl.String),
    "fen": pl.Int64,
    "on": pl.String,
}


@dataclass(frozen=True)
class HospitalPosting:
    """What is to be booked: its kind (`WHAT`), the period, (hospital, fund, fen) lines, the day, a note; `corrects`:
    the posting that is taken back by it."""

    what: str
    period: str
    lines: tuple[tuple[str, str, int], ...]
    on: date
    note: str
    operator: str
    corrects: int | None = None


def in_use(ledger: sqlite3.Connection) -> bool:
    """Whether the books have anything of it: a deposit of a closing, or a posting."""
    kept = any(one.entry.content.get("deposits") for one in closings(ledger))
    return kept or bool(entries(ledger, HOSPITAL))


def hospital_accounts(
    ledger: sqlite3.Connection,
    periods: Sequence[str] | None = None,
    hospital: Mapper = str,
) -> pl.DataFrame:
    """`ACCOUNT` of every hospital, fund and closed period (or of `periods`) in which there is anything; none while the
    books have nothing of it. `hospital`: what one is called now."""
    if not in_use(ledger):
        return pl.DataFrame(schema=dict(ACCOUNT))
    parts = [
        *(approved(ledger, one) for one in closings(ledger)),
        *(deposits(one) for one in closings(ledger)),
        _lines(ledger).drop("on"),
    ]
    named = named_now(pl.concat(parts), hospital)
    days = named_now(_lines(ledger), hospital).filter(what=PAID)
    if periods is not None:
        named = named.filter(pl.col("period").is_in(periods))
    order = {one.period.id: turn for turn, one in enumerate(closings(ledger))}
    kinds = ("due", "deposit", REFUSED, PAID, RELEASED)
    sums = named.group_by(_KEYS).agg(
        pl.col("fen").filter(what=kind).sum().alias(kind) for kind in kinds
    )
    paid_on = days.group_by(_KEYS).agg(
        paid_on=pl.col("on").filter(pl.col("fen") > 0).unique().sort().str.join("、")
    )
    turn = pl.col("period").replace_strict(order, default=len(order), return_dtype=pl.Int64)
    return (
        sums.join(paid_on, on=_KEYS, how="left")
        .with_columns(
            left=pl.col("due") - pl.col("deposit") - pl.col(REFUSED) - pl.col(PAID),
            kept=pl.col("deposit") - pl.col(RELEASED),
        )
        .sort(turn, "hospital", "fund")
        .select(*ACCOUNT)
    )


def approved(ledger: sqlite3.Connection, closing: Closing) -> pl.DataFrame:
    """核定应拨 of a closing: per hospital and fund payable + offset of its stays and lines (`what` due); what goes to
    people themselves (零星报销) is none."""
    info = run_of(ledger, closing)
    funds = funds_of(info.layers, info.rules)
    layers = whole_of(funds).layers
    names = [f"{la}_{what}_fen" for la in layers for what in ("payable", "offset")]
    known = ["hospital", "setl_type", "rule_id", *names]
    tables = [read(ledger, closing, known) for read in (stays_of, changes_of)]
    rows = together([table.filter(~by_hand(table)) for table in tables if len(table)])
    if rows.is_empty():
        return pl.DataFrame(schema=_NO_LINES).drop("on")
    each = [
        rows.group_by(pl.col("hospital").fill_null(NO_HOSPITAL)).agg(
            fund=pl.lit(fund.name),
            fen=fund.sum_of("payable", "offset").sum(),
        )
        for fund in funds
    ]
    found = (
        pl.concat(each)
        .filter(pl.col("fen") != 0)
        .with_columns(what=pl.lit("due"), period=pl.lit(closing.period.id))
    )
    return found.select("what", *_KEYS, "fen")


def deposits(closing: Closing) -> pl.DataFrame:
    """What a closing kept back (`what` deposit)."""
    lines = closing.entry.content.get("deposits", [])
    rows = [("deposit", name, fund, closing.period.id, fen) for name, fund, fen in lines]
    return pl.DataFrame(rows, schema=["what", *_KEYS, "fen"], orient="row").cast(
        {"what": pl.String, **dict.fromkeys(_KEYS, pl.String), "fen": pl.Int64}
    )  # fmt: skip


KEPT: Schema = {
    "hospital": pl.String,
    **dict.fromkeys(("month_deposit", "year_deposit", "kept"), pl.Int64),
}
"""质量保证金 of a hospital by the end of a month, all funds together, fen: kept back by closings of periods that end in
the month, by those of the year so far, and what is left of all after what was given back by then."""


def deposits_by(ledger: sqlite3.Connection, month: Period, hospital: Mapper = str) -> pl.DataFrame:
    """`KEPT` of every hospital with anything of it; a period's deposit is kept back in its last month."""
    parts = []
    for one in closings(ledger):
        last = one.period.last
        if last <= month.last:
            kinds = {
                "month_deposit": last >= month.first,
                "year_deposit": last.year == month.last.year,
            }
            shares = {name: pl.col("fen") * int(counts) for name, counts in kinds.items()}
            parts.append(deposits(one).select("hospital", **shares, kept="fen"))
    back = _lines(ledger).filter(
        (pl.col("what") == RELEASED) & (pl.col("on") <= month.last.isoformat())
    )
    parts.append(
        back.select(
            "hospital", month_deposit=pl.lit(0), year_deposit=pl.lit(0), kept=-pl.col("fen")
        )
    )
    named = named_now(pl.concat(parts, how="vertical_relaxed"), hospital)
    sums = named.group_by("hospital").agg(pl.exclude("hospital").sum()).sort("hospital")
    typed = sums.select(pl.col(name).cast(kind) for name, kind in KEPT.items())
    return typed.filter(pl.any_horizontal(pl.exclude("hospital") != 0))


def _lines(ledger: sqlite3.Connection) -> pl.DataFrame:
    rows = [
        (one.content["what"], hospital, fund, one.content["period"], fen, one.content["on"])
        for one in entries(ledger, HOSPITAL)
        for hospital, fund, fen in one.content["lines"]
    ]
    return pl.DataFrame(rows, schema=_NO_LINES, orient="row")


def postings_about(ledger: sqlite3.Connection) -> pl.DataFrame:
    """Every line as booked: number, what (in Chinese), hospital, fund, period, fen, on, note, operator, corrects."""
    rows = [
        {"number": one.number, "what": WHAT[one.content["what"]], "hospital": hospital, "fund": fund, "fen": fen,
         "period": one.content["period"], "on": one.content["on"], "note": one.content["note"],
         "operator": one.operator, "corrects": one.content.get("corrects")}
        for one in entries(ledger, HOSPITAL)
        for hospital, fund, fen in one.content["lines"]
    ]  # fmt: skip
    texts = dict.fromkeys(("what", *_KEYS, "on", "note", "operator"), pl.String)
    schema = {"number": pl.Int64, **texts, "fen": pl.Int64, "corrects": pl.Int64}
    return pl.DataFrame(rows, schema=schema)


def outstanding(accounts: pl.DataFrame, what: str) -> pl.DataFrame:
    """The lines of `accounts` on which something can be booked: hospital, fund, `fen` at most."""
    most = pl.col("kept" if what == RELEASED else "left").alias("fen")
    return accounts.select("hospital", "fund", most).filter(pl.col("fen") > 0)


def book_hospital(ledger: sqlite3.Connection, line: HospitalPosting, now: datetime) -> Entry:
    """Book it; raises `CannotRun` when a line is not of the books or more than is outstanding."""
    with transaction(ledger):
        if line.corrects is not None:
            hospital_correction(ledger, line.corrects, line.note, line.operator)
        elif problems := [*_too_much(ledger, line)]:
            raise CannotRun(problems)
        content = {
            "what": line.what,
            "period": line.period,
            "lines": [list(one) for one in line.lines],
            "on": line.on.isoformat(),
            "note": line.note,
            **({"corrects": line.corrects} if line.corrects else {}),
        }
        return append(ledger, Draft(HOSPITAL, content, line.operator, now))


def _too_much(ledger: sqlite3.Connection, line: HospitalPosting) -> Iterator[Problem]:
    known = accounts_to_book(ledger, line.period)
    most = {(r[0], r[1]): r[2] for r in outstanding(known, line.what).rows()}
    word = "保证金余额" if line.what == RELEASED else "未付"
    for hospital, fund, fen in line.lines:
        left = most.get((hospital, fund), 0)
        if fen <= 0 or fen > left:
            yield Problem(
                f"{hospital} {fund} {line.period} {word} {yuan(left)} 元，不能记{WHAT[line.what]} {yuan(fen)} 元",
                "请核对机构、基金、结算期和金额；记错的用 --undo 冲销",
            )


def accounts_to_book(ledger: sqlite3.Connection, period: str) -> pl.DataFrame:
    """`ACCOUNT` of a closed period, also before anything was booked; raises `CannotRun` for one that is not closed."""
    found = hospital_accounts(ledger, [period])
    if len(found):
        return found
    closed = [one for one in closings(ledger) if one.period.id == period]
    if not closed:
        have = "、".join(one.period.id for one in closings(ledger)) or "还没有"
        raise stop(f"{period} 没有关账，不能记往来", f"--period 可写：{have}")
    due = approved(ledger, closed[0]).rename({"fen": "due"}).drop("what")
    zero = dict.fromkeys(("deposit", "refused", "paid", "released", "kept"), pl.lit(0, pl.Int64))
    return due.with_columns(left="due", paid_on=pl.lit(None, pl.String), **zero).select(*ACCOUNT)


def hospital_correction(
    ledger: sqlite3.Connection, number: int, note: str, operator: str
) -> HospitalPosting:
    """The posting that takes `number` back; raises `CannotRun` for none, or one taken back already."""
    booked = {one.number: one for one in entries(ledger, HOSPITAL)}
    undone = {one.content.get("corrects") for one in booked.values()}
    if number not in booked or booked[number].content.get("corrects") or number in undone:
        raise stop(
            f"台账里没有可以冲销的第 {number} 号机构往来",
            "用 onestop ledger hospital --list 看各笔的序号",
        )
    wrong = booked[number].content
    lines = tuple((name, fund, -fen) for name, fund, fen in wrong["lines"])
    on = date.fromisoformat(wrong["on"])
    return HospitalPosting(wrong["what"], wrong["period"], lines, on, note, operator, number)


def booked_for(ledger: sqlite3.Connection, period: str) -> list[int]:
    """The postings about a period that stand."""
    booked = entries(ledger, HOSPITAL)
    undone = {one.content.get("corrects") for one in booked}
    return [
        one.number
        for one in booked
        if one.content["period"] == period
        and one.number not in undone
        and not one.content.get("corrects")
    ]


def unlike_deposits(ledger: sqlite3.Connection, closed: Sequence[Closing]) -> Iterator[str]:
    """Laws of these accounts that do not hold, in Chinese: deposits are the rate of what was approved, postings speak
    of closed periods, and nothing is paid that was not approved."""
    for one in closed:
        rate = run_of(ledger, one).settings.deposit
        due = approved(ledger, one).with_columns(fen=deposit_of(pl.col("fen"), rate))
        right = due.filter(pl.col("fen") != 0).select("hospital", "fund", "fen").rows()
        if sorted(right) != sorted(deposits(one).select("hospital", "fund", "fen").rows()):
            yield f"{one.entry.title}的质量保证金与应拨和比例不符"
    over = hospital_accounts(ledger).filter(pl.col("kept") < 0)
    over_paid = hospital_accounts(ledger).filter(
        (pl.col(PAID) + pl.col(REFUSED) > 0) & (pl.col("left") < 0)
    )
    for row in pl.concat([over, over_paid]).unique().iter_rows(named=True):
        yield f"{row['hospital']} {row['fund']} {row['period']} 的已付、不予支付或退还超过应拨和保证金"
