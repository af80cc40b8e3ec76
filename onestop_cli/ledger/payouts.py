"""一卡通发放: what patients are owed, sent to the bank in batches; what comes back is owed again and sent again.

A batch is a posting, and what it holds is on its way until its result is booked: then what was credited is a payment
(`owed.pay`), and what came back stands in the posting with the bank's reason. 大病二次补偿 is sent in batches of its
own; it was paid by its own posting, so that a result is no further payment.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import polars as pl

from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.ledger.books import closings, layers_of, rules_of, stays_of, together
from onestop_cli.ledger.chain import PAYOUT, PAYOUT_RESULT, Draft, append, end_of, entries
from onestop_cli.ledger.owed import Payment, owed, post_payments
from onestop_cli.ledger.second import PART, second_lines
from onestop_cli.ledger.store import transaction
from onestop_cli.money import yuan
from onestop_cli.statements.funds import fund_of


@dataclass(frozen=True)
class PayoutLine:
    """A credit to one person out of one fund: its number in the batch, and what it is made of, (stay, layer, fen)."""

    line: int
    name: str
    fund: str
    parts: tuple[tuple[int, str, int], ...]

    @property
    def fen(self) -> int:
        return sum(fen for _, _, fen in self.parts)


@dataclass(frozen=True)
class Batch:
    """A batch that was sent: its number, when, its lines; once its result is booked `on`, and what was `returned`."""

    number: int
    sent_at: str
    lines: tuple[PayoutLine, ...]
    on: str | None = None
    returned: Mapping[int, str] = field(default_factory=dict)

    @property
    def fen(self) -> int:
        return sum(line.fen for line in self.lines)

    @property
    def of_second(self) -> bool:
        """Whether it is 大病二次补偿."""
        return any(part[1].startswith(PART) for line in self.lines for part in line.parts)

    @property
    def returned_fen(self) -> int:
        return sum(line.fen for line in self.lines if line.line in self.returned)


def batches(ledger: sqlite3.Connection) -> list[Batch]:
    """All batches in the order they were sent."""
    results = {entry.content["batch"]: entry.content for entry in entries(ledger, PAYOUT_RESULT)}
    found = []
    for entry in entries(ledger, PAYOUT):
        number = entry.content["batch"]
        lines = tuple(
            PayoutLine(at, name, fund, tuple(tuple(part) for part in parts))
            for at, name, fund, parts in entry.content["lines"]
        )
        result = results.get(number, {})
        back = {int(at): why for at, why in result.get("returned", {}).items()}
        found.append(Batch(number, entry.booked_at, lines, result.get("on"), back))
    return found


def sendable(ledger: sqlite3.Connection) -> pl.DataFrame:
    """What is owed and not on its way (`owed.OWED`), with the person's `id_no` (null where unusable), the `fund`, how
    often it came back (`tries`) and why at last (`came_back`)."""
    on_way = {
        part[:2]
        for one in batches(ledger)
        if one.on is None
        for line in one.lines
        for part in line.parts
    }
    lines = owed(ledger)
    keep = [key not in on_way for key in lines.select("number", "layer").iter_rows()]
    lines = lines.filter(pl.Series(keep, dtype=pl.Boolean))
    layers = layers_of(ledger)
    schemes = {rule.id: rule.scheme for rule in rules_of(ledger).values()}
    tried = _came_back(ledger)
    keys = list(lines.select("number", "layer").iter_rows())
    lines = lines.join(_ids(ledger), on="number", how="left", maintain_order="left")
    pays = [
        fund_of(layers[id_], schemes.get(rule or "", ""))
        for id_, rule in lines.select("layer", "rule_id").iter_rows()
    ]
    return lines.drop("rule_id").with_columns(
        fund=pl.Series(pays, dtype=pl.String),
        tries=pl.Series([tried.get(key, (0, ""))[0] for key in keys], dtype=pl.Int64),
        came_back=pl.Series([tried.get(key, (0, ""))[1] for key in keys], dtype=pl.String),
    )


def sendable_second(ledger: sqlite3.Connection, year: int) -> pl.DataFrame:
    """What the year's 二次补偿 pays and no batch has sent, or one that came back: as `sendable`."""
    gone = {
        part[:2]
        for one in batches(ledger)
        for line in one.lines
        for part in line.parts
        if line.line not in one.returned
    }
    lines = second_lines(ledger, year)
    keys = list(lines.select("number", "layer").iter_rows())
    tried = _came_back(ledger)
    return lines.with_columns(
        tries=pl.Series([tried.get(key, (0, ""))[0] for key in keys], dtype=pl.Int64),
        came_back=pl.Series([tried.get(key, (0, ""))[1] for key in keys], dtype=pl.String),
    ).filter(pl.Series([key not in gone for key in keys], dtype=pl.Boolean))


def sent_of_second(ledger: sqlite3.Connection, posting: int) -> int:
    """How many credits of a 二次补偿 are on their way to the bank or were credited."""
    return sum(
        part[0] == posting and part[1].startswith(PART) and line.line not in one.returned
        for one in batches(ledger)
        for line in one.lines
        for part in line.parts
    )


def _came_back(ledger: sqlite3.Connection) -> dict[tuple[int, str], tuple[int, str]]:
    """(stay, layer) → how often a credit of it came back, and why the last time."""
    found: dict[tuple[int, str], tuple[int, str]] = {}
    for one in batches(ledger):
        for line in one.lines:
            if line.line in one.returned:
                for number, layer, _ in line.parts:
                    times, _ = found.get((number, layer), (0, ""))
                    found[number, layer] = times + 1, one.returned[line.line]
    return found


def _ids(ledger: sqlite3.Connection) -> pl.DataFrame:
    """The person of each stay, and the document that governs it: number, id_no, rule_id."""
    wanted = ["number", "id_no", "decided_id_no", "rule_id"]
    tables = [stays_of(ledger, one, wanted) for one in closings(ledger)]
    none = pl.DataFrame(schema={"number": pl.Int64, "id_no": pl.String, "rule_id": pl.String})
    if not tables:
        return none
    rows = together(tables)
    decided = (
        pl.col("decided_id_no") if "decided_id_no" in rows.columns else pl.lit(None, pl.String)
    )
    return rows.select("number", "rule_id", id_no=pl.coalesce(decided, "id_no"))


def send(
    ledger: sqlite3.Connection,
    lines: Sequence[PayoutLine],
    operator: str,
    now: datetime,
    seen: int,
) -> int:
    """Book a batch of `lines`; its number. `seen`: the last posting when they were made up; raises `CannotRun` when
    there is a later one."""
    with transaction(ledger):
        if end_of(ledger)[0] != seen:
            raise stop("台账刚刚有变动，没有记账", "请再运行一次")
        number = len(entries(ledger, PAYOUT)) + 1
        kept = [[line.line, line.name, line.fund, list(line.parts)] for line in lines]
        append(ledger, Draft(PAYOUT, {"batch": number, "lines": kept}, operator, now))
    return number


def next_batch(ledger: sqlite3.Connection) -> int:
    """The number the next batch will have."""
    return len(entries(ledger, PAYOUT)) + 1


def batch_under_way(ledger: sqlite3.Connection, number: int) -> Batch:
    """The batch of that number; raises `CannotRun` when there is none, or its result is booked already."""
    found = {one.number: one for one in batches(ledger)}
    remedy = "用 onestop ledger payout --list 看各批"
    if number not in found:
        raise stop(f"没有第 {number} 批发放", remedy)
    if found[number].on is not None:
        raise stop(f"第 {number} 批已经在 {found[number].on} 记过结果", remedy)
    return found[number]


def book_result(
    ledger: sqlite3.Connection,
    batch: Batch,
    returned: Mapping[int, str],
    file: Mapping[str, str],
    on: date,
    operator: str,
    now: datetime,
) -> None:
    """Book what became of a batch: its lines in `returned` (line → reason) came back, all others were credited.

    Raises `CannotRun` where the books owe something else by now.
    """
    with transaction(ledger):
        batch_under_way(ledger, batch.number)
        due = {
            (n, layer): fen
            for table in (owed(ledger), second_lines(ledger))
            for n, layer, fen in table.select("number", "layer", "fen").rows()
        }
        credited = [line for line in batch.lines if line.line not in returned]
        problems = [
            Problem(
                f"序号 {batch.number}-{line.line:04d}：台账现在应补 {yuan(due.get(part[:2], 0))} 元，"
                f"发放的是 {yuan(part[2])} 元",
                "发出以后又关账、应补有变动：请追回差额，在“退回原因”写明已追回，以后按新的数再发",
            )
            for line in credited
            for part in line.parts
            if due.get(part[:2]) != part[2]
        ]
        if problems:
            raise CannotRun(problems)
        content = {
            "batch": batch.number,
            "on": on.isoformat(),
            "returned": {str(line): why for line, why in sorted(returned.items())},
            "file": dict(file),
        }
        append(ledger, Draft(PAYOUT_RESULT, content, operator, now))
        payments = [
            Payment(*part, on)
            for line in credited
            for part in line.parts
            if not part[1].startswith(PART)
        ]
        if payments:
            post_payments(ledger, payments, file, operator, now)
