"""`onestop quote`: from what is typed at the bedside to both shares and self-pay."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from onestop_cli import __version__
from onestop_cli.batch.closed_periods import remember
from onestop_cli.batch.start import county_settings, line_for
from onestop_cli.core.identify import identify
from onestop_cli.core.settle.formula import by_bed_day
from onestop_cli.county.synonyms import Names, names
from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.explain.quotation import YearSoFar, quote_each
from onestop_cli.explain.running import running
from onestop_cli.money import parse_fen
from onestop_cli.readers.running_bill import Day, read_running_bill
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.cases import Given
from onestop_cli.rulebook.library import LoadedRule, load_rules
from onestop_cli.rulebook.usable import unusable
from onestop_cli.tables.schema import EXPENSES, LEVELS, READ_STAYS, empty
from onestop_cli.writers.explain.page import page
from onestop_cli.writers.explain.screen import show
from onestop_cli.writers.toolkit.console import console_for
from onestop_cli.writers.toolkit.folder import refuse_existing, staged_file
from onestop_cli.writers.toolkit.text import write_text

FOOT = f"由 onestop {__version__} 按政策文件测算，供床边参考，以出院结算为准。"


@dataclass(frozen=True)
class QuoteOptions:
    """What was typed, as typed; `day` (of discharge) is today unless another was. `days`: the running bill instead of
    sums."""

    day: date
    level: str
    total: str | None
    eligible: str | None = None
    categories: Sequence[str] = ()
    disease: str = ""
    used: Sequence[str] = ()
    charged: Sequence[str] = ()
    cost: Sequence[str] = ()
    household: Sequence[str] = ()
    given: Sequence[str] = ()
    further: Sequence[str] = ()
    nth: int = 1
    ledger: Path | None = None
    person: str = ""
    days: Path | None = None
    admitted: date | None = None


def quote_stay(rules: Sequence[str], asked: QuoteOptions, html: Path | None = None) -> None:
    """Show the quote, and write it as a page; raises `CannotRun` with everything that cannot be understood."""
    if html:
        refuse_existing(html)
    bill = _bill(asked)
    settings = county_settings()
    loaded = _documents(list(rules) or list(settings.reconcile.rules))
    closed = begun = None
    if asked.person:
        _only_one_source(asked)
        loaded, closed, begun = _closed(asked.ledger or settings.ledger, asked.person, loaded)
        _ask_for_category(asked, closed)
    book = Rulebook(tuple(rule.file for rule in loaded))
    given, year = understood(asked, book, names(settings))
    if closed is not None:
        year = replace(year, closed=closed, begun=begun)
    each = quote_each(_day_by_day(given, bill) if bill else [given], book, year)
    told = running(each) if bill else each[0].explanation
    show(told, console_for(sys.stdout))
    if html:
        with staged_file(html) as stage:
            write_text(stage, page(told, FOOT))


def _bill(asked: QuoteOptions) -> tuple[Day, ...]:
    """The running bill, if there is one; the bill or a sum must be given, not both."""
    if asked.days is None:
        if asked.total is None:
            raise stop("没有给出费用", "请加 --total 总费用，或用 --days 给出每天费用表")
        return ()
    if asked.total is not None or asked.eligible is not None:
        raise stop("--days 里已有每天的费用", "请去掉 --total 和 --eligible")
    return read_running_bill(asked.days)


def _day_by_day(given: Given, bill: Sequence[Day]) -> list[Given]:
    """The stay as it stands at the end of each day, as if the patient left then."""
    days: list[Given] = []
    total, eligible = 0, 0
    for one in bill:
        total, eligible = total + one.total, eligible + (one.eligible or 0)
        days.append(
            given.model_copy(
                update={
                    "admitted": bill[0].day,
                    "discharged": one.day,
                    "total": total,
                    "eligible": None if one.eligible is None else eligible,
                }
            )
        )
    return days


def _documents(names: Sequence[str]) -> tuple[LoadedRule, ...]:
    if not names:
        remedy = f"请加上 --rules 规则编号，或{line_for('--rules')}"
        raise CannotRun([Problem("没有给出 --rules", remedy)])
    loaded = load_rules(names)
    if problems := unusable(loaded):
        raise CannotRun(problems)
    return loaded


def _closed(
    ledger: Path | None, person: str, rules: tuple[LoadedRule, ...]
) -> tuple[tuple[LoadedRule, ...], pl.DataFrame, date]:
    """The documents of the books and this one's, the person's settled stays in the books, and their first day."""
    if ledger is None or not ledger.is_file():
        raise stop("没有台账可查", f"请用 --ledger 给出台账文件，或{line_for('--ledger')}")
    asked = pl.DataFrame({"id_raw": [person], "id_numeric": [False]})
    row = pl.concat([empty(READ_STAYS), asked], how="diagonal")
    if identify(row)["id_no"][0] is None:
        raise stop("身份证号无效", "请核对 --id；查台账须写完整的证号")
    past = remember(ledger, row, rules)
    known = past.history.stays.filter(pl.col("status") == "settled")
    return past.rules, known, past.history.first_day


def _only_one_source(asked: QuoteOptions) -> None:
    """The books have the person's stays; what the household had beside them would count these twice."""
    if asked.household:
        what = "--household 是口头告知的累计，不能和 --id（查台账）同时写"
        raise stop(what, "请去掉 --id，改用 --used 写本人已补；或去掉 --household")


def _ask_for_category(asked: QuoteOptions, closed: pl.DataFrame) -> None:
    """Nobody who was entitled so far is quoted as somebody who is not because a word was left out."""
    known = closed.drop_nulls("category").sort("discharged_on")
    if len(known) and not asked.categories:
        kind = known["category"][-1]
        raise stop(
            f"台账里这个人上次住院是{kind}，这次没有写 --category",
            f"请加上 --category {kind}；现在没有救助身份的写 --category 无",
        )


def understood(asked: QuoteOptions, book: Rulebook, known: Names) -> tuple[Given, YearSoFar]:
    """The stay and the year so far; raises `CannotRun` with every word that is not understood."""
    reader = _WordReader(book, known)
    stay: dict[str, Any] = {
        "level": reader.level(asked.level),
        "category": [c for text in asked.categories for c in reader.category(text)],
        "total": reader.yuan("--total", asked.total or "0"),
        "eligible": reader.yuan("--eligible", asked.eligible) if asked.eligible else None,
        "disease": asked.disease,
        "admitted": asked.admitted,
        "discharged": asked.day,
        "paid": reader.layers("--given", asked.given),
        **reader.further(asked.further),
    }
    paid = reader.fen("--used", asked.used)
    charged, cost = reader.fen("--charged", asked.charged), reader.fen("--cost", asked.cost)
    home = reader.household(asked.household, paid)
    stay["household"] = "本户" if home else ""
    reader.days(asked)
    reader.check(stay)
    if reader.problems:
        raise CannotRun(reader.problems)
    return Given.model_validate(stay), YearSoFar(paid, charged, cost, asked.nth, household=home)


_LISTED = {"连续参保年数": "listed_years", "提高限额": "listed_raise"}
"""What a list of insured people (参保激励名单) would say of the person."""


@dataclass
class _WordReader:
    """Understands words, and remembers those it does not."""

    book: Rulebook
    known: Names
    problems: list[Problem] = field(default_factory=list)

    def _wrong(self, what: str, remedy: str) -> None:
        self.problems.append(Problem(what, remedy))

    def level(self, text: str) -> str:
        level = text if text in LEVELS else self.known.canonical_level(text)
        if level is None:
            choice = "、".join(f"{id_}（{name}）" for id_, name in LEVELS.items())
            self._wrong(f"看不懂机构级别“{text}”", f"--level 可写：{choice}")
        return level or text

    def category(self, text: str) -> list[str]:
        if self.known.says_none(text):
            return []
        found = self.known.canonical_category(text, self.book.priority)
        if found is None:
            choice = "、".join(self.book.priority) or "（本文件不分类别）"
            self._wrong(f"政策文件没有“{text}”这一类", f"--category 可写：{choice}；没有身份就不写")
        return [found] if found else []

    def yuan(self, option: str, text: str) -> Decimal:
        """A non-negative amount in yuan, as rule files and cases write it."""
        fen = parse_fen(text)
        if fen is None or fen < 0:
            self._wrong(f"{option} 的“{text}”不是金额", "请写元，例如 3000 或 2,400.50")
            return Decimal(0)
        return Decimal(fen) / 100

    def layers(self, option: str, texts: Sequence[str]) -> dict[str, Decimal]:
        """`basic=1200` or `新农合补偿=1200` → layer id and yuan."""
        ids = {name: step.layer for step in self.book.steps for name in (step.layer, step.name)}
        found: dict[str, Decimal] = {}
        for name, text in self._pairs(option, texts):
            if name in ids:
                found[ids[name]] = self.yuan(option, text)
            else:
                choice = "、".join(f"{s.layer}（{s.name}）" for s in self.book.steps)
                self._wrong(f"{option} 的“{name}”不是这份政策的补偿项目", f"可写：{choice}")
        return found

    def fen(self, option: str, texts: Sequence[str]) -> dict[str, int]:
        """The same in fen."""
        return {layer: int(yuan * 100) for layer, yuan in self.layers(option, texts).items()}

    def household(self, texts: Sequence[str], own: Mapping[str, int]) -> dict[str, int]:
        """Layer → fen that the whole household has had; of every layer that has such a limit, or of none."""
        said = self.fen("--household", texts)
        limited = {step.layer: step.name for step in self.book.of_households}
        for layer in said:
            if layer not in limited:
                choice = "、".join(limited.values()) or "（本文件没有全户限额）"
                self._wrong(f"--household 的“{layer}”没有全户限额", f"可写：{choice}")
            elif said[layer] < own.get(layer, 0):
                remedy = "--household 写全户（含本人）的，请核对"
                self._wrong("--household 比 --used 写的本人已补还少", remedy)
        if said and (left := [name for layer, name in limited.items() if layer not in said]):
            remedy = "有全户限额的各项都要写；没有补过的写 0"
            self._wrong(f"--household 没有写{'、'.join(left)}", remedy)
        return said

    def further(self, texts: Sequence[str]) -> dict[str, Any]:
        """Values of the documents' own dimensions and expenses, by id or by name."""
        dims = {name: d for r in self.book.rules for d in r.dimension for name in (d.id, d.name)}
        costs = {name: id_ for id_, title in EXPENSES.items() for name in (id_, title)}
        costs |= {name: e.id for e in self.book.expenses for name in (e.id, e.name)}
        found: dict[str, Any] = {}
        for name, text in self._pairs("--with", texts):
            if name in costs:
                found[costs[name]] = self.yuan("--with", text)
            elif self.book.asks_list and name in _LISTED:
                years = name == "连续参保年数"
                whole = int(text) if years and re.fullmatch(r"\d{1,2}", text) else None
                found[_LISTED[name]] = whole if years else self.yuan("--with", text)
            elif name in dims and dims[name].source == "age":
                found["age"] = int(text) if re.fullmatch(r"\d{1,3}", text) else None
            elif name in dims:
                found[dims[name].id] = text
            else:
                listed = [*_LISTED] if self.book.asks_list else []
                choice = "、".join({d.name for d in dims.values()} | {*EXPENSES.values(), *listed})
                self._wrong(f"--with 的“{name}”在政策文件中没有", f"可写：{choice}")
        return found

    def _pairs(self, option: str, texts: Sequence[str]) -> list[tuple[str, str]]:
        pairs = []
        for text in texts:
            name, sign, value = text.replace("＝", "=").partition("=")
            if sign and value.strip():
                pairs.append((name.strip(), value.strip()))
            else:
                self._wrong(f"看不懂 {option} “{text}”", f"请写成 {option} 名称=值")
        return pairs

    def days(self, asked: QuoteOptions) -> None:
        """A document that counts days in bed must be told when they began; a running bill tells it."""
        if asked.admitted is not None and asked.admitted > asked.day:
            self._wrong("入院日期晚于出院日期", "请核对 --admitted 和 --on")
        elif asked.admitted is None and asked.days is None and by_bed_day(self.book):
            self._wrong("政策文件按床日计，不知道住了几天", "请加上 --admitted 入院日期")

    def check(self, stay: Mapping[str, Any]) -> None:
        """What can only be said once everything is understood."""
        known = not self.problems and stay["eligible"] is not None
        if known and stay["eligible"] > stay["total"]:
            self._wrong("可补偿费用大于总费用", "请核对 --total 和 --eligible")
