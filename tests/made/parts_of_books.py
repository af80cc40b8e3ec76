"""A second half-year in parquet beside the books of the first: copies, reversals and refunds of closed stays, names
that the roster has not, and decisions about people who lie in different parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from openpyxl import Workbook

from onestop_cli.batch.buckets import reconcile_in_parts
from onestop_cli.batch.request import Request
from onestop_cli.readers.own_forms import DECISION_TITLES as COLUMNS
from onestop_cli.run import Run, load_run
from samples.fabricate.many import Many
from tests.made.books import new_books, post
from tests.made.parts import tangled, written

_JULY, _AUGUST = date(2010, 7, 1), date(2010, 8, 1)
_FEN = pl.col("^.*_fen$")
_SIGNED = {
    "reason": "已核实",
    "evidence": "记录",
    "made_by": "张三",
    "checked_by": "李四",
    "decided_on": "2010-12-30",
}


def second_half(folder: Path) -> Request:
    """The request for 2010H2, its ledger with 2010H1."""
    many = tangled()
    early = pl.col("settled_on") < _JULY
    first = replace(written(_of(many, many.stays.filter(early)), folder / "一"), period="2010H1")
    reconcile_in_parts(first, folder / "h1", 1, "local")
    run = load_run(folder / "h1")
    with new_books(folder / "台账.sqlite", date(2010, 1, 1)) as books:
        post(books, run)
    paid = run.stays.filter(status="settled").select("row")
    later = [many.stays.filter(~early), *_about(many.stays.join(paid, on="row", how="semi"))]
    strange = pl.when(pl.col("row").is_between(300, 305)).then(pl.lit("王王王"))
    rows = (
        pl.concat(later)
        .with_columns(source=pl.lit("h2.parquet"), row=pl.int_range(2, pl.len() + 2))
        .with_columns(name=strange.otherwise("name"))
    )
    request = written(_of(many, rows), folder / "二")
    return replace(request, period="2010H2", ledger=folder / "台账.sqlite")


def _of(many: Many, rows: pl.DataFrame) -> Many:
    return replace(many, stays=rows)


def _about(closed: pl.DataFrame) -> Sequence[pl.DataFrame]:
    """Copies of closed stays, reversals, refunds of a part, and copies without an ID."""
    again = closed.with_columns(settled_on=_AUGUST)
    return (
        closed.slice(5, 6),
        again.slice(20, 5).with_columns(_FEN * -1),
        again.slice(40, 3).with_columns(_FEN * -1 // 2),
        again.slice(60, 3).with_columns(id_raw=pl.lit(None, pl.String)),
    )


def decided(run: Run, path: Path, *more: Mapping[str, Any]) -> Path:
    """Decisions about every kind of finding of `run`, and `more`, as a workbook at `path`."""
    numbers = run.roster["id_no"].drop_nulls()

    def about(code: str) -> list[dict[str, Any]]:
        where = ("source", "sheet", "row", "hospital", "stay_no", "name", "code")
        of_stays = run.findings.filter(pl.col("row").is_not_null(), code=code)
        return of_stays.unique("row", maintain_order=True).select(where).sort("row").to_dicts()

    lines = [
        *({**line, "decision": "受理冲红"} for line in about("ST06")),
        *(
            {**line, "decision": "认定证号", "id_no": numbers[7 * line["row"] % 300].lower()}
            for line in about("ID01")
        ),
        *({**line, "row": None, "decision": "拒付"} for line in about("ST07")[:3]),
        *({**line, "decision": "放行"} for line in about("ID04")[:4]),
        *({**line, "decision": "认定类别", "category": "五保户"} for line in about("AM01")),
        *more,
    ]
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(list(COLUMNS))
    for line in lines:
        whole = {**_SIGNED, **line}
        sheet.append([whole.get(field) for field in COLUMNS.values()])
    book.save(path)
    return path
