"""`onestop reconcile`: files in, run folder out. The one place where reading, the core and the papers meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from onestop_cli.batch import hospital_books
from onestop_cli.batch.closed_periods import remember
from onestop_cli.batch.describe import Read, about_past, about_run, counts, file_level, in_order
from onestop_cli.batch.guards import mostly_outside
from onestop_cli.batch.handed_in import of_reading
from onestop_cli.batch.request import Request, Tell
from onestop_cli.batch.retroactive import retroactive, rows_among
from onestop_cli.batch.told import (
    areas_told,
    beside_files,
    beside_stays,
    documents_told,
    kinds_of_care,
    no_list,
    of_files,
    other_spellings,
    unknown_kinds,
)
from onestop_cli.core.findings.whole_files import whole_files
from onestop_cli.core.household import unknown_households
from onestop_cli.core.identify import identify
from onestop_cli.core.insured import other_names
from onestop_cli.core.insured_area import areas_of, own_area
from onestop_cli.core.options import Earlier, NameLookup, Options
from onestop_cli.core.pipeline import Core, Work
from onestop_cli.core.reconcile import control
from onestop_cli.core.roster import understand_roster
from onestop_cli.county.inbox_check import Handed, inbox_notes, known_files
from onestop_cli.county.periods import parse_period
from onestop_cli.county.settings import Settings
from onestop_cli.county.synonyms import names as synonyms
from onestop_cli.errors import CannotRun, Problem, gathered, stop
from onestop_cli.readers.containers.inbox import open_together
from onestop_cli.readers.containers.limits import one_run
from onestop_cli.readers.containers.locked import passwords_in
from onestop_cli.readers.insured_list import InsuredList, read_insured
from onestop_cli.readers.register import read_register
from onestop_cli.readers.roster import roster_of
from onestop_cli.readers.stays import stays_of
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.library import LoadedRule, load_rules
from onestop_cli.rulebook.usable import unusable
from onestop_cli.run import Run
from onestop_cli.statements.effects import effects
from onestop_cli.tables.decisions import CARRIED_OUT, Decisions
from onestop_cli.tables.run_info import RunInfo
from onestop_cli.tables.schema import empty


def reconcile(request: Request, tell: Tell = lambda stage: None) -> Run:
    """A whole run in memory, control totals asserted; raises `CannotRun` with every problem at once."""
    with one_run(request.settings.limits.cells):
        read = read_inputs(request)
    chosen = [rule.file for rule in read.rules]
    read, earlier = remembered(request, read)
    book = Rulebook(tuple(rule.file for rule in read.rules))
    names = names_of(request.settings, read.register, book)
    handed = _handed(read, names)
    for note in known_files(handed):
        tell(f"注意：{note}")
    notes = [*inbox_notes(handed), *beside_files(request, read.register)]
    tell("核对计算")
    roster = understand_roster(read.roster.rows, names.kinds)
    period = parse_period(request.period)
    options = options_of(request.settings, areas_of(read.stays.rows.lazy()))
    core = Core(roster, read.register, book, period, names, options, read.insured.rows)
    done = core.work(read.stays.rows, earlier)
    notes += [*read.told, *documents_told(chosen, period, done.stays), *no_list(book, read.insured)]
    notes += kinds_of_care(chosen, read.stays.rows.lazy())
    notes += unknown_households(done.stays, book)
    notes += other_names(done.stays, read.insured.rows, book)
    if done.decided is not None:
        tell("处理意见逐条比较")
        done = with_effects(core, read.stays.rows, earlier, done)
    if request.ledger is not None:
        notes += retroactive(request.ledger, core, rows_among(read.stays.rows), earlier)
    tell("核对合计")
    return _run(request, read, earlier, book, roster, done, notes)


def with_effects(core: Core, rows: pl.DataFrame, earlier: Earlier, done: Work) -> Work:
    """`done`, whose decisions say what each of them changed."""
    if done.decided is None:
        return done
    without = core.work(rows, replace(earlier, decisions=None))
    changed = effects(done.decided, without.stays, done.stays, core.book.layers)
    return replace(done, decided=done.decided.join(changed, on="line", how="left"))


def _handed(read: Read, names: NameLookup) -> Handed:
    register = read.register["hospital"].unique(maintain_order=True).to_list()
    closed = read.past.files if read.past else {}
    return of_reading(read.stays, read.roster, register, names.hospital, closed, read.insured)


def remembered(request: Request, read: Read) -> tuple[Read, Earlier]:
    """What the ledger and the decisions bring."""
    told: list[str] = []
    lines = _lines_of(request, read.rules, told)
    read = replace(read, told=tuple(told))
    if request.ledger is None:
        return read, Earlier(None, _decisions(request, lines, empty(CARRIED_OUT)))
    book = Rulebook(tuple(rule.file for rule in read.rules))
    past = remember(
        request.ledger,
        read.stays.rows,
        read.rules,
        period=parse_period(request.period),
        hospital=names_of(request.settings, read.register, book).hospital,
        decisions=lines,
        recompute=request.recompute,
        roster=identify(read.roster.rows),
    )
    decisions = _decisions(request, lines, past.carried_out)
    return replace(read, rules=past.rules, past=past), Earlier(past.history, decisions)


def _decisions(
    request: Request, lines: pl.DataFrame | None, carried_out: pl.DataFrame
) -> Decisions | None:
    if lines is None or request.decisions is None:
        return None
    return Decisions(lines, request.decisions.name, carried_out)


def read_inputs(request: Request) -> Read:
    """All inputs; raises `CannotRun` with the problems of all of them, decisions included."""
    problems: list[Problem] = []
    settings = request.settings
    rules = gathered(problems, lambda: load_rules(request.rules, request.county_folder)) or ()
    problems += unusable(rules)
    register = gathered(problems, lambda: read_register(request.register, settings))
    register = pl.DataFrame() if register is None else register
    hospitals = register["hospital"].unique(maintain_order=True).to_list() if len(register) else []
    passwords = gathered(problems, lambda: passwords_in(request.password_file)) or ()
    layers = {layer.part_of or layer.id for rule in rules for layer in rule.file.layer} or None
    wanted = columns_wanted(rules)
    money = {e.id for rule in rules for e in rule.file.expense if e.columns}
    files = open_together([request.stays, request.roster], settings, passwords)
    hospital_books.prepare(len(hospitals))
    stays = stays_of(files[0], settings, hospitals, wanted, layers, money)
    roster = roster_of(files[1], settings)
    problems += [*stays.problems, *roster.problems]
    insured = gathered(problems, lambda: insured_of(settings)) or InsuredList()
    if not problems and len(stays.rows) == 0:
        raise stop("没有读到一行住院记录", "请检查 --stays 给出的文件或文件夹")
    if problems:
        gathered(problems, lambda: _lines_of(request, rules, []))
        raise CannotRun(problems)
    return Read(stays, roster, register, rules, insured=insured)


def _lines_of(
    request: Request, rules: Sequence[LoadedRule], told: list[str]
) -> pl.DataFrame | None:
    """The filled lines of the decisions, None without any; what was not read of them is told."""
    if not request.decisions:
        return None
    from onestop_cli.readers.decisions import read_decisions

    layers = {la.name: la.part_of or la.id for r in rules for la in r.file.layer}
    return read_decisions(request.decisions, layers, told)


def insured_of(settings: Settings) -> InsuredList:
    """The lists of insured people that onestop.toml names; raises `CannotRun` for what cannot be used of them."""
    return read_insured(settings.folder / path for path in settings.reconcile.insured)


def columns_wanted(rules: Sequence[LoadedRule]) -> Mapping[str, Sequence[str]]:
    """Further export columns that the documents' terms depend on: the headers of all of them."""
    wanted: dict[str, dict[str, None]] = {}
    for file in (rule.file for rule in rules):
        asked = {d.id: d.columns for d in file.dimension if d.source in ("stay", "years")}
        asked |= {expense.id: expense.columns for expense in file.expense if expense.columns}
        for name, titles in asked.items():
            wanted.setdefault(name, {}).update(dict.fromkeys(titles))
    return {name: list(titles) for name, titles in wanted.items()}


def names_of(settings: Settings, register: pl.DataFrame, book: Rulebook) -> NameLookup:
    """How the county's texts become names."""
    known = synonyms(settings)
    hospitals, categories = (
        register["hospital"].unique(maintain_order=True).to_list(),
        book.priority,
    )

    def kinds(text: str) -> list[str]:
        return known.kinds(text, categories, book.no_right)

    def category(text: str) -> str | None:
        return next(iter(kinds(text)), None)

    return NameLookup(
        hospital=lambda text: known.canonical_hospital(text, hospitals),
        level=known.canonical_level,
        category=category,
        categories=kinds,
    )


def options_of(settings: Settings, areas: pl.DataFrame) -> Options:
    """What onestop.toml sets of the core; `areas` of all rows tell the county's own where it does not (`areas_of`)."""
    held = frozenset(code for code, who in settings.liability.items() if who == "held")
    chosen = settings.reconcile
    area = own_area(areas, settings.county.code)
    return Options(chosen.tolerance_fen, chosen.near_cap_rate, chosen.readmission_days, held, area)


def again(earlier: Earlier) -> dict[str, list[str]]:
    """The closed periods that were worked out again, for `run.json`."""
    found = sorted(earlier.history.recompute) if earlier.history else []
    return {"recomputed": found} if found else {}


def _by_status(stays: pl.DataFrame) -> dict[str, int]:
    return dict(stays["status"].value_counts().sort("status").iter_rows())


def _run(
    request: Request,
    read: Read,
    earlier: Earlier,
    book: Rulebook,
    roster: pl.DataFrame,
    done: Work,
    notes: Sequence[str],
) -> Run:
    findings, quarantine = file_level(read, roster)
    period = parse_period(request.period)
    info = RunInfo.model_validate(
        {
            **about_run(request.made_at, period, request.settings, request.register, read, book),
            "counts": counts(read, _by_status(done.stays), done.joined),
            "control": control(done.stays, book.layers),
            "warnings": [
                *mostly_outside(done.stays),
                *whole_files(done.stays, done.findings, book.layers),
                *notes,
                *read.stays.warnings,
                *read.roster.warnings,
                *of_files(read),
                *areas_told(areas_of(read.stays.rows.lazy()), request.settings),
                *unknown_kinds(roster, book),
                *other_spellings(done.stays, read.register, request.settings),
                *beside_stays(period, read.register, earlier, done.adjustments),
                *done.notes,
            ],
            **about_past(request.decisions, done.decided, read.past, done.adjustments),
            **again(earlier),
        }
    )
    stays = in_order(done.stays, book.layers)
    documents = {rule.file.id: rule.data for rule in read.rules}
    findings = pl.concat([done.findings, findings])
    tables = stays, findings, roster, quarantine, done.adjustments
    return Run(info, *tables, documents, read.register, done.closed)
