"""Hospitals' discharge exports become stays."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from onestop_cli.county import platform
from onestop_cli.county.settings import Settings
from onestop_cli.county.synonyms import Names, names
from onestop_cli.errors import Problem
from onestop_cli.readers.containers.inbox import open_files
from onestop_cli.readers.layout.aliases import aliases, tidy
from onestop_cli.readers.layout.cells import sex_in_words
from onestop_cli.readers.layout.clearing import compared, without_statements
from onestop_cli.readers.layout.copies import without_copies
from onestop_cli.readers.layout.days import spans
from onestop_cli.readers.layout.doubts import columns_hint, layout_hint, two_headers
from onestop_cli.readers.layout.headers import Header
from onestop_cli.readers.layout.hospital import hospital_named_by
from onestop_cli.readers.layout.household import same_as_above
from onestop_cli.readers.layout.identities import proofs
from onestop_cli.readers.layout.reading_faults import Faults, read_days
from onestop_cli.readers.layout.row_kinds import Sorted, sort_rows
from onestop_cli.readers.layout.sheets import (
    BIRTH_CENTURY,
    account,
    id_numeric,
    place_columns,
    quarantine,
    read_all,
    spoiled_ids,
)
from onestop_cli.readers.layout.table_spec import Sought
from onestop_cli.readers.layout.typed import Table, named_unit
from onestop_cli.readers.layout.unread import said, stops, unread_columns
from onestop_cli.readers.layout.whose import hospital_named
from onestop_cli.readers.stay_amounts import amounts
from onestop_cli.readers.stay_marks import marks, numbers, settled
from onestop_cli.tables.reading import TOTALS, Proof, Reading, SheetReading, together
from onestop_cli.tables.schema import PAYERS, READ_STAYS

_WORDS = {
    "level_raw": "level",
    "category_raw": "category",
    "township_raw": "township",
    "village_raw": "village",
    "address_raw": "address",
    "sex_raw": "sex",
    "hospital_code": "hospital_code",
    "insured_area": "insured_area",
    "disease": "disease",
    "scheme_raw": "scheme",
    "referral_raw": "referral",
    "visit_raw": "visit",
}
"""Column of `READ_STAYS` → field."""

_AROUND = ("title", "footer", "odd")


def read_stays(
    paths: Sequence[Path],
    settings: Settings,
    hospitals: Sequence[str],
    extra_columns: Mapping[str, Sequence[str]] | None = None,
    passwords: Sequence[str] = (),
    layers: Collection[str] | None = None,
    money: Collection[str] = (),
) -> Reading:
    """Every stay in the files behind `paths`; `passwords` are tried on locked workbooks.

    `hospitals`: the names in the register, against which a file without a hospital column is held.
    `extra_columns`: name → headers of further columns, handed on as strings `x_<name>`. `layers`: of the run; the
    amounts of any other are not read (FI03), and None knows of all. `money`: which of `extra_columns` are amounts;
    they are handed on in plain yuan.
    """
    known, no_number = names(settings), settings.synonyms.no_number
    wanted = Wanted(known, hospitals, extra_columns or {}, layers, no_number, money)
    inbox = open_files(paths, settings, passwords)
    kept, copies = without_copies(inbox.opened, lambda name: hospital_named(name, known, hospitals))
    kept, apart, statements = without_statements(kept)
    sheets, more = read_all(
        kept,
        stays_sought(),
        settings,
        lambda table: read_stays_table(table, wanted),
    )
    schema = {**READ_STAYS, **{f"x_{name}": pl.String for name in wanted.extra}}
    inputs = (file.file for file in inbox.opened)
    problems = [*inbox.problems, *more]
    reading = together(schema, [*sheets, *copies, *apart], inputs, problems, inbox.notes)
    more_said = compared(reading.rows, statements)
    return replace(reading, warnings=(*reading.warnings, *more_said))


@dataclass(frozen=True)
class Wanted:
    """What a list of stays is read for: names, the register's hospitals, headers that documents ask for, layers, and
    what the county writes where there is no number, and which of the further headers hold amounts."""

    known: Names
    hospitals: Sequence[str]
    extra: Mapping[str, Sequence[str]] = field(default_factory=dict)
    layers: Collection[str] | None = None
    no_number: Sequence[str] = ()
    money: Collection[str] = ()

    def titles(self, name: str) -> Sequence[str]:
        """The headers of a further column."""
        return (name, *self.extra[name])


def stays_sought() -> Sought:
    """What a table of stays has."""
    return Sought("住院明细", aliases("stays"), _lacking, empty=False)


def _lacking(header: Header) -> list[str]:
    """The needed columns that are missing; of the payers one is enough."""
    fields = aliases("stays").fields
    here = {*header.columns, *header.rivals}
    here |= {"discharged"} if "admitted" in here and _may_be_a_span(header) else set()
    here |= {"admitted", "discharged"} if "span" in here else set()
    missing = [field.title for field in fields.values() if field.needed and field.id not in here]
    payers = [fields[payer].title for payer in ("basic", "assistance")]
    return missing if here.intersection(PAYERS) else [*missing, " 或 ".join(payers)]


def _may_be_a_span(header: Header) -> bool:
    """住院时间 without a day of discharge is often both days in one cell."""
    return any(
        tidy(header.label(c)) in ("住院时间", "住院日期")
        for c in header.columns.get("admitted", ())
    )


def read_stays_table(table: Table, wanted: Wanted) -> tuple[SheetReading | None, list[Problem]]:
    """One sheet, or why it cannot be read."""
    extra = wanted.extra
    rows = sort_rows(table, lone_person=False)
    whose, problems = hospital_named_by(table, wanted.known, wanted.hospitals)
    problems += two_headers(table, rows)
    problems += [] if not rows.data.any() or _has_discharge(table, rows) else [_no_discharge(table)]
    problems += _two_units(table, rows)
    asked = [c for name, titles in extra.items() for c in table.headed((name, *titles))]
    unread = unread_columns(table, rows, asked, wanted.layers)
    problems += stops(table, unread)
    if problems:
        return None, problems
    words, notes = _words(table, rows, whose, extra)
    stays = _stays(table, words, wanted).filter(rows.data)
    stays = wanted.known.with_places(stays, "township_raw", "village_raw")
    return SheetReading(
        account(table, rows, whose, notes),
        stays,
        quarantine(table, rows, "stay"),
        _mismatches(table, rows),
        spoiled_ids(table, stays),
        said(table, unread),
        tuple(_proofs(table, rows, stays)),
    ), []


def _proofs(table: Table, rows: Sorted, stays: pl.DataFrame) -> Iterator[Proof]:
    """The sums that the sheet's columns allow to try."""
    amounts = {field: fen.filter(rows.data) for field, fen in table.amounts.items()}
    own = stays["self_claimed_fen"]
    return proofs(amounts | ({"own": own} if own.count() else {}), stays["row"])


def _span_field(table: Table) -> str | None:
    """The field whose cells hold both days, when the days of admission and discharge have no column each."""
    columns = table.header.columns
    if "admitted" in columns and "discharged" in columns:
        return None
    return "span" if "span" in columns else "admitted"


def _has_discharge(table: Table, rows: Sorted) -> bool:
    """Whether a day of discharge can be read in any row, be it beside the admission in one cell."""
    field = _span_field(table)
    column = table.first(field) if field else None
    if column is None:
        return True
    return bool(
        spans(table.columns[column], table.habit())[1].filter(rows.data).is_not_null().any()
    )


def _no_discharge(table: Table) -> Problem:
    place = table.grid.source, table.grid.sheet, table.header.last + 1
    hint = columns_hint(table.grid, [("出院日期", "表头文字")])
    return Problem("缺少出院日期列", f"请补上这一列；换了叫法的，{hint}", *place)


def _two_units(table: Table, rows: Sorted) -> list[Problem]:
    """Lines around the data that name different units."""
    if table.layout and table.layout.unit:
        return []
    around = [row for row, kind in zip(table.grid.rows, rows.kinds, strict=True) if kind in _AROUND]
    units = {unit for row in around for cell in row if (unit := named_unit(str(cell)))}
    if units <= {table.unit}:
        return []
    remedy = "请核对后" + layout_hint(table.grid, 'unit = "元"', "--unit 元")
    what = f"金额单位说法不一：{'、'.join(sorted(units | {table.unit}))}"
    return [Problem(what, remedy, table.grid.source, table.grid.sheet)]


def _words(
    table: Table, rows: Sorted, whose: str | None, extra: Mapping[str, Sequence[str]]
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The text columns of `READ_STAYS`, and a note when blank hospitals were filled."""
    more = {f"x_{name}": table.words_under((name, *titles)) for name, titles in extra.items()}
    words = table.take(
        hospital_raw=pl.lit(whose) if whose else table.trimmed("hospital"),
        name=table.trimmed("name"),
        id_raw=table.raw("id_no"),
        person_type=table.words("person_type"),
        **{column: table.words(field) for column, field in _WORDS.items()},
        **more,
    ).pipe(_kind_of_person)
    if table.layout and table.layout.level and "level" not in table.header.columns:
        words = words.with_columns(level_raw=pl.lit(table.layout.level))
    hospital, filled = same_as_above(words["hospital_raw"], rows.data)
    notes = (f"医疗机构列有 {filled} 处空白，按“同上”读",) if filled else ()
    return words.with_columns(hospital), notes


def _kind_of_person(words: pl.DataFrame) -> pl.DataFrame:
    """人员类别 names a category of aid here and the kind of insurance there; a place of insurance may be a township."""
    texts = pl.concat([words["person_type"], words["category_raw"]]).unique().drop_nulls()
    kinds = {text: kind for text in texts if (kind := platform.insured_kind(text))}
    schemes = {text: platform.first_word("insutype", kind) for text, kind in kinds.items()}
    told, category = pl.col("person_type"), pl.col("category_raw")
    insured = [
        column.replace_strict(schemes, default=None, return_dtype=pl.String)
        for column in (told, category)
    ]
    aid = [
        pl.when(~column.is_in(list(kinds)) & ~column.str.contains(r"^\d+$")).then(column)
        for column in (category, told)
    ]
    area = pl.col("insured_area")
    return words.with_columns(
        category_raw=pl.coalesce(aid),
        scheme_raw=pl.coalesce("scheme_raw", *insured),
        sex_raw=sex_in_words(pl.col("sex_raw")),
        township_raw=pl.coalesce("township_raw", pl.when(~area.str.contains(r"^\d")).then(area)),
    )


def _stays(table: Table, words: pl.DataFrame, wanted: Wanted) -> pl.DataFrame:
    """Every row below the header in the form of `READ_STAYS`, data or not."""
    schema = {**READ_STAYS, **{f"x_{name}": pl.String for name in wanted.extra}}
    numeric = id_numeric(table, "id_no").alias("id_numeric")
    return words.with_columns(
        numeric,
        **place_columns(table),
        **_days(table),
        **amounts(table, {name: wanted.titles(name) for name in wanted.money}),
        **numbers(table, wanted.no_number),
        **marks(table),
    ).select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def _days(table: Table) -> dict[str, pl.Series]:
    """The day columns, the fund year, and one sentence on what could not be read."""
    faults = Faults(table)
    found = _stay_days(table, faults)
    found |= settled(table, faults)
    found["birth_on"] = read_days(table, "birth", table.habit(century=BIRTH_CENTURY), None)
    found["fund_year"] = _fund_year(table, faults)
    return {**found, "date_fault": faults.series()}


def _stay_days(table: Table, faults: Faults) -> dict[str, pl.Series]:
    """Days of admission and discharge, from a column each or from one for both."""
    habit, field = table.habit(), _span_field(table)
    column = table.first(field) if field else None
    if field is None or column is None:
        return {
            f"{field}_on": read_days(table, field, habit, faults, needed=True)
            for field in ("admitted", "discharged")
        }
    first, last, wrong = spans(table.columns[column], habit)
    faults.unread(column, wrong, "不是看得懂的起止日期")
    faults.blank(field, [row for row in first.is_null().arg_true() if row not in set(wrong)])
    return {"admitted_on": first, "discharged_on": last}


def _fund_year(table: Table, faults: Faults) -> pl.Series:
    """基金年份 as a number: `2010`, `2010年`, `2010年度`."""
    column = table.first("fund_year")
    if column is None:
        return pl.repeat(None, table.height, dtype=pl.Int64, eager=True)
    frame = table.take(text=table.words("fund_year")).with_columns(
        year=pl.col("text").str.extract(r"^((?:19|20)\d\d)年?度?$").cast(pl.Int64)
    )
    wrong = frame.select(pl.col("text").is_not_null() & pl.col("year").is_null()).to_series()
    faults.unread(column, list(wrong.arg_true()), "不是年份")
    return frame["year"]


def _mismatches(table: Table, rows: Sorted) -> pl.DataFrame:
    """Total rows that differ from their rows."""
    return pl.DataFrame(
        [
            {
                "source": table.grid.source,
                "sheet": table.grid.sheet,
                "row": table.offset + m.row + 1,
                "label": m.label,
                "column": table.aliases.fields[m.field].title,
                "stated_fen": m.stated_fen,
                "computed_fen": m.computed_fen,
            }
            for m in rows.mismatches
        ],
        schema=dict(TOTALS),
    )
