"""What the books say of one stay: the closing that brought it, every later line about it, and payments since."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from onestop_cli.explain.closed_stay import Booking
from onestop_cli.ledger.books import changes_of, closings, layers_of, stays_of, together
from onestop_cli.ledger.chain import PAYMENT, entries

_SHOWN = (
    "number", "source", "sheet", "row", "hospital", "level", "stay_no", "name", "id_no", "id_raw", "category",
    "discharged_on",
)  # fmt: skip


@dataclass(frozen=True)
class Life:
    """A closed stay (`row`, as it was posted, with its `period`) and all postings about it, in order."""

    row: dict[str, Any]
    bookings: tuple[Booking, ...]


def posted_stays(ledger: sqlite3.Connection) -> pl.DataFrame:
    """Of every closed stay what it can be found by, with its `number` and `period`."""
    parts = [
        stays_of(ledger, one, _SHOWN).with_columns(period=pl.lit(one.period.id))
        for one in closings(ledger)
    ]
    return together(parts) if parts else pl.DataFrame(schema=_NO_STAYS)


_NO_STAYS = {
    "number": pl.Int64,
    **dict.fromkeys((*_SHOWN[1:], "period"), pl.String),
    "row": pl.Int64,
}


def life(ledger: sqlite3.Connection, number: int) -> Life:
    """All about stay `number`, which is in the books."""
    row: dict[str, Any] = {}
    bookings: list[Booking] = []
    for one in closings(ledger):
        about = one.period.id, one.entry.number, one.entry.booked_at
        own = pl.col("number") == number
        if one.first_stay <= number < one.first_stay + one.stays:
            row = stays_of(ledger, one).filter(own).row(0, named=True) | {"period": one.period.id}
            bookings.append(Booking(*about, "关账", "", row))
        elif row and one.changes:
            lines = changes_of(ledger, one).filter(own).iter_rows(named=True)
            bookings += [Booking(*about, ln["kind"], ln.get("because") or "", ln) for ln in lines]
    return Life(row, (*bookings, *_payments(ledger, number)))


def _payments(ledger: sqlite3.Connection, number: int) -> Iterator[Booking]:
    """What the patient was paid since the last closing; earlier payments are in the lines of closings, as 补发."""
    after = max(one.entry.number for one in closings(ledger))
    for entry in entries(ledger, PAYMENT):
        for line in entry.content["lines"] if entry.number > after else ():
            if line["number"] == number:
                paid = {f"{line['layer']}_supplement_fen": line["fen"]}
                yield Booking("", entry.number, line["on"], "支付", "应补名单", paid)


def layer_names(ledger: sqlite3.Connection) -> list[tuple[str, str]]:
    """(id, name) of every layer of the books."""
    return [(id_, layer.name) for id_, layer in layers_of(ledger).items()]
