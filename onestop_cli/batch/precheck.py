"""`onestop precheck`: a hospital checks its own list before handing it in; no roster, no ledger."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from onestop_cli.batch.reconcile import columns_wanted, names_of, options_of
from onestop_cli.batch.start import county_settings
from onestop_cli.core.findings.files import file_findings, row_findings, total_findings
from onestop_cli.core.insured_area import areas_of
from onestop_cli.core.pipeline import Work, work
from onestop_cli.core.roster import understand_roster
from onestop_cli.county.periods import Period
from onestop_cli.county.settings import FileLayout, Settings
from onestop_cli.county.synonyms import names as synonyms
from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.money import yuan
from onestop_cli.readers.containers.limits import one_run
from onestop_cli.readers.layout.aliases import aliases
from onestop_cli.readers.register import read_register
from onestop_cli.readers.stays import read_stays
from onestop_cli.rosters.from_stays import register_of, roster_of
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.library import LoadedRule, known_rules, load_rules
from onestop_cli.statements.precheck import REMEDIES, WITHOUT_RULES, issues, must_mend
from onestop_cli.tables.reading import Reading
from onestop_cli.writers.forms.precheck_book import write_precheck_book
from onestop_cli.writers.forms.stays_list import not_written, write_stays_list
from onestop_cli.writers.screens.precheck import CheckedList, show_checked
from onestop_cli.writers.toolkit.folder import refuse_existing, staged_file


@dataclass(frozen=True)
class PrecheckOptions:
    """The options of `onestop precheck`. `hospital`, `level`: where the list has no such column."""

    paths: Sequence[Path]
    rules: Sequence[str] = ()
    hospital: str | None = None
    level: str | None = None
    out: Path | None = None
    save: Path | None = None
    passwords: Sequence[str] = ()


def precheck(asked: PrecheckOptions) -> CheckedList:
    """Check a list, show what to mend, and write it; raises `CannotRun` when the list cannot be read, or when it is to
    be saved and has something to mend."""
    for path in filter(None, (asked.out, asked.save)):
        if path.suffix.lower() != ".xlsx":
            raise stop("只能写成 .xlsx 文件", "请写以 .xlsx 结尾的文件名", str(path))
        refuse_existing(path)
    settings = _settings(asked)
    rules = load_rules(asked.rules or settings.reconcile.rules, settings.folder)
    with one_run(settings.limits.cells):
        reading = _read(asked, settings, rules)
    checked = check_list(reading, rules, settings)
    show_checked(checked)
    if asked.out:
        with staged_file(asked.out) as stage:
            write_precheck_book(checked, stage)
        print(f"\n清单已写到 {asked.out}")
    if asked.save:
        _save(asked.save, reading, checked, rules)
    return checked


def check_list(reading: Reading, rules: Sequence[LoadedRule], settings: Settings) -> CheckedList:
    """What the core finds in a list that is its own roster and register.

    The core does not work without a document; where none is named, what any of them says of amounts is left out.
    """
    book = Rulebook(tuple(rule.file for rule in rules or load_rules([min(known_rules())])))
    levels = _levels(reading.rows, settings)
    register = register_of(levels)
    names = names_of(settings, register, book)
    roster = understand_roster(roster_of(reading.rows), names.kinds)
    nowhere = areas_of(reading.rows.clear().lazy())  # where most patients live is not the county
    options = options_of(settings, nowhere)
    done = work(reading.rows, roster, register, book, _whole(reading.rows), names, options)
    found = pl.concat(
        [
            done.findings,
            total_findings(reading.totals),
            row_findings(reading.quarantine),
            file_findings(reading.findings),
        ]
    )
    lines = issues(found, REMEDIES.keys() if rules else WITHOUT_RULES)
    notes = [*reading.warnings, *_unchecked(done, levels, bool(rules), book)]
    return CheckedList(
        tuple(file.path for file in reading.inputs),
        len(reading.rows),
        int(reading.rows["total_fen"].fill_null(0).sum()),
        tuple(rule.file.title for rule in rules),
        _understood(reading),
        tuple(notes),
        lines,
        must_mend(lines).height,
    )


def _settings(asked: PrecheckOptions) -> Settings:
    settings = county_settings()
    if not (asked.hospital or asked.level):
        return settings
    said = FileLayout(file="*", hospital=asked.hospital, level=asked.level)
    return settings.model_copy(update={"layout": (*settings.layout, said)})


def _read(asked: PrecheckOptions, settings: Settings, rules: Sequence[LoadedRule]) -> Reading:
    known = [name for name, _ in _registered(settings)]
    hospitals = [asked.hospital] if asked.hospital else known
    wanted = columns_wanted(rules)
    reading = read_stays(asked.paths, settings, hospitals, wanted, asked.passwords)
    if reading.problems:
        raise CannotRun(reading.problems)
    if reading.rows.is_empty():
        raise stop("没有读到一行住院记录", "请检查给出的文件")
    if not reading.rows["hospital_raw"].count():
        raise stop("看不出是哪一家医院的表", "请加上 --hospital 医院名称 --level 机构级别")
    return reading


def _levels(stays: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Every hospital of the list with its level: as the list says, else as the county's register does."""
    known = synonyms(settings)
    said = {
        hospital: known.canonical_level(level) if level else None
        for hospital, level in stays.select("hospital_raw", "level_raw").iter_rows()
        if hospital
    }
    for hospital, level in stays.select("hospital_raw", "level_raw").iter_rows():
        if hospital and level and said[hospital] is None:
            said[hospital] = known.canonical_level(level)
    for hospital, level in _registered(settings):
        if hospital in said and said[hospital] is None:
            said[hospital] = level
    return pl.DataFrame(
        {"hospital": list(said), "level": list(said.values())},
        schema={"hospital": pl.String, "level": pl.String},
    )


def _registered(settings: Settings) -> list[tuple[str, str]]:
    file = settings.reconcile.register_file
    if file is None or not (settings.folder / file).is_file():
        return []
    try:
        return read_register(settings.folder / file, settings).select("hospital", "level").rows()
    except CannotRun:
        return []


def _whole(stays: pl.DataFrame) -> Period:
    """The span of the list's own days, so that no stay is of another period."""
    days = stays.select(day=pl.coalesce("settled_on", "discharged_on"))["day"].drop_nulls()
    first, last = days.min(), days.max()
    if first is None or last is None:
        raise stop("没有一行写有出院日期或结算日期", "请补上日期后再查")
    return Period("precheck", first, last)  # type: ignore[arg-type]


def _understood(reading: Reading) -> tuple[tuple[str, str], ...]:
    """Field, by its Chinese title → heading of the tables that were read."""
    fields = aliases("stays").fields
    pairs = [
        (fields[field].title, heading)
        for field in fields
        for sheet in reading.sheets
        if (heading := sheet.columns.get(field))
    ]
    return tuple(dict.fromkeys(pairs))


def _unchecked(done: Work, levels: pl.DataFrame, rules: bool, book: Rulebook) -> list[str]:
    """What could not be looked at, and why."""
    if not rules:
        return [
            "没有写政策文件（--rules 编号），补偿金额没有核；只查了证号、日期、重复、红冲和合计"
        ]
    notes = []
    unknown = levels.filter(pl.col("level").is_null())["hospital"].to_list()
    if unknown:
        notes.append(f"没有机构级别，按县级试算：{'、'.join(unknown)}（加 --level 乡级 这样说明）")
    codes = done.findings["code"]
    if no_terms := int((codes == "RU01").sum()):
        notes.append(f"{no_terms} 笔没有适用的条款（日期、级别或类别不在政策里），金额没有核")
    aid = [layer for layer in book.layers if book.on_roster(layer)]
    no_kind = done.stays.filter(
        pl.col("category").is_null(),
        pl.any_horizontal(pl.col(f"{la}_claimed_fen").fill_null(0) > 0 for la in aid)
        if aid
        else pl.lit(False),
    ).height
    if no_kind:
        notes.append(f"{no_kind} 笔申报了救助而没有写救助对象类别，救助金额没有核")
    notes.append("全年封顶、起付线只按这份表里的住院算；是否在册由县里核对")
    return notes


def _save(path: Path, reading: Reading, checked: CheckedList, rules: Sequence[LoadedRule]) -> None:
    """The list in our own columns, read again to prove that nothing is lost."""
    if checked.must:
        raise stop(
            f"还有 {checked.must} 处要改，没有写出上报表",
            "请照上面的清单改好原表，再查一次",
            str(path),
        )
    wanted = columns_wanted(rules)
    with TemporaryDirectory() as folder:
        draft = Path(folder) / path.name
        digest = write_stays_list(reading.rows, draft, {n: t[0] for n, t in wanted.items() if t})
        again = read_stays([draft], Settings(), [], wanted)
        lost = ["读不回来"] if again.problems or len(again.rows) != len(reading.rows) else []
        lost = lost or list(not_written(reading.rows, again.rows))
        if lost:
            what = f"这份表有上报表写不下的内容（{'、'.join(lost)}）"
            raise CannotRun([Problem(what, "请直接报送原表", str(path))])
        with staged_file(path) as stage:
            shutil.copyfile(draft, stage)
    total = yuan(checked.total_fen)
    print(f"\n上报表已写到 {path}：{checked.stays:,} 笔，总费用 {total} 元，自查校验码 {digest}")
