"""A table somebody hands in or publishes, against its own sums and against the details.

Numbers stay the decimals that are printed, in yuan or cases: 54.5 万元 is `Decimal("5.45E+5")`, so that
the last printed digit is still known. A difference is named for what it looks like: rounding (within half
a printed unit for each term), digits cut off instead of rounded, one row left out (several columns of a
total have too much together), or just a difference.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

PARTS = {
    "cases": "人次",
    "total": "总费用",
    "eligible": "可补偿费用",
    "basic": "新农合补偿",
    "critical": "大病保险",
    "assistance": "医疗救助",
    "extra": "倾斜救助",
    "backstop": "政府兜底",
    "self": "个人自付",
}
"""What a column may mean; all but `cases` are amounts."""

_PAYERS = ("basic", "critical", "assistance", "extra", "backstop")
_ALIASES = {
    "cases": r"人次|次数|住院数|例数",
    "total": r"(医药|医疗|住院)?总?费用(总额|合计)?|总医药费|费用总额|医疗费总额",
    "eligible": r".*(可补偿|合规|可报|保内|纳入).*",
    "basic": r".*(新农合|农合|基本医保|统筹|保险支付).*|(实际)?补偿(金额)?",
    "critical": r".*大病.*",
    "assistance": r".*(医疗救助|民政救助|救助金).*|救助(金额)?",
    "extra": r".*(倾斜|二次)救助.*",
    "backstop": r".*兜底.*",
    "self": r".*(自付|自负|自理|个人承担|个人支付).*",
}
_GRAND, _SUB = r"(总计|合计|共计|总)", r"(小计|本页合计|其中.*合计)"
_QUOTIENT = "比|率|均|占"
_ASIDE = re.compile(r"[（(].*?[)）]|\s|\*|:|：")


@dataclass(frozen=True)
class Column:
    """A numeric column: its printed title, and what it means (a key of `PARTS`) if that is known."""

    title: str
    part: str | None = None

    @property
    def adds_up(self) -> bool:
        """Whether rows of the column have a sum: means, shares and rates have none."""
        return not re.search(_QUOTIENT, self.title)


@dataclass(frozen=True)
class Row:
    """A line of the table: its label, its numbers (None where blank) and its row in the file, 1-based."""

    label: str
    values: tuple[Decimal | None, ...]
    place: int


@dataclass(frozen=True)
class Table:
    """A table as printed."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Slip:
    """One thing that does not add up: where, what is printed, what it should be, and what it looks like."""

    kind: str
    place: int
    label: str
    title: str
    stated: Decimal
    expected: Decimal
    sentence: str

    @property
    def difference(self) -> Decimal:
        return self.stated - self.expected


KINDS = {
    "sum": "合计不符",
    "missing_row": "疑似漏列一行",
    "parts": "分项与总额不符",
    "payers": "支付超过总费用",
    "quotient": "比例或均值不符",
    "equation": "核对公式不符",
    "details": "与明细不符",
    "truncated": "截尾",
    "percent": "恰为整百分比",
    "copied": "与另一表雷同",
    "rounding": "四舍五入",
}
"""Kinds of slips and their Chinese names, gravest first; `rounding` is harmless."""

Details = Mapping[str, Mapping[str, int]]
"""Label → part → what the run has: fen, or cases as they are."""


def part_of(title: str) -> str | None:
    """What a column title means, None when it is not known."""
    plain = _ASIDE.sub("", title)
    if re.search(_QUOTIENT, plain):
        return None
    return next((part for part, form in _ALIASES.items() if re.fullmatch(form, plain)), None)


def label_kind(label: str) -> str:
    """`grand` or `sub` for a total's label, else `row`."""
    plain = _ASIDE.sub("", label)
    if re.fullmatch(_GRAND, plain):
        return "grand"
    return "sub" if re.fullmatch(_SUB, plain) else "row"


def check(table: Table, views: Mapping[str, Details] | None = None) -> list[Slip]:
    """Every slip of `table` against its own sums, parts and quotients, and against the details.

    `views`: name (申报, 核定) → details; the table is held to the one it fits best.
    """
    slips = [
        *_sums_down(table),
        *_parts_across(table),
        *_quotients(table),
        *_whole_percentages(table),
    ]
    against = [list(_against(table, name, view)) for name, view in (views or {}).items()]
    return [*slips, *min(against, key=len, default=[])]


def _sums_down(table: Table) -> Iterator[Slip]:
    """Subtotals close the rows since the last one; a grand total closes all rows that are no subtotals."""
    since: list[Row] = []
    every: list[Row] = []
    for row in table.rows:
        kind = label_kind(row.label)
        if kind == "row":
            since.append(row)
            every.append(row)
        elif terms := (since if kind == "sub" else every):
            yield from _one_total(table, row, terms)
            since = []
            every = every if kind == "sub" else []


def _one_total(table: Table, total: Row, terms: Sequence[Row]) -> Iterator[Slip]:
    """The columns of a total row against the rows it totals."""
    slips = []
    for at, column in enumerate(table.columns):
        stated = total.values[at]
        given = [row.values[at] for row in terms]
        numbers = [number for number in given if number is not None]
        if stated is None or not numbers or not column.adds_up:
            continue
        counts = column.part == "cases"
        slip = compare("sum", total, column.title, stated, numbers, counts=counts)
        if slip:
            slips.append((at, slip))
    yield from _one_row_left_out(table, total, slips)


def _one_row_left_out(
    table: Table, total: Row, slips: Sequence[tuple[int, Slip]]
) -> Iterator[Slip]:
    """Several columns that lack something, cases among them, look like one row that was not printed."""
    lacking = [(at, slip) for at, slip in slips if slip.kind == "sum" and slip.difference > 0]
    parts = {table.columns[at].part for at, _ in lacking}
    wrong = [slip for _, slip in slips if slip.kind == "sum"]
    if "cases" not in parts or len(lacking) < 2 or len(lacking) < len(wrong):
        yield from (slip for _, slip in slips)
        return
    what = "、".join(f"{slip.title} {shown(slip.difference)}" for _, slip in lacking)
    for at, slip in slips:
        if (at, slip) in lacking:
            sentence = f"{slip.sentence}；各列同时多出，像是漏列了一行（{what}）"
            yield again(slip, "missing_row", sentence)
        else:
            yield slip


def again(slip: Slip, kind: str, sentence: str) -> Slip:
    return Slip(kind, slip.place, slip.label, slip.title, slip.stated, slip.expected, sentence)


def compare(
    kind: str,
    row: Row,
    title: str,
    stated: Decimal,
    terms: Sequence[Decimal],
    *,
    counts: bool = False,
) -> Slip | None:
    """`stated` beside the sum of `terms`; None when they agree to the last printed digit.

    `counts`: whole cases, which nothing is rounded for.
    """
    total, step = sum(terms, Decimal(0)), _step(stated)
    finer = any(_step(term) < step for term in terms) and not counts
    if stated == total or (finer and total.quantize(step, ROUND_HALF_UP) == stated):
        return None
    about = f"印作 {shown(stated)}，应为 {shown(total)}，相差 {shown(stated - total)}"
    if finer and total.quantize(step, ROUND_DOWN) == stated:
        kind, about = "truncated", f"{about}，尾数被截去而不是四舍五入"
    elif not counts and abs(stated - total) * 2 <= step * len(terms):
        kind, about = "rounding", f"{about}，各项四舍五入可以解释"
    return Slip(kind, row.place, row.label, title, stated, total, about)


def _step(number: Decimal) -> Decimal:
    """One unit in the last printed digit."""
    return Decimal(1).scaleb(int(number.as_tuple().exponent))


def shown(number: Decimal) -> str:
    return f"{number:,f}"


def _known(table: Table, row: Row) -> dict[str, Decimal]:
    """part → number, for the columns that are understood and the cells that are filled."""
    pairs = zip(table.columns, row.values, strict=True)
    return {column.part: value for column, value in pairs if column.part and value is not None}


def _parts_across(table: Table) -> Iterator[Slip]:
    """On every row: payers and own share make the total, and payers alone never more."""
    for row in table.rows:
        known = _known(table, row)
        paid = [known[part] for part in _PAYERS if part in known]
        if "total" not in known or not paid:
            continue
        total, sums = known["total"], sum(paid, Decimal(0))
        if sums > total:
            sentence = f"各层支付合计 {shown(sums)}，超过总费用 {shown(total)}"
            yield Slip("payers", row.place, row.label, PARTS["total"], total, sums, sentence)
        elif "self" in known and (
            slip := compare("parts", row, PARTS["total"], total, [*paid, known["self"]])
        ):
            yield slip


_RATIOS: Mapping[str, Callable[[Mapping[str, Decimal]], Decimal]] = {
    r"(次均|人次均|例均)(住院)?(医药|医疗)?费用?": lambda known: known["total"] / known["cases"],
    r"实际补偿比例?(%)?": lambda known: (
        sum((known[part] for part in _PAYERS if part in known), Decimal(0)) * 100 / known["total"]
    ),
}
"""Columns that are quotients of others; percentages are printed without their sign."""


def _quotients(table: Table) -> Iterator[Slip]:
    """Printed means and percentages beside what their own row gives."""
    for at, column in enumerate(table.columns):
        title = _ASIDE.sub("", column.title)
        ratio = next((made for form, made in _RATIOS.items() if re.fullmatch(form, title)), None)
        for row in table.rows if ratio else ():
            stated, known = row.values[at], _known(table, row)
            if (
                stated is None
                or not known.get("total")
                or ("次" in title and not known.get("cases"))
            ):
                continue
            slip = compare("quotient", row, column.title, stated, [ratio(known)]) if ratio else None
            if slip:
                yield slip


_TELLING = 1_000
"""A whole percentage tells something when one percent of the total is this many printed units."""


def _whole_percentages(table: Table) -> Iterator[Slip]:
    """Payments that are a whole percentage of the total to the last digit: made from the percentage, it seems."""
    for row in table.rows:
        known = _known(table, row)
        total = known.get("total", Decimal(0))
        for part in _PAYERS:
            stated = known.get(part)
            if not stated or total < _TELLING * 100 * _step(stated):
                continue
            percent = (stated * 100 / total).quantize(Decimal(1), ROUND_HALF_UP)
            exact = total * percent / 100
            if exact.quantize(_step(stated), ROUND_HALF_UP) == stated:
                sentence = f"{shown(stated)} 恰为总费用的 {percent}%，像是由比例倒算，不像逐笔相加"
                yield Slip("percent", row.place, row.label, PARTS[part], stated, exact, sentence)


def _against(table: Table, name: str, details: Details) -> Iterator[Slip]:
    """Rows whose label the run knows, part by part; 合计 beside what its rows come to in the run."""
    labels = [_ASIDE.sub("", row.label) for row in table.rows if label_kind(row.label) == "row"]
    whole = _whole(labels, details)
    for row in table.rows:
        grand = label_kind(row.label) == "grand"
        known = whole if grand else details.get(_ASIDE.sub("", row.label), {})
        for column, stated in zip(table.columns, row.values, strict=True):
            if stated is None or column.part is None or column.part not in known:
                continue
            counts = column.part == "cases"
            truth = Decimal(known[column.part]).scaleb(0 if counts else -2)
            slip = compare("details", row, column.title, stated, [truth], counts=counts)
            if slip:
                yield again(slip, slip.kind, f"与本期{name}明细不符：{slip.sentence}")


def _whole(labels: Sequence[str], details: Details) -> Mapping[str, int]:
    """What all rows come to: the sum of known labels, all of the run where no label is known, else nothing."""
    found = [details[label] for label in labels if label in details]
    if not found:
        return details.get("合计", {})
    if len(found) < len(labels):
        return {}
    return {part: sum(known[part] for known in found) for part in found[0]}


def copied(tables: Sequence[Table]) -> list[Slip]:
    """Rows of different tables that agree in every number (two at least): one may be copied from the other."""
    seen: dict[tuple[Decimal, ...], tuple[Table, Row]] = {}
    slips = []
    for table in tables:
        for row in table.rows:
            numbers = tuple(value for value in row.values if value)
            before = seen.setdefault(numbers, (table, row))
            if len(numbers) > 1 and before[0] is not table:
                sentence = f"与“{before[0].name}”第 {before[1].place} 行各数完全相同"
                slips.append(
                    Slip("copied", row.place, row.label, "", numbers[0], numbers[0], sentence)
                )
    return slips
