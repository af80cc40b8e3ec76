"""The words of a calculation: lines with a sum written out beside what it comes to, and the sentence it follows.

Sums are written so that anybody can do them again on paper: every amount has its decimals, `−`, `+` and `×` mean what
they do at school, `取小` takes the smallest of the amounts before it, `取大` the greatest, `不足为 0` makes a
negative result 0.
"""

from __future__ import annotations

from dataclasses import dataclass

from onestop_cli.money import FULL, yuan
from onestop_cli.rulebook import words
from onestop_cli.rulebook.clauses import Cited
from onestop_cli.rulebook.terms import ROUNDED

_DECIMALS = 6
"""A grain is a millionth of a yuan."""

_UNITS = {1: "分", 10: "角", 100: "元"}


@dataclass(frozen=True)
class Line:
    """`working` is words or a sum; `grains` (ten-thousandths of a fen) what it comes to, None for words alone."""

    label: str
    working: str = ""
    grains: int | None = None
    strong: bool = False

    @property
    def amount(self) -> str:
        """The result in yuan, with as many decimals as it has; empty where there is none."""
        return "" if self.grains is None else exact(self.grains)


@dataclass(frozen=True)
class RuleSentence:
    """The sentence a figure follows: what it settles, in our words, the quotation (else a summary), where it stands,
    how it is read."""

    what: str
    terms: str = ""
    quote: str = ""
    cite: str = ""
    reading: str = ""
    assumed: bool = False
    summary: str = ""


@dataclass(frozen=True)
class Group:
    """Lines that belong together, with the sentences they follow."""

    lines: tuple[Line, ...]
    basis: tuple[RuleSentence, ...] = ()


def figure(label: str, working: str, fen: int, *, strong: bool = False) -> Line:
    """A line that comes to whole fen."""
    return Line(label, working, fen * FULL, strong)


def exact(grains: int) -> str:
    """Grains in yuan: at least two decimals, as many as are needed."""
    sign, size = ("-", -grains) if grains < 0 else ("", grains)
    whole, part = divmod(size, 100 * FULL)
    decimals = f"{part:0{_DECIMALS}d}".rstrip("0").ljust(2, "0")
    return f"{sign}{whole:,}.{decimals}"


def in_steps(unit: int, mode: int, grains: int) -> tuple[int, str]:
    """`grains` in fen to whole units by a mode of `ROUNDED`, and how that is done, in words."""
    grain = FULL * unit
    more = {"half-up": grain // 2, "truncate": 0, "up": grain - 1}[ROUNDED[mode]]
    name = _UNITS.get(unit) or words.money(unit)
    how = f"舍去{name}以下" if ROUNDED[mode] == "truncate" else words.in_units(name, ROUNDED[mode])
    return (grains + more) // grain * unit, how


def named(name: str, fen: int) -> str:
    """An amount under its name: `总费用 5,000.00`."""
    return f"{name} {yuan(fen)}"


def less(start: str, taken: list[str], result: int) -> str:
    """`start` less everything in `taken`; `result` tells whether it falls below nothing."""
    return " − ".join([start, *taken]) + ("，不足为 0" if result < 0 else "")


def smallest(*amounts: str) -> str:
    """The smallest of several."""
    return " 与 ".join(amounts) + (" 取小" if len(amounts) > 1 else "")


def greatest(*amounts: str) -> str:
    """The greatest of several."""
    return " 与 ".join(amounts) + " 取大"


def left_of(name: str, limit: int, used: str, before: int) -> tuple[int, Line]:
    """What a limit leaves after `before` was used, and the line that says so."""
    left = max(limit - before, 0)
    return left, figure(
        f"{name}尚余", less(named(name, limit), [named(used, before)], limit - before), left
    )


def over_years(name: str, limit: int, years: int) -> Line:
    """A limit once for each of the years that a row runs over."""
    return figure(f"{name}合计", f"{named(name, limit)} × {years} 个年度", limit * years)


def basis(what: str, cited: Cited | None, terms: str = "") -> tuple[RuleSentence, ...]:
    """The sentence behind `what`, if the document says or reads anything there."""
    if cited is None or not (cited.sentence or cited.cite or cited.reading or cited.assumed):
        return ()
    kept = f"沿用 {cited.inherited}" if cited.inherited else ""
    cite = "，".join(part for part in (kept, cited.cite) if part)
    said = (cited.quote, cite, cited.reading, cited.assumed, cited.summary)
    return (RuleSentence(what, terms, *said),)
