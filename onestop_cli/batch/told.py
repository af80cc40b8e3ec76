"""What a run says beside its findings: of files, documents, lists and the books as a whole, in sentences of a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl

from onestop_cli.batch.describe import Read
from onestop_cli.batch.misnamed import beside_places, filled_in_place, misnamed, unlisted
from onestop_cli.batch.request import Request
from onestop_cli.batch.runs import runs_in
from onestop_cli.core.corrected import CORRECTED
from onestop_cli.core.insured_area import mostly_elsewhere, own_area, several_areas
from onestop_cli.core.options import Earlier
from onestop_cli.county.inbox_check import skipped
from onestop_cli.county.periods import Period, parse_period
from onestop_cli.county.settings import Settings
from onestop_cli.county.spelling import hospitals, kind_question, offered
from onestop_cli.county.synonyms import names as synonyms
from onestop_cli.ledger.accounts import UNKNOWN
from onestop_cli.readers.insured_list import InsuredList
from onestop_cli.readers.layout.identities import together
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.dimensions import unlisted_kinds
from onestop_cli.rulebook.language import RuleFile
from onestop_cli.statements.payees import lost_accounts
from onestop_cli.tables.by_hand import by_hand

_MERGED = 2019
"""By then 新农合 had become part of 居民医保 everywhere."""


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


def beside_stays(
    period: Period, register: pl.DataFrame, earlier: Earlier, lines: pl.DataFrame
) -> Iterator[str]:
    """What to know of the books and the register."""
    yield from _skipped(period, earlier)
    yield from _accounts(register)
    yield from _recomputed(earlier, lines)


def _skipped(period: Period, earlier: Earlier) -> list[str]:
    """What to know when days between the last closed period, or the beginning of the books, and this one were never
    closed."""
    history = earlier.history
    if history is None or (not history.periods and history.first_day.year <= UNKNOWN):
        return []
    return [*skipped(period, history.periods, history.first_day)]


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
