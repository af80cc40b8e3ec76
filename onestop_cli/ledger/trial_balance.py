"""试算平衡: the books seen from both sides, and every law they must keep."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from onestop_cli.ledger.accounts import accounts, received, second_payments, sums
from onestop_cli.ledger.books import (
    PERSON,
    STAYS,
    Closing,
    beginning,
    changes_of,
    closings,
    run_of,
    stays_of,
    totals_of,
)
from onestop_cli.ledger.chain import CLOSING, entries, kept, misfits, sha256
from onestop_cli.ledger.hospital_money import hospital_accounts, unlike_deposits
from onestop_cli.ledger.owed import open_payments
from onestop_cli.ledger.pack import first_changed, unpack
from onestop_cli.ledger.waiting import held_in_part, pending
from onestop_cli.run import Run


@dataclass(frozen=True)
class AccountBalance:
    """One account of the trial balance: its balance in fen on the one side or the other, the other is 0."""

    fund: str
    account: str
    debit: int
    credit: int


def trial_balance(ledger: sqlite3.Connection) -> list[AccountBalance]:
    """Per fund what came in, what it was spent on and what is left; what hospitals claimed and what became of it.

    Each side comes from lines of its own, so that both agree only when nothing is missing.
    """
    entries = []
    totals = _sums(ledger)
    brought = dict(beginning(ledger).balances)
    for line in received(ledger):
        brought[line.fund] = brought.get(line.fund, 0) + line.fen
    left = {line.fund: line.balance for line in accounts(ledger)}
    owing = hospital_accounts(ledger)
    for fund in left:
        part = {what: fen for (name, what), fen in totals.items() if name == fund}
        person = part.get(PERSON, 0)
        hospitals = part.get("payable", 0) + part.get("offset", 0) - person
        entries += [
            AccountBalance(fund, "期初和拨入款项", *_sides(-brought.get(fund, 0))),
            AccountBalance(fund, "拨付医疗机构", hospitals, 0),
            *([AccountBalance(fund, "零星报销付本人", person, 0)] if person else []),
            AccountBalance(fund, "补发患者", part.get("supplement", 0), 0),
            *_second(ledger, fund),
            AccountBalance(fund, "结余", max(left[fund], 0), 0),
            AccountBalance(fund, "应补拨", 0, max(-left[fund], 0)),
            AccountBalance(fund, "医疗机构申报", part.get("claimed", 0), 0),
            AccountBalance(fund, "其中：核付", 0, part.get("payable", 0)),
            AccountBalance(fund, "其中：审核扣减", 0, part.get("deducted", 0)),
            AccountBalance(fund, "其中：待核", 0, part.get("held", 0)),
            *_with_hospitals(fund, hospitals, owing.filter(pl.col("fund") == fund)),
        ]
    return entries


def _second(ledger: sqlite3.Connection, fund: str) -> Iterator[AccountBalance]:
    """What a fund paid beside stays; no account while it paid nothing."""
    if paid := sum(line.fen for line in second_payments(ledger) if line.fund == fund):
        yield AccountBalance(fund, "大病二次补偿", *_sides(paid))


def _with_hospitals(fund: str, due: int, owing: pl.DataFrame) -> Iterator[AccountBalance]:
    """What of all that was approved was paid, kept back, refused, and is left; where the books keep such accounts."""
    if owing.is_empty():
        return
    sums = owing.select("paid", "released", "kept", "refused", "left").sum().row(0, named=True)
    yield AccountBalance(fund, "应付医疗机构", *_sides(-due))
    yield AccountBalance(fund, "其中：已付", *_sides(sums["paid"] + sums["released"]))
    yield AccountBalance(fund, "其中：质量保证金余额", *_sides(sums["kept"]))
    yield AccountBalance(fund, "其中：不予支付", *_sides(sums["refused"]))
    yield AccountBalance(fund, "其中：未付", *_sides(sums["left"]))


def _sums(ledger: sqlite3.Connection) -> dict[tuple[str, str], int]:
    """(fund, what) → fen, over all lines of a layer."""
    totals: dict[tuple[str, str], int] = {}
    for part in sums(ledger):
        key = part.fund, part.what
        totals[key] = totals.get(key, 0) + part.fen
    return totals


def _sides(fen: int) -> tuple[int, int]:
    """An amount as debit, below zero as credit."""
    return max(fen, 0), max(-fen, 0)


def verify(ledger: sqlite3.Connection) -> list[str]:
    """Every law of the books that does not hold, in Chinese; empty when they close.

    The file is whole, no posting was changed, left out or put in; the amounts of the stays give each closing's totals;
    per stay and layer claimed = payable + deducted + held; what is held is what the stays that wait are held with;
    later lines speak of stays that are there; both sides of the trial balance agree.
    """
    complaints = [str(row[0]) for row in ledger.execute("PRAGMA integrity_check") if row[0] != "ok"]
    if found := [*misfits(ledger)]:
        return [*complaints, *found, *_changed_stays(ledger)]
    closed = closings(ledger)
    laws = (
        _unlike_totals(ledger, closed),
        _unnumbered(closed),
        _split(ledger, closed),
        _unbalanced(ledger),
        _paid_to_nobody(ledger, closed),
        unlike_deposits(ledger, closed),
    )
    return [*complaints, *(said for law in laws for said in law)]


def _changed_stays(ledger: sqlite3.Connection) -> Iterator[str]:
    """The first stay of each closing that is not what it was, as far as they can still be read."""
    try:
        postings = entries(ledger)
    except (ValueError, TypeError, sqlite3.Error):
        return
    for before, entry in pairwise(postings):
        data = kept(ledger, entry.number, STAYS) if entry.kind == CLOSING else None
        if data is None or sha256(data) == entry.parts.get(STAYS):
            continue
        try:
            stays = unpack(data)
            at = first_changed(stays, before.digest)
        except (pl.exceptions.PolarsError, ValueError):
            continue
        if at is not None:
            hospital, stay_no = stays.select("hospital", "stay_no").row(at)
            yield f"{entry.title}里第一笔改动过的住院：{hospital or ''} {stay_no or ''}"


def _unlike_totals(ledger: sqlite3.Connection, closed: Sequence[Closing]) -> Iterator[str]:
    """Where the amounts of the stays do not give the totals that accounts and statements stand on."""
    for one in closed:
        info = run_of(ledger, one)
        for own, stays in ((True, stays_of(ledger, one)), (False, changes_of(ledger, one))):
            there = {(t.layer, t.what, t.belongs_to): t.fen for t in one.totals if t.own == own}
            found = totals_of(stays, info, one.period.id)
            if there != found:
                what = "住院" if own else "上期调整"
                yield f"{one.entry.title}的{what}与关账时的控制数不符"


def _unnumbered(closed: Sequence[Closing]) -> Iterator[str]:
    """Closings that do not follow each other without a gap."""
    for one, after in pairwise(closed):
        if one.period.last >= after.period.first or one.first_stay + one.stays > after.first_stay:
            yield f"{after.entry.title}与前一次关账重叠"


def _split(ledger: sqlite3.Connection, closed: Sequence[Closing]) -> Iterator[str]:
    """申报 = 核付 + 扣减 + 待核 on every stay, and later lines only about stays that are there."""
    names = ("claimed", "payable", "deducted", "held")
    numbers = [range(one.first_stay, one.first_stay + one.stays) for one in closed]
    for one in closed:
        later = changes_of(ledger, one)
        strange = [
            n for n in later["number"] if n is None or not any(n in part for part in numbers)
        ]
        if strange:
            yield f"{one.entry.title}有 {len(strange)} 条调整说的住院不在台账里"
        for layer in run_of(ledger, one).layers:
            columns = [f"{layer.id}_{name}_fen" for name in names]
            gap = 2 * pl.col(columns[0]) - pl.sum_horizontal(columns)
            torn = sum(
                table.filter(gap != 0).height for table in (stays_of(ledger, one, columns), later)
            )
            if torn:
                yield f"{one.entry.title}有 {torn:,} 笔住院{layer.name}申报 ≠ 核付 + 扣减 + 待核"


def _unbalanced(ledger: sqlite3.Connection) -> Iterator[str]:
    held = sum(part.fen for part in sums(ledger) if part.what == "held")
    if held != pending(ledger)["held_fen"].sum() + held_in_part(ledger):
        yield "待核金额与待核住院不符"
    balances = trial_balance(ledger)
    for fund in dict.fromkeys(entry.fund for entry in balances):
        own = [entry for entry in balances if entry.fund == fund]
        if sum(entry.debit for entry in own) != sum(entry.credit for entry in own):
            yield f"{fund}试算不平衡"


def _paid_to_nobody(ledger: sqlite3.Connection, closed: Sequence[Closing]) -> Iterator[str]:
    """Payments that no closing has carried, for stays that are not in the books."""
    numbers = [range(one.first_stay, one.first_stay + one.stays) for one in closed]
    for number in open_payments(ledger)["number"]:
        if not any(number in part for part in numbers):
            yield f"支付名单里编号 {number} 的住院不在台账里"


def posted_unlike(ledger: sqlite3.Connection, run: Run, sha256: str) -> list[str]:
    """Where a run folder is not the one that was closed, or its control totals are not those of the books."""
    period = run.period
    closed = [one for one in closings(ledger) if one.period.id == period.id]
    if not closed:
        return [f"{period.chinese}还没有关账"]
    if closed[0].sha256 != sha256:
        return [f"{period.chinese}：这个文件夹不是关账时的那一份"]
    return (
        []
        if run_of(ledger, closed[0]).control == run.info.control
        else [f"{period.chinese}的控制数不符"]
    )
