"""Which document and which of its terms govern each stay, and how far it can be checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.checkable import checks
from onestop_cli.rulebook.clauses import NONE
from onestop_cli.rulebook.dimensions import dimension_code, number_of, plain
from onestop_cli.rulebook.in_force import GOVERNING, SETTLED_TO, which_rule
from onestop_cli.rulebook.language import RuleFile
from onestop_cli.tables.schema import HOUSEHOLD, LISTED_RAISE, LISTED_YEARS

LISTED_OPEN = "?"
"""Stands there where nobody knows what a list says, or whether the person is on it."""


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
    return _quota(governed, book).pipe(checks, book)


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
            code = number_of(category.fill_null(NONE), axis.values)
        elif axis.name == "level":
            code = number_of(pl.col("level"), axis.values)
        else:
            code = dimension_code(terms.rule, axis.name, codes)
        index = index * len(axis.values) + code
    return index + book.offsets[number]


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
        unknown = dimension_code(rule, axis.name, codes).is_null()
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
