"""`onestop reconcile`: files in, run folder out. The one place where reading, the core and the papers meet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from onestop_cli.batch import hospital_books
from onestop_cli.batch.closed_periods import remember
from onestop_cli.batch.describe import (
    Read,
    about_past,
    about_run,
    counts,
    file_level,
    in_order,
)
from onestop_cli.batch.guards import mostly_outside
from onestop_cli.batch.handed_in import of_reading
from onestop_cli.batch.misnamed import beside_places, filled_in_place, misnamed, unlisted
from onestop_cli.batch.request import Request, Tell
from onestop_cli.batch.retroactive import retroactive, rows_among
from onestop_cli.batch.runs import runs_in
from onestop_cli.core.corrected import CORRECTED
from onestop_cli.core.findings.whole_files import whole_files
from onestop_cli.core.household import unknown_households
from onestop_cli.core.identify import identify
from onestop_cli.core.insured import other_names
from onestop_cli.core.insured_area import areas_of, mostly_elsewhere, own_area, several_areas
from onestop_cli.core.options import Earlier, NameLookup, Options
from onestop_cli.core.pipeline import Core, Work
from onestop_cli.core.reconcile import control
from onestop_cli.core.roster import understand_roster
from onestop_cli.county.inbox_check import Handed, inbox_notes, known_files, skipped
from onestop_cli.county.periods import Period, parse_period
from onestop_cli.county.settings import Settings
from onestop_cli.county.spelling import hospitals, kind_question, offered
from onestop_cli.county.synonyms import names as synonyms
from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.ledger.accounts import UNKNOWN
from onestop_cli.readers.containers.inbox import open_together
from onestop_cli.readers.containers.limits import one_run
from onestop_cli.readers.containers.locked import passwords_in
from onestop_cli.readers.insured_list import InsuredList, read_insured
from onestop_cli.readers.layout.identities import together
from onestop_cli.readers.register import read_register
from onestop_cli.readers.roster import roster_of
from onestop_cli.readers.stays import stays_of
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.dimensions import unlisted_kinds
from onestop_cli.rulebook.language import RuleFile
from onestop_cli.rulebook.library import LoadedRule, load_rules
from onestop_cli.rulebook.usable import unusable
from onestop_cli.run import Run
from onestop_cli.statements.effects import effects
from onestop_cli.statements.payees import lost_accounts
from onestop_cli.tables.by_hand import by_hand
from onestop_cli.tables.decisions import CARRIED_OUT, Decisions
from onestop_cli.tables.run_info import RunInfo
from onestop_cli.tables.schema import empty


def reconcile(request: Request, tell: Tell = lambda stage: None) -> Run:
    """A whole run in memory, control totals asserted; raises `CannotRun` with every problem at once."""
    with one_run(request.settings.limits.cells):
        read = _read(request)
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


def beside_files(request: Request, register: pl.DataFrame) -> Iterator[str]:
    """What lies in the county folder, or stands in onestop.toml, without any use."""
    yield from _idle_synonyms(request.settings, register)
    if home := request.county_folder:
        books, decided = bool(request.ledger), bool(request.decisions)
        yield from misnamed(home, decided=decided, books=books)
        chosen = request.settings.reconcile
        yield from unlisted(home, chosen.insured)
        yield from beside_places(home, [*chosen.stays, *chosen.roster])
        yield from () if decided else _filled_before(request)


def _filled_before(request: Request) -> Iterator[str]:
    """Decisions that wait in the list of the newest run of this period, where nothing reads them."""
    out = request.settings.reconcile.out
    for folder, info in runs_in([request.settings.folder / out]) if out else ():
        if info.period == parse_period(request.period).id:
            yield from filled_in_place(folder, info)
            return


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
    lines = None
    if request.decisions:
        from onestop_cli.readers.decisions import read_decisions

        layers = {la.name: la.part_of or la.id for r in read.rules for la in r.file.layer}
        told = list[str]()
        lines = read_decisions(request.decisions, layers, told)
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


def of_files(read: Read) -> Iterator[str]:
    """What is to be said about files and sheets as a whole."""
    yield from (*read.stays.of_files, *read.roster.of_files)
    yield from together(read.stays.proofs)


def areas_told(areas: pl.DataFrame, settings: Settings) -> list[str]:
    """What to know when rows are insured in several areas and none is known to be the county's own, or when most are
    not insured where onestop.toml says."""
    own = own_area(areas, settings.county.code)
    return [*several_areas(areas, own), *mostly_elsewhere(areas, own)]


def documents_told(rules: Sequence[RuleFile], period: Period, stays: pl.DataFrame) -> Iterator[str]:
    """Documents in force by which no stay was settled, though some were by others; and those of an insurance that was
    no more."""
    used = set(stays["rule_id"].drop_nulls())
    for rule in rules:
        begin, end = rule.effective.from_, rule.effective.to or date.max
        if used and rule.id not in used and begin <= period.last and period.first <= end:
            yield (
                f"没有一笔住院按政策文件 {rule.id}（{rule.title}）结算：它管的那些人的报表是不是没有放进来"
            )
        if period.first.year >= _MERGED and any("新农合" in one.name for one in rule.layer):
            yield (
                f"政策文件 {rule.id} 是新农合的，{period.first.year} 年的住院一般按居民医保的文件结算；"
                "请核对 onestop.toml 的 [reconcile] rules，有哪些文件用 onestop rules list 看"
            )


def kinds_of_care(rules: Sequence[RuleFile], rows: pl.LazyFrame) -> Iterator[str]:
    """Kinds of care that a document does not name and takes for stays in hospital. `rows`: as they were read."""
    there = rows.collect_schema()
    dims = ((rule, dim, f"x_{dim.id}") for rule in rules for dim in rule.dimension)
    for rule, dim, name in dims:
        if name not in there:
            continue
        said = rows.group_by(name).len().collect(engine="streaming").sort(name)
        if odd := unlisted_kinds(dim, said[name]):
            count = said.filter(pl.col(name).is_in(odd))["len"].sum()
            yield (
                f"政策文件 {rule.id} 没有写医疗类别{'、'.join(f'“{text}”' for text in odd[:5])}（{count:,} 行），"
                f"按“{dim.otherwise}”计算；另有规定的，请在该文件的 [dimension.values] 写上，如 "
                f'"门诊慢特病" = ["{odd[0]}"]'
            )


_MERGED = 2019
"""By then 新农合 had become part of 居民医保 everywhere."""


def other_spellings(stays: pl.DataFrame, register: pl.DataFrame, settings: Settings) -> list[str]:
    """Hospitals that are not in the register under that name, beside the one that each is likely."""
    strange = stays.filter(~pl.col("in_register"), ~pl.col("register_gap"), ~by_hand(stays))
    texts = strange["hospital_raw"]
    known = register["hospital"].unique(maintain_order=True).to_list()
    return offered(hospitals(texts.drop_nulls().unique(), synonyms(settings), known), "医疗机构")


def _idle_synonyms(settings: Settings, register: pl.DataFrame) -> Iterator[str]:
    """Lines of `[synonyms.hospital]` that stand for no hospital of the register: both sides were exchanged, mostly."""
    known = set(register["hospital"])
    if idle := [name for name in settings.synonyms.hospital if name not in known]:
        yield (
            f"onestop.toml 的 [synonyms.hospital] 里，{'、'.join(f'“{name}”' for name in idle)} 不在定点机构名册上，"
            "写了没有作用：等号左边写名册里的名称，右边写其他写法"
        )


def unknown_kinds(roster: pl.DataFrame, book: Rulebook) -> Iterator[str]:
    """One question per kind on the roster that no document names; documents without any kind make no difference."""
    if not book.priority:
        return
    unknown = roster.drop_nulls("category").filter(~pl.col("category").is_in(book.priority))
    kinds = unknown.group_by("category").agg(pl.col("person").n_unique()).sort("category")
    for kind, people in kinds.iter_rows():
        yield kind_question(kind, people, book.priority)


def _decisions(
    request: Request, lines: pl.DataFrame | None, carried_out: pl.DataFrame
) -> Decisions | None:
    if lines is None or request.decisions is None:
        return None
    return Decisions(lines, request.decisions.name, carried_out)


def _read(request: Request) -> Read:
    """All inputs, or all their problems."""
    problems: list[Problem] = []
    settings = request.settings
    rules: tuple[LoadedRule, ...] = ()
    register = pl.DataFrame()
    try:
        rules = load_rules(request.rules, request.county_folder)
        problems += unusable(rules)
    except CannotRun as error:
        problems += error.problems
    try:
        register = read_register(request.register, settings)
    except CannotRun as error:
        problems += error.problems
    hospitals = register["hospital"].unique(maintain_order=True).to_list() if len(register) else []
    passwords = passwords_in(request.password_file)
    layers = {layer.part_of or layer.id for rule in rules for layer in rule.file.layer} or None
    wanted = columns_wanted(rules)
    money = {e.id for rule in rules for e in rule.file.expense if e.columns}
    files = open_together([request.stays, request.roster], settings, passwords)
    hospital_books.prepare(len(hospitals))
    stays = stays_of(files[0], settings, hospitals, wanted, layers, money)
    roster = roster_of(files[1], settings)
    problems += [*stays.problems, *roster.problems]
    insured = InsuredList()
    try:
        insured = insured_of(settings)
    except CannotRun as error:
        problems += error.problems
    if not problems and len(stays.rows) == 0:
        raise stop("没有读到一行住院记录", "请检查 --stays 给出的文件或文件夹")
    if problems:
        raise CannotRun(problems)
    return Read(stays, roster, register, rules, insured=insured)


def insured_of(settings: Settings) -> InsuredList:
    """The lists of insured people that onestop.toml names; raises `CannotRun` for what cannot be used of them."""
    return read_insured(settings.folder / path for path in settings.reconcile.insured)


def no_list(book: Rulebook, insured: InsuredList) -> Iterator[str]:
    """What to know when a document asks for a list that is not there, or nobody asks for the one that is."""
    if book.asks_list and insured.rows.is_empty():
        yield (
            "政策文件要用参保激励名单（连续参保年数、提高限额），没有给出：年内费用超过封顶线的人，这一层只核上限；"
            '请在 onestop.toml 的 [reconcile] 写 insured = ["参保激励名单.xlsx"]，空表用 onestop init --templates 生成'
        )
    yield from insured.notes
    if insured.files and not book.asks_list:
        yield "onestop.toml 写了参保激励名单（insured），本次的政策文件都不用它"


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


def _accounts(register: pl.DataFrame) -> Iterator[str]:
    if lost := lost_accounts(register):
        yield (
            f"定点机构名册里 {'、'.join(lost)} 的账号是数字格式，15 位以后的数字已经丢失，"
            "拨款表上留空；请把这一列设为文本，重新填写账号"
        )


def _recomputed(earlier: Earlier, lines: pl.DataFrame) -> Iterator[str]:
    """What came of closed periods that were worked out again."""
    for period in sorted(earlier.history.recompute) if earlier.history else ():
        own = lines.filter(period=period, kind=CORRECTED)
        yield f"{period} 已按现在的花名册、机构名册和政策重新计算：更正 {len(own):,} 笔，见“上期调整”"


def _skipped(period: Period, earlier: Earlier) -> list[str]:
    """What to know when days between the last closed period, or the beginning of the books, and this one were never
    closed."""
    history = earlier.history
    if history is None or (not history.periods and history.first_day.year <= UNKNOWN):
        return []
    return [*skipped(period, history.periods, history.first_day)]


def again(earlier: Earlier) -> dict[str, list[str]]:
    """The closed periods that were worked out again, for `run.json`."""
    found = sorted(earlier.history.recompute) if earlier.history else []
    return {"recomputed": found} if found else {}


def beside_stays(
    period: Period, register: pl.DataFrame, earlier: Earlier, lines: pl.DataFrame
) -> Iterator[str]:
    """What to know of the books and the register."""
    yield from _skipped(period, earlier)
    yield from _accounts(register)
    yield from _recomputed(earlier, lines)


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
