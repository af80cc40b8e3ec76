"""Which document and which of its terms govern each stay, and how far it can be checked."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

import polars as pl

from onestop_cli.county import platform
from onestop_cli.rulebook.book import Rulebook, Step
from onestop_cli.rulebook.clauses import NONE
from onestop_cli.rulebook.language import EXPENSES, Dimension, RuleFile
from onestop_cli.rulebook.terms import ABSENT, COMPUTED, EXPENSE_OF, UNKNOWN_RATE
from onestop_cli.tables.schema import HOUSEHOLD, LISTED_RAISE, LISTED_YEARS

GOVERNING = {
    "discharge": pl.col("discharged_on"),
    "admission": pl.col("admitted_on"),
    "settlement": pl.coalesce("settled_on", "discharged_on"),
}
"""The day of a stay that a document looks at."""

SETTLED_TO = pl.min_horizontal("discharged_on", pl.coalesce("settled_on", "discharged_on"))
"""The last day that a row settles: an interim settlement may come before the discharge."""

LISTED_OPEN = "?"
"""Stands there where nobody knows what a list says, or whether the person is on it."""


def plain(text: str) -> str:
    """A text for comparing: NFKC, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def govern(stays: pl.DataFrame, book: Rulebook, rule: pl.Expr | None = None) -> pl.DataFrame:
    """Put the number of its terms beside each stay. `rule`: the number of its document, where that is settled already.

    Needs level, category, categories (all that are valid), scheme_raw, disease, age, the dates, and `x_<dimension>`
    for declared dimensions. Adds `rule` (number of the document), `rule_id`, `benefit_year`, `term` (row of
    `book.table`; null where no document applies), `<step>_term` for steps that look at some categories only, `quota`,
    `ungoverned` (why there are no terms, Chinese) and `<layer>_check`.
    """
    number = which_rule(book) if rule is None else rule
    chosen = RuleOfStays(book, stays.with_columns(rule=number)["rule"])
    governed = stays.with_columns(rule=chosen.number, rule_id=chosen.id_).with_columns(
        benefit_year=pl.coalesce("fund_year", chosen.by(_benefit_year)).cast(pl.Int64),
        term=chosen.by(lambda n, rule: _cell(book, n, pl.col("category"))),
    )
    if book.of_households:
        known = HOUSEHOLD in governed.columns
        governed = governed.with_columns(
            household=pl.col(HOUSEHOLD) if known else pl.lit(None, pl.String)
        )
    if book.asks_list:
        governed = governed.with_columns(
            _whole_number(governed, LISTED_YEARS).alias("listed_years"),
            _whole_number(governed, LISTED_RAISE).alias("listed_fen"),
            listed_open=_said(governed, LISTED_YEARS).eq(LISTED_OPEN).fill_null(False),
        )
    for step, only in _partial_steps(book).items():
        own = chosen.by(_partial_term(book, only))
        governed = governed.with_columns(own.alias(f"{step}_term"))
    governed = governed.with_columns(ungoverned=_why_none(governed, book))
    return _quota(governed, book).pipe(_checks, book)


@dataclass(frozen=True)
class RuleOfStays:
    """The document of every stay by its number; where all have the same, what hangs on it is a constant."""

    book: Rulebook
    rules: pl.Series

    @cached_property
    def only(self) -> int | None:
        """The document of all stays, where there is but one."""
        first, last = self.rules.min(), self.rules.max()
        return first if first == last and not self.rules.null_count() else None  # type: ignore[return-value]

    @property
    def number(self) -> pl.Expr:
        return pl.lit(self.rules) if self.only is None else pl.lit(self.only, self.rules.dtype)

    @property
    def id_(self) -> pl.Expr:
        if self.only is not None:
            return pl.lit(self.book.rules[self.only].id)
        return pl.lit(pl.Series([rule.id for rule in self.book.rules])).gather(self.rules)

    def by(self, expr: Callable[[int, RuleFile], pl.Expr]) -> pl.Expr:
        """`expr(number, rule)` of the document that governs each stay."""
        if self.only is not None:
            return expr(self.only, self.book.rules[self.only])
        return _by_rule(self.book, expr)


def _why_none(stays: pl.DataFrame, book: Rulebook) -> pl.Expr:
    """Why stays without terms have none; what there is to say is only put in words where there are such."""
    rows = stays["term"].is_null().arg_true()
    if rows.is_empty():
        return pl.lit(None, pl.String)
    why = _why_not(book)
    told = stays.select(*dict.fromkeys(why.meta.root_names()))[rows].select(why=why)["why"]
    return pl.lit(
        pl.Series([None], dtype=pl.String).new_from_index(0, len(stays)).scatter(rows, told)
    )


def _said(stays: pl.DataFrame, name: str) -> pl.Expr:
    return pl.col(name) if name in stays.columns else pl.lit(LISTED_OPEN)


def _whole_number(stays: pl.DataFrame, name: str) -> pl.Expr:
    return _said(stays, name).replace(LISTED_OPEN, None).cast(pl.Int64)


def which_rule(book: Rulebook) -> pl.Expr:
    """The number of the document in force for a stay; null where none is."""
    choice = pl.lit(None, pl.Int32)
    for number, rule in reversed(list(enumerate(book.rules))):
        day = GOVERNING[rule.basis.governing_date]
        fits = day >= rule.effective.from_
        if rule.effective.to:
            fits &= day <= rule.effective.to
        if rule.scope.schemes:
            named = pl.col("scheme_raw").is_in(sorted(platform.schemes(rule.scope.schemes)))
            fits &= named | _only_scheme(book, rule)
        choice = pl.when(fits).then(pl.lit(number, pl.Int32)).otherwise(choice)
    return choice


def governing_day(book: Rulebook) -> pl.Expr:
    """The day by which a stay's document is chosen; the discharge where none is in force."""
    rule, day = which_rule(book), pl.col("discharged_on")
    for number, own in enumerate(book.rules):
        day = pl.when(rule == number).then(GOVERNING[own.basis.governing_date]).otherwise(day)
    return day


@dataclass(frozen=True)
class View:
    """How documents look at people: on which day, which kinds count, and what holds when somebody is of several."""

    day: Literal["admission", "discharge", "settlement"]
    overlap: Literal["priority", "best", "stack"]
    priority: tuple[str, ...]


def views(book: Rulebook) -> dict[View, list[int]]:
    """The ways in which a run's documents look at people, with the numbers of the documents.

    A document without categories makes no difference between people; theirs are named by the others.
    """
    found: dict[View, list[int]] = {}
    for number, rule in enumerate(book.rules):
        own = tuple(rule.categories.priority) or book.priority
        view = View(rule.basis.roster_day, rule.categories.overlap, own)
        found.setdefault(view, []).append(number)
    return found


def by_view(
    stays: pl.DataFrame, book: Rulebook, look: Callable[[pl.DataFrame, View], pl.DataFrame]
) -> pl.DataFrame:
    """`look` at the stays of each view; a stay without a document is looked at as under the first. In their order."""
    known = views(book)
    if len(known) == 1:
        return look(stays, next(iter(known)))
    rule = stays.select(which_rule(book).fill_null(0)).to_series()
    parts = [(rule.is_in(numbers).arg_true(), view) for view, numbers in known.items()]
    seen = pl.concat([look(stays[rows], view) for rows, view in parts], how="vertical_relaxed")
    turn = pl.concat([rows for rows, _ in parts])
    return seen[turn.arg_sort()]


def _only_scheme(book: Rulebook, rule: RuleFile) -> pl.Expr:
    """A blank scheme is taken for the run's only one."""
    schemes = {tuple(r.scope.schemes) for r in book.rules}
    return pl.col("scheme_raw").is_null() & pl.lit(len(schemes) == 1)


def _by_rule(book: Rulebook, expr: Callable[[int, RuleFile], pl.Expr]) -> pl.Expr:
    """`expr(number, rule)` of the document that governs each stay."""
    chosen = pl.lit(None)
    for number, rule in enumerate(book.rules):
        chosen = pl.when(pl.col("rule") == number).then(expr(number, rule)).otherwise(chosen)
    return chosen


def _benefit_year(number: int, rule: RuleFile) -> pl.Expr:
    day = rule.basis.benefit_year
    return (SETTLED_TO if day == "split" else GOVERNING[day]).dt.year()


def _cell(book: Rulebook, number: int, category: pl.Expr) -> pl.Expr:
    """Row number in the table from the codes of all axes; null as soon as one code is.

    A document that names no categories makes no difference between people.
    """
    terms = book.terms[number]
    index = pl.lit(0, pl.Int64)
    for axis in terms.axes:
        codes = {value: code for code, value in enumerate(axis.values)}
        if axis.name == "category" and len(codes) == 1:
            code = pl.lit(0, pl.Int64)
        elif axis.name == "category":
            code = _number(category.fill_null(NONE), axis.values)
        elif axis.name == "level":
            code = _number(pl.col("level"), axis.values)
        else:
            code = _dimension_code(terms.rule, axis.name, codes)
        index = index * len(axis.values) + code
    return index + book.offsets[number]


def _number(text: pl.Expr, values: Sequence[str]) -> pl.Expr:
    """Which of the `values` a text is; null where it is none."""
    return text.cast(pl.Enum(list(values)), strict=False).to_physical().cast(pl.Int64)


def _dimension_code(rule: RuleFile, name: str, codes: Mapping[str, int]) -> pl.Expr:
    dim = next(d for d in rule.dimension if d.id == name)
    if dim.in_years:
        years = pl.col("age") if dim.source == "age" else _insured_years(dim)
        starts = [int(value.split("-")[0]) for value in codes]
        reached = pl.sum_horizontal(*(years >= start for start in starts)).cast(pl.Int64) - 1
        return pl.when(years.is_between(0, 150)).then(reached)
    rest = pl.lit(codes[dim.otherwise] if dim.otherwise else None, pl.Int64)
    return pl.coalesce(_stated_value(dim, codes), rest)


def _stated_value(dim: Dimension, codes: Mapping[str, int]) -> pl.Expr:
    """The value that a column of the export states in any of its spellings, null for another text; with a code beside
    it (14-门诊慢特病, 门诊慢特病(14)) where it is a kind of care."""
    spelled = {plain(text): codes[value] for value, texts in dim.values.items() for text in texts}
    spelled |= {plain(value): code for value, code in codes.items()}
    text = pl.col(f"x_{dim.id}").str.normalize("NFKC").str.replace_all(r"\s", "").fill_null("")
    found = text.replace_strict(spelled, default=None, return_dtype=pl.Int64)
    if not is_kind_of_care(dim):
        return found
    bare = text.str.replace(_CODE_BESIDE, "")
    return pl.coalesce(
        found,
        _by_platform(text, spelled),
        bare.replace_strict(spelled, default=None, return_dtype=pl.Int64),
        _by_platform(bare, spelled),
    )


def unlisted_kinds(dim: Dimension, texts: pl.Series) -> list[str]:
    """Kinds of care among `texts` that no value of `dim` names and that are no stay in hospital for sure, though what
    is not named counts as one."""
    if not (dim.otherwise and "住院" in dim.otherwise and is_kind_of_care(dim)):
        return []
    codes = {value: number for number, value in enumerate([*dim.values, dim.otherwise])}
    known = pl.DataFrame({f"x_{dim.id}": texts.drop_nulls().unique().sort()})
    odd = known.filter(_stated_value(dim, codes).is_null())[f"x_{dim.id}"]
    return [text for text in odd if text.strip() and not platform.inpatient(text)]


def _insured_years(dim: Dimension) -> pl.Expr:
    """连续参保年数 as the export says it (5, 5年, 5.0); of anything else as the document says, else null."""
    text = pl.col(f"x_{dim.id}").str.normalize("NFKC").str.replace_all(r"\s", "")
    said = text.str.extract(r"^(\d{1,2})(?:\.0+)?年?$").cast(pl.Int64)
    return pl.coalesce(said, pl.lit(int(dim.otherwise) if dim.otherwise else None, pl.Int64))


_KINDS_OF_CARE = {"医疗类别", "医保就诊类别", "med_type"}
_CODE_BESIDE = r"^\d{2,6}[-_:.、]|[-_]\d{2,6}$|\(\d{2,6}\)$"


def is_kind_of_care(dim: Dimension) -> bool:
    """Whether a dimension is the platform's 医疗类别."""
    return bool(_KINDS_OF_CARE.intersection(dim.columns))


def _by_platform(text: pl.Expr, spelled: Mapping[str, int]) -> pl.Expr:
    """A 医疗类别 in another way of the platform to say it: its code, a finer code under it, or another word."""
    known = {
        plain(other): value
        for said, value in spelled.items()
        for other in platform.spellings("med_type", said)
    }
    group = pl.when(text.str.contains(r"^\d{4,6}$")).then(text.str.head(2))
    return pl.coalesce(
        part.replace_strict(known, default=None, return_dtype=pl.Int64) for part in (text, group)
    )


def _partial_term(book: Rulebook, only: Sequence[str]) -> Callable[[int, RuleFile], pl.Expr]:
    return lambda n, rule: _cell(book, n, _first_of(only))


def _partial_steps(book: Rulebook) -> dict[str, list[str]]:
    return {layer.id: layer.only for rule in book.rules for layer in rule.layer if layer.only}


def _first_of(only: Sequence[str]) -> pl.Expr:
    """The first of a person's valid categories that is in `only`; null when none is."""
    return (
        pl.col("categories").list.eval(pl.element().filter(pl.element().is_in(only))).list.first()
    )


def _why_not(book: Rulebook) -> pl.Expr:
    known = sorted({c for rule in book.rules for c in rule.categories.priority})
    unknown = pl.col("category").is_not_null() & ~pl.col("category").is_in(known)
    return (
        pl.when(pl.col("rule").is_null() & _in_force(book))
        .then(
            pl.when(pl.col("scheme_raw").is_null())
            .then(pl.lit("没有注明险种，不知道适用哪一份政策文件"))
            .otherwise(pl.format("本次所用政策都不适用于险种“{}”", "scheme_raw"))
        )
        .when(pl.col("rule").is_null())
        .then(
            pl.format(
                "{} 出院，本次所用政策在这一天都不适用",
                pl.col("discharged_on").dt.to_string("%Y-%m-%d").fill_null("日期不明"),
            )
        )
        .when(pl.col("term").is_null() & unknown)
        .then(pl.format("政策文件没有“{}”这一类对象", "category"))
        .when(pl.col("term").is_null())
        .then(_by_rule(book, lambda n, rule: _unknown_dimension(book, n, rule)))
    )


def _unknown_dimension(book: Rulebook, number: int, rule: RuleFile) -> pl.Expr:
    """Which of a document's own conditions a stay leaves open; an unknown one never takes a neighbouring cell."""
    told = pl.lit("政策文件没有适用于该机构级别或条件的条款")
    for axis in book.terms[number].axes[2:]:
        codes = {value: code for code, value in enumerate(axis.values)}
        unknown = _dimension_code(rule, axis.name, codes).is_null()
        dim = next(d for d in rule.dimension if d.id == axis.name)
        if dim.source == "age":
            why = pl.lit("不知道年龄，而政策文件的条款按年龄区分")
        elif dim.source == "years":
            why = pl.lit(f"不知道{dim.name}，而政策文件的条款按它区分")
        else:
            said = pl.col(f"x_{axis.name}").fill_null("")
            why = pl.format("{}“{}”不在政策文件所列之中，而条款按它区分", pl.lit(dim.name), said)
        told = pl.when(unknown).then(why).otherwise(told)
    return told


def _in_force(book: Rulebook) -> pl.Expr:
    """Whether any document is in force on the stay's day, whatever its scheme."""
    return pl.any_horizontal(
        GOVERNING[rule.basis.governing_date].is_between(
            rule.effective.from_, rule.effective.to or date.max
        )
        for rule in book.rules
    ).fill_null(False)


def _quota(stays: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """The quota that fits a stay's disease and cell, else one that fits whatever the disease; null when none does."""
    rows = [
        {"term": book.offsets[n] + place, "disease_key": disease, "quota": number}
        for number, (n, quota) in enumerate(book.quotas)
        for place, cell in enumerate(book.terms[n].cells)
        if book.terms[n].fits(quota, cell)
        for disease in (plain(name) for name in quota.diseases or [""])
    ]
    if not rows:
        return stays.with_columns(quota=pl.lit(None, pl.Int64))
    kinds = {"term": pl.Int64, "disease_key": pl.String, "quota": pl.Int64}
    table = pl.DataFrame(rows, schema=kinds)
    named = table.filter(pl.col("disease_key") != "")
    others = table.filter(disease_key="").select("term", _other="quota")
    key = pl.col("disease").str.normalize("NFKC").str.replace_all(r"\s", "")
    return (
        stays.with_columns(disease_key=key)
        .join(named, on=["term", "disease_key"], how="left", validate="m:1", maintain_order="left")
        .join(others, on="term", how="left", validate="m:1", maintain_order="left")
        .with_columns(quota=pl.coalesce("quota", "_other"))
        .drop("disease_key", "_other")
    )


def _checks(stays: pl.DataFrame, book: Rulebook) -> pl.DataFrame:
    """How far each layer can be checked: it depends on the terms and on what the file has, never on amounts."""
    for step in book.steps:
        stays = stays.with_columns(check_of(stays, book, step).alias(f"{step.id}_check"))
    return stays


def weaker(stays: pl.DataFrame, book: Rulebook, step: Step) -> pl.Expr:
    """A step's check anew, by the checks of the steps before it; what is no longer exact stays so."""
    check = pl.col(f"{step.id}_check")
    return pl.when(check == "exact").then(check_of(stays, book, step)).otherwise(check)


def check_of(stays: pl.DataFrame, book: Rulebook, step: Step) -> pl.Expr:
    """How far a step can be checked, by its terms and the checks of the steps before it."""
    terms = StepTerms(book, stays[term_column(stays, step.id)].cast(pl.UInt32), step.id)
    shared, uncounted = quota_share(stays, book, step)
    open_ = (_partial(stays, book, step, terms) & ~shared) | (
        terms.where(pl.col("cap_unknown") == 1) & ~uncounted
    )
    by_share = terms.where(pl.col("state") == UNKNOWN_RATE) & shared
    known = terms.where(pl.col("state") == COMPUTED) | by_share
    return (
        pl.when(terms.where(pl.col("state") == ABSENT) | (known & ~open_))
        .then(pl.lit("exact"))
        .when(known)
        .then(pl.lit("bound"))
        .otherwise(pl.lit("none"))
    )


def _partial(stays: pl.DataFrame, book: Rulebook, step: Step, terms: StepTerms) -> pl.Expr:
    """Where a step's ordinary terms hang on something that is not known exactly."""
    of_eligible = (pl.col("floor_rate") > 0) & (pl.col("floor_total") == 0)
    of_eligible |= pl.col("from_total") == 0
    partial = terms.where(pl.col("deductible_unknown") == 1)
    partial |= terms.where(of_eligible) & ~pl.col("has_eligible")
    for less in lessened(book, step):
        partial |= terms.where(pl.col(f"less_{less}") == 1) & _open(stays, book, less)
    for layer in together(book, step):
        partial |= terms.where(pl.col(f"floor_with_{layer}") == 1) & _open(stays, book, layer)
    return partial


def quota_share(stays: pl.DataFrame, book: Rulebook, step: Step) -> tuple[pl.Expr, pl.Expr]:
    """Where a quota gives this step's share, and where that share counts towards no yearly limit."""
    if not book.quotas:
        return pl.lit(False), pl.lit(False)
    table, quota = book.quota_table, stays["quota"]
    shared = (table[f"{step.id}.share"].gather(quota) >= 0).fill_null(False)
    uncounted = shared & (table["counts"].gather(quota) == 0).fill_null(False)
    return pl.lit(shared), pl.lit(uncounted)


@dataclass(frozen=True)
class StepTerms:
    """One step's terms, and for each stay the number of its own."""

    book: Rulebook
    rows: pl.Series
    step: str

    def where(self, holds: pl.Expr) -> pl.Expr:
        """The stays for whose terms this holds, a constant where it is the same for all of them; the terms go by their
        names without the step."""
        of_term = self._own.select(holds).to_series()
        if self._all_known and of_term.n_unique() == 1:
            return pl.lit(of_term[0])
        return pl.lit(of_term.gather(self.rows))

    @cached_property
    def _all_known(self) -> bool:
        return self.rows.null_count() == 0

    @cached_property
    def _own(self) -> pl.DataFrame:
        head = f"{self.step}."
        own = {c: c.removeprefix(head) for c in self.book.table.columns if c.startswith(head)}
        return self.book.table.select(*own).rename(own)


def _open(stays: pl.DataFrame, book: Rulebook, less: str) -> pl.Series:
    """Where what is taken off the base is not known exactly; a blank cost of an `[[expense]]` is 0."""
    if less in EXPENSES:
        return stays[f"{less}_fen"].is_null()
    if less in {expense.id for expense in book.expenses}:
        of = book.table[f"expense_of.{less}"].gather(stays["term"])
        return (of == EXPENSE_OF.index("eligible")) & ~stays["has_eligible"]
    name = less.removesuffix("_deductible")
    steps = [s.id for s in book.steps if name in (s.id, s.layer)]
    checks = stays.select(f"{s}_check" for s in steps if f"{s}_check" in stays.columns)
    open_ = pl.any_horizontal(pl.all() == "bound") & ~pl.any_horizontal(pl.all() == "none")
    return checks.select(open_).to_series()


def term_column(stays: pl.DataFrame, step: str) -> str:
    """The column with a step's own term, where it looks at some categories only; else the stay's."""
    own = f"{step}_term"
    return own if own in stays.columns else "term"


def lessened(book: Rulebook, step: Step) -> list[str]:
    """What any document takes off this step's base."""
    return _flagged(book, f"{step.id}.less_")


def together(book: Rulebook, step: Step) -> list[str]:
    """Earlier layers that any document counts towards this step's floor."""
    return _flagged(book, f"{step.id}.floor_with_")


def _flagged(book: Rulebook, head: str) -> list[str]:
    columns = (c for c in book.table.columns if c.startswith(head))
    return [c.removeprefix(head) for c in columns if (book.table[c] == 1).any()]
