"""Cases of a document, worked out and compared with what they expect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from onestop_cli.explain.by_hand import Amounts, levels, settle_given
from onestop_cli.money import yuan
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.cases import Case, Cases
from onestop_cli.tables.schema import LEVELS

WORDS = {"self_pay": "self_due_fen", "hospital_borne": "hospital_borne_fen"}
TEXTS = ("check", "nth")


@dataclass(frozen=True)
class Verdict:
    """A case and the sentences in which it did not come out as expected."""

    case: Case
    differences: tuple[str, ...]


def work_out(cases: Cases) -> list[Verdict]:
    """Every case of a document, settled by the engine that settles a quarter."""
    book = Rulebook((cases.rule,))
    people = [[*case.earlier, case.given] for case in cases.cases]
    amounts = settle_given(people, book)
    return [
        Verdict(case, (*_strange(case, book), *_differences(case, amount, book)))
        for case, amount in zip(cases.cases, amounts, strict=True)
    ]


def _strange(case: Case, book: Rulebook) -> Iterator[str]:
    """What the document does not know of `given`: a level, a category, a key without a dimension or expense."""
    known = {d.id for rule in book.rules for d in rule.dimension} | {e.id for e in book.expenses}
    kinds = [*book.priority, *book.no_right]
    for stay in (*case.earlier, case.given):
        if levels(stay.level) not in LEVELS:
            named = (LEVELS[id_] for rule in book.rules for id_ in rule.scope.levels)
            listing = "、".join(dict.fromkeys(named))
            yield f"given 里的级别“{stay.level}”不认识，可用：{listing}"
        for kind in (kind for kind in stay.category if kind not in kinds):
            listing = f"可用：{'、'.join(kinds)}" if kinds else "文件不分类别"
            yield f"given 里的类别“{kind}”文件没有列出，{listing}"
        for name in stay.further:
            if name not in known:
                yield f"given 里的“{name}”文件没有用到"


def _differences(case: Case, amounts: Amounts, book: Rulebook) -> Iterator[str]:
    for key, expected in case.expect.items():
        column = _column(key, book)
        if column is None:
            yield f"expect 里的“{key}”不认识"
            continue
        wanted, found = _value(expected, column), _found(column, amounts)
        if wanted != found:
            why = f"（{amounts['ungoverned']}）" if amounts["term"] is None else ""
            said = f"应为 {_said(wanted, column)}，算得 {_said(found, column)}"
            yield f"{_name(key, book)}{said}{why}"


def _column(key: str, book: Rulebook) -> str | None:
    """The column of the core that a word of `expect` looks at."""
    if key in WORDS or key in ("rule", "benefit_year"):
        return WORDS.get(key, key)
    if key in {step.id for step in book.steps}:
        return f"{key}_due_fen"
    step = next((s.id for s in book.steps if key.startswith(f"{s.id}_")), None)
    what = key.removeprefix(f"{step}_")
    if step is None or what not in (*TEXTS, "bound", "deductible", "base", "uncapped", "paid"):
        return None
    return key if what in TEXTS else f"{key}_fen"


def _value(expected: Any, column: str) -> Any:
    """Yuan → fen where the column is an amount."""
    if column.endswith("_fen") and isinstance(expected, int | Decimal):
        return int(Decimal(expected) * 100)
    return None if expected == "none" and column.endswith("_fen") else expected


def _found(column: str, amounts: Amounts) -> Any:
    if column == "rule":
        return amounts["rule_id"] if amounts["term"] is not None else "none"
    return amounts.get(column)


def _said(value: Any, column: str) -> str:
    if column.endswith("_fen"):
        return yuan(value) if isinstance(value, int) else "没有"
    return str(value)


def _name(key: str, book: Rulebook) -> str:
    """A word of `expect` as an office says it."""
    names: Mapping[str, str] = {s.id: s.name for s in book.steps} | {
        "self_pay": "个人自付", "hospital_borne": "医院承担",
        "rule": "适用的文件", "benefit_year": "归属年度",
    }  # fmt: skip
    suffixes = {"bound": "上限", "deductible": "起付线", "base": "基数", "uncapped": "封顶前金额",
                "paid": "支付", "check": "核对方式", "nth": "住院次序"}  # fmt: skip
    for suffix, word in suffixes.items():
        if key.endswith(f"_{suffix}"):
            return names.get(key.removesuffix(f"_{suffix}"), key) + word
    return names.get(key, key)
