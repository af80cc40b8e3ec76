"""What the looked-at stays say about all of them: projected errors and an upper limit.

An error of a stay is the part of its amount that the inspection did not confirm (paid too much), or the
reverse (paid too little). Too much is projected and limited; too little is projected and shown beside it,
never set off against the former.

* `money` stratum: the tainting of a stay is error ÷ amount; projected = interval × Σ taintings; the limit
  is Stringer's, interval × (p₀ + Σ (pᵢ − pᵢ₋₁) × tᵢ), taintings largest first, p the Poisson factors
  (Leslie, Teitlebaum, Anderson 1979; AICPA Audit Sampling Guide, appendix C).
* other random strata: projected = rows ÷ drawn × Σ errors; at most `upper_count` stays are wrong
  (hypergeometric), so at most the errors found plus the whole amount of as many of the largest stays
  that nobody looked at.
* several such strata together: their errors are limited as one count (`upper_limits.upper_rows`), so that the total
  keeps the stated confidence without a limit at a smaller risk for each.
* strata looked at completely: what was found, nothing added. Strata nobody looked at: all of it may be wrong.

Monetary units are judged by money, the other methods by stays, as they are planned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from math import ceil

from onestop_cli.audit.sampling import Stratum
from onestop_cli.audit.upper_limits import (
    Looked,
    poisson_factor,
    room_left,
    upper_amount,
    upper_count,
    upper_rows,
)


@dataclass(frozen=True)
class Result:
    """A stratum's result, or the total of all (`id` is `total`). Amounts are fen.

    `errors` counts stays with any error; `over` and `under` are what was found in the sample, `projected`
    and `projected_under` what it comes to in the whole stratum, `upper` the limit of overpayment.
    `upper_rows` limits the number of stays with an error; None where stays had unequal chances.
    """

    id: str
    rows: int
    amount: int
    looked: int
    errors: int
    over: int
    under: int
    projected: int
    projected_under: int
    upper: int
    upper_rows: int | None


@dataclass(frozen=True)
class _Projection:
    """What the errors found come to in the stratum; `Result` has the meanings."""

    over: int
    under: int
    upper: int
    upper_rows: int | None


@dataclass(frozen=True)
class Evaluation:
    """Results by stratum, each at the stated confidence, and their total at that confidence too."""

    strata: tuple[Result, ...]
    total: Result


@dataclass(frozen=True)
class Error:
    """What is wrong with a stay that was looked at: fen paid too much, and fen paid too little (by another fund)."""

    over: int = 0
    under: int = 0

    def __bool__(self) -> bool:
        return bool(self.over or self.under)


def evaluate(
    amounts: Sequence[int],
    strata: Sequence[Stratum],
    confirmed: Mapping[int, int],
    risk: Fraction,
) -> Evaluation:
    """Project what was `confirmed` (frame position → fen, for every pick) onto the frame's `amounts` (fen)."""
    errors = {
        at: Error(max(amounts[at] - fen, 0), max(fen - amounts[at], 0))
        for at, fen in confirmed.items()
    }
    return evaluate_errors(amounts, strata, errors, risk)


def evaluate_errors(
    amounts: Sequence[int],
    strata: Sequence[Stratum],
    errors: Mapping[int, Error],
    risk: Fraction,
) -> Evaluation:
    """Project the `errors` of every pick (by frame position) onto the frame's `amounts` (fen)."""
    results = tuple(_result(stratum, amounts, errors, risk) for stratum in strata)
    total = _total(results)
    sampled = [stratum for stratum in strata if not stratum.whole]
    if len(sampled) > 1:
        total = _together(total, sampled, amounts, errors, risk)
    return Evaluation(results, total)


def within(total: Result, method: str, tolerable: Fraction) -> bool:
    """Whether the limit of an evaluation's total stays within the tolerable share: of the money with monetary units, of
    the stays with the other methods. Both sides are whole: fen rounded up, stays rounded down."""
    if method == "mus":
        return total.upper <= tolerable_fen(total, tolerable)
    assert total.upper_rows is not None
    return total.upper_rows <= tolerable * total.rows


def tolerable_fen(total: Result, tolerable: Fraction) -> int:
    """The tolerable share of all money in fen, rounded up as the limit is."""
    return ceil(tolerable * total.amount)


def _result(
    stratum: Stratum, amounts: Sequence[int], errors: Mapping[int, Error], risk: Fraction
) -> Result:
    """One stratum's result at `risk`."""
    found = {at: errors[at] for at in stratum.picks}
    over = sum(error.over for error in found.values())
    under = sum(error.under for error in found.values())
    wrong = sum(map(bool, found.values()))
    if stratum.whole:
        projection = _Projection(over, under, over, wrong)
    elif not stratum.drawn:
        projection = _Projection(0, 0, stratum.amount, stratum.rows)
    elif stratum.id == "money":
        projection = _by_money(stratum, amounts, found, risk)
    else:
        projection = _by_rows(stratum, amounts, found, risk)
    return Result(
        id=stratum.id,
        rows=stratum.rows,
        amount=stratum.amount,
        looked=stratum.drawn,
        errors=wrong,
        over=over,
        under=under,
        projected=projection.over,
        projected_under=projection.under,
        upper=min(projection.upper, stratum.amount),
        upper_rows=projection.upper_rows,
    )


def _by_money(
    stratum: Stratum, amounts: Sequence[int], found: Mapping[int, Error], risk: Fraction
) -> _Projection:
    """Taintings and Stringer's limit."""
    interval = Fraction(stratum.amount, stratum.drawn)
    over = [Fraction(error.over, amounts[at]) for at, error in found.items() if error.over]
    under = [Fraction(error.under, amounts[at]) for at, error in found.items()]
    return _Projection(
        over=_half_up(interval * sum(over)),
        under=_half_up(interval * sum(under)),
        upper=ceil(interval * stringer(sorted(over, reverse=True), risk)),
        upper_rows=None,
    )


def _by_rows(
    stratum: Stratum, amounts: Sequence[int], found: Mapping[int, Error], risk: Fraction
) -> _Projection:
    """The mean error of a stay, and the largest unseen stays for as many as may still be wrong."""
    scale = Fraction(stratum.rows, stratum.drawn)
    over = [error.over for error in found.values() if error.over]
    under = sum(error.under for error in found.values())
    wrong = sum(map(bool, found.values()))
    unseen = sorted((amounts[at] for at in set(stratum.members).difference(found)), reverse=True)
    more = upper_count(stratum.rows, stratum.drawn, len(over), risk) - len(over)
    return _Projection(
        over=_half_up(scale * sum(over)),
        under=_half_up(scale * under),
        upper=sum(over) + sum(unseen[:more]),
        upper_rows=upper_count(stratum.rows, stratum.drawn, wrong, risk),
    )


def stringer(taintings: Sequence[Fraction], risk: Fraction) -> Fraction:
    """Stringer's bound in intervals; `taintings` largest first, each in (0, 1]."""
    bound = before = poisson_factor(0, risk)
    for number, tainting in enumerate(taintings, start=1):
        factor = poisson_factor(number, risk)
        bound += (factor - before) * tainting
        before = factor
    return bound


def _half_up(amount: Fraction) -> int:
    """A non-negative amount to the fen."""
    return int(amount + Fraction(1, 2))


def _total(results: Sequence[Result]) -> Result:
    """The sum of all strata; its count limit only where every stratum has one."""
    sums = {
        field.name: sum(getattr(result, field.name) for result in results)
        for field in fields(Result)
        if field.name not in ("id", "upper_rows")
    }
    counts = [result.upper_rows for result in results if result.upper_rows is not None]
    return Result(
        id="total", upper_rows=sum(counts) if len(counts) == len(results) else None, **sums
    )


def _together(
    total: Result,
    sampled: Sequence[Stratum],
    amounts: Sequence[int],
    errors: Mapping[int, Error],
    risk: Fraction,
) -> Result:
    """`total` with its limits taken from all sampled strata at once."""
    any_error = [
        Looked(part.rows, part.drawn, sum(bool(errors[at]) for at in part.picks))
        for part in sampled
    ]
    too_much = [
        Looked(part.rows, part.drawn, sum(errors[at].over > 0 for at in part.picks))
        for part in sampled
    ]
    unseen = (
        (amounts[at], part.share)
        for stratum, part in zip(sampled, too_much, strict=True)
        for at in set(stratum.members).difference(stratum.picks)
    )
    known = total.errors - sum(part.errors for part in any_error)
    return replace(
        total,
        upper=total.over + upper_amount(unseen, room_left(too_much, risk)),
        upper_rows=known + upper_rows(any_error, risk),
    )
