"""A closed stay made plain: what was paid then, what is right now, why it changes, and which stay or row made it.

A posting of the books about it is a `Booking`; the figures of a run's own adjustment line are columns of that run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from onestop_cli.core.adjustments import POSTED
from onestop_cli.core.findings.catalogue import CATALOGUE
from onestop_cli.money import yuan
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.run import Run
from onestop_cli.statements.statement import STATUS
from onestop_cli.tables.schema import PLACE, row_place
from onestop_cli.working import Group, Line, figure
from onestop_cli.working.lines import named

Row = Mapping[str, Any]
Layers = Sequence[tuple[str, str]]
"""(id, name) of each layer."""

AMOUNTS = {
    "claimed": "申报",
    "payable": "核付",
    "deducted": "扣减",
    "held": "待核",
    "shortfall": "少付",
    "offset": "层间调整",
    "supplement": "补发患者",
}
_OWED, _OWN = "patient_owed_fen", "self_fen"
_OTHERS = ("restated_place", "closed_place", "overlap_place", "twin_place", "refund_place")
"""Where a closed stay names the row that changes it."""


@dataclass(frozen=True)
class Booking:
    """A posting about a stay: the closing that brought it (`kind` 关账), a later line about it, or a payment. `row`:
    its amounts, of later ones the differences, and how the stay stands by it (`status`, `blocking`)."""

    period: str
    number: int
    day: str
    kind: str
    because: str
    row: Row


@dataclass(frozen=True)
class Standing:
    """A closed stay as it stands by the books: its `row` worked out again (all columns, and `posted_…`), all closed
    stays of its person likewise, and the documents (`book`) that they were worked out by."""

    row: Row
    person: pl.DataFrame
    book: Rulebook


def names_of_amounts(layers: Layers) -> dict[str, str]:
    """Column of an amount that the books keep → what it is called."""
    each = {
        f"{id_}_{what}_fen": f"{name}{AMOUNTS[what]}" for id_, name in layers for what in POSTED
    }
    return each | {_OWED: "应补未补", _OWN: "个人自付"}


def changed_now(run: Run, row: Row, layers: Layers) -> tuple[Group, ...]:
    """Of a stay of `run.closed`: why it changes, by what, and every amount beside what was posted so far."""
    why = (
        Line("原属", f"{row['period']}，已关账"),
        Line("上期调整", f"{row['kind']}：{row['because']}"),
        *_waits(row),
        *(Line("对应的住院", said) for said in counterparts(run, row)),
    )
    gone = row["status"] == "reversed"
    found = []
    for name, label in names_of_amounts(layers).items():
        now, before = 0 if gone else int(row[name] or 0), int(row.get(f"posted_{name}") or 0)
        if now or before:
            sums = f"{named('现在', now)} − {named('已入账', before)}"
            found.append(figure(label, sums, now - before, strong=now != before))
    return tuple(Group(lines) for lines in (why, tuple(found)) if lines)


def unlike_posted(row: Row, layers: Layers) -> Iterator[Line]:
    """What to know where the sums do not come to what was posted; what was paid to the patient since the last closing,
    and so is owed no more, stands in no closing yet."""
    gone = row["status"] == "reversed"
    unlike = [
        label
        for name, label in names_of_amounts(layers).items()
        if name != _OWED
        and not name.endswith("_supplement_fen")
        and (0 if gone else int(row[name] or 0)) != int(row.get(f"posted_{name}") or 0)
    ]
    if unlike:
        what = "、".join(unlike)
        yield Line("注意", f"{what}与已入账的不同（程序或花名册后来有变动），以台账各笔为准")


def _waits(row: Row) -> Iterator[Line]:
    """How the stay stands now, and what holds it."""
    held = [code for code in (row["blocking"] or "").split(";") if code in CATALOGUE]
    by = "、".join(f"{code} {CATALOGUE[code].title}" for code in held)
    waits = row["status"] == "held" and by
    yield Line("现在", f"{STATUS[row['status']]}{f'：{by}' if waits else ''}")


def counterparts(run: Run, row: Row) -> Iterator[str]:
    """The rows of `run` that make the closed stay change; where only its year looks different, those of the person's
    year."""
    places = {row[name] for name in _OTHERS if row.get(name)}
    own = f"{row['period']} · {_place(row)}"
    told = pl.col("_place").is_in(places) | (pl.col("reverses_place") == own)
    stays = run.stays.with_columns(_place=row_place())
    found = stays.filter(told.fill_null(value=False))
    if found.is_empty() and row["kind"] == "重算":
        person = pl.coalesce("id_no", "person") == (row["id_no"] or row["person"])
        found = stays.filter(person, pl.col("benefit_year") == row["benefit_year"])
        found = found.filter(pl.col("status") != "held")
    for other in found.iter_rows(named=True):
        yield f"{about(other)}，{STATUS[other['status']]}，总费用 {yuan(other['total_fen'])}"


def _place(row: Row) -> str:
    """As `row_place` writes it."""
    return " · ".join(filter(None, (row["source"], row["sheet"], f"第{row['row']}行")))


def about(row: Row) -> str:
    """A stay in a few words: hospital, number, name, day, and where it stands."""
    place = ":".join(str(row[part]) for part in PLACE if row[part])
    return (
        f"{row['hospital'] or '（空）'} 住院号 {row['stay_no'] or '（空）'}，{row['name'] or '（空）'}，"
        f"{row['discharged_on'] or '（空）'} 出院（{place}）"
    )


def booked(bookings: Sequence[Booking], layers: Layers) -> tuple[Group, ...]:
    """Every posting about a stay, in order, and where they leave it. `bookings`: the closing first."""
    names = names_of_amounts(layers)
    groups = [Group((_head(one), *_figures(one, names))) for one in bookings]
    if len(bookings) > 1:
        groups.append(Group(tuple(_together(bookings, names))))
    return tuple(groups)


def _head(one: Booking) -> Line:
    said = f"第 {one.number} 号记账，{one.day[:10]}"
    if one.kind != "关账":
        said += f"；{one.kind}：{one.because}" if one.because else f"；{one.kind}"
    status = one.row.get("status")
    if status:
        codes = (one.row.get("blocking") or "").replace(";", "、")
        said += f"；{STATUS[status]}" + (f"（{codes}）" if codes and status == "held" else "")
    what = {"关账": "关账", "支付": "支付"}.get(one.kind, "上期调整")
    return Line(f"{one.period} {what}".strip(), said, strong=True)


def _figures(one: Booking, names: Mapping[str, str]) -> Iterator[Line]:
    for name, label in names.items():
        if fen := int(one.row.get(name) or 0):
            yield figure(label, "", fen)


def _together(bookings: Sequence[Booking], names: Mapping[str, str]) -> Iterator[Line]:
    """What all postings come to, for every amount that any of them moved."""
    for name, label in names.items():
        parts = [(one, int(one.row.get(name) or 0)) for one in bookings]
        if any(fen for _, fen in parts):
            sums = " + ".join(named(one.period or one.kind, fen) for one, fen in parts if fen)
            yield figure(f"至今{label}", sums, sum(fen for _, fen in parts), strong=True)
