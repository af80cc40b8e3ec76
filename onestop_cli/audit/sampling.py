"""Which stays are looked at on site: a draw that two departments can both repeat.

Everything is whole numbers and SHA-256, so a seed gives the same stays on every machine and in every
version that names the same `GENERATOR`. Number `i` of a draw is SHA-256 of the ASCII text
`<generator>|<seed>|<purpose>|<i>`, read as a whole number, highest byte first; below a limit `n` it is
taken modulo `n`, and numbers from the last incomplete multiple of `n` are skipped. `docs/audit.md` has
the method with a worked draw.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from itertools import accumulate

import polars as pl

from onestop_cli.tables.schema import LEVELS, PLACE

GENERATOR = "sha256-counter-1"
METHODS = {"mus": "货币单元抽样", "random": "简单随机抽样", "stratified": "按机构级别分层随机抽样"}
REASONS = {"certainty": "必查（大额）", "random": "随机抽取", "lead": "线索附加"}
STRATA = {
    "certainty": "必查层",
    "money": "货币单元层",
    "all": "全部",
    **LEVELS,
    "unknown": "级别不明",
    "lead": "线索附加",
}
"""Chinese names of the strata; `lead` stays are looked at beside the sample and never projected."""

FRAME_SORT = (
    "hospital",
    "stay_no",
    "admitted_on",
    "discharged_on",
    "id_no",
    "total_fen",
    "amount",
)
"""The frame is sorted by these, texts by their UTF-8 bytes, missing values first; the place in the files
only settles what is alike in all of them."""

SAMPLE_COLUMNS = (*PLACE, "stay_no", "hospital", "stratum", "reason", "amount")
"""`sample.parquet`; `amount` is fen."""

_ALL_BITS = 2**256


class Numbers:
    """Whole numbers from a seed, one after the other."""

    def __init__(self, seed: str, purpose: str) -> None:
        self._stem, self._count = f"{GENERATOR}|{seed}|{purpose}|", 0

    def below(self, limit: int) -> int:
        """The next number, every one of 0 … limit − 1 equally likely."""
        usable = _ALL_BITS - _ALL_BITS % limit
        while True:
            digest = sha256(f"{self._stem}{self._count}".encode("ascii")).digest()
            self._count += 1
            number = int.from_bytes(digest, "big")
            if number < usable:
                return number % limit


def combine(seeds: Iterable[int]) -> str:
    """One seed from those of the departments, whatever order they are named in: a hex SHA-256."""
    text = "|".join(str(seed) for seed in sorted(seeds))
    return sha256(f"onestop-seed-1|{text}".encode("ascii")).hexdigest()


@dataclass(frozen=True)
class Stratum:
    """A part of the frame, which of its stays were drawn, and how.

    `members` and `picks` are positions in the frame, `amount` the fen of all members. In the stratum
    `money` the interval between two drawn fen is `amount / drawn`; with the random `start` (below
    `amount`), pick `i` is where the fen number `(i × amount + start) // drawn` lies when the members,
    queued by the seed, are laid end to end.
    """

    id: str
    members: tuple[int, ...]
    picks: tuple[int, ...]
    amount: int
    start: int | None = None

    @property
    def rows(self) -> int:
        return len(self.members)

    @property
    def drawn(self) -> int:
        return len(self.picks)

    @property
    def whole(self) -> bool:
        """Whether every stay of the stratum is looked at, so that nothing is projected."""
        return self.drawn == self.rows


def make_frame(stays: pl.DataFrame) -> pl.DataFrame:
    """What is sampled from: the settled stays of a run for which a fund pays, in `FRAME_SORT` order.

    `amount` (fen) is what the funds are about to pay for the stay: payable + offset over all layers.
    """
    parts = [name for name in stays.columns if name.endswith(("_payable_fen", "_offset_fen"))]
    amount = pl.sum_horizontal(pl.col(parts).fill_null(0)).cast(pl.Int64)
    return (
        stays.with_columns(amount=amount)
        .filter((pl.col("status") == "settled") & (pl.col("amount") > 0))
        .sort(*FRAME_SORT, *PLACE, nulls_last=False)
    )


def frame_hash(frame: pl.DataFrame) -> str:
    """SHA-256 over the frame's sort columns, one line a stay, tabs between, missing as empty."""
    lines = frame.select(
        pl.concat_str(pl.col(FRAME_SORT).cast(pl.String).fill_null(""), separator="\t")
    ).to_series()
    return sha256("\n".join(lines).encode()).hexdigest()


def draw(
    frame: pl.DataFrame, method: str, size: int, seed: str, shared: str = "amount"
) -> tuple[Stratum, ...]:
    """The strata of a frame made by `make_frame` with `size` stays drawn; all, when there are no more.

    `shared`: levels share the draws by `amount`, or by `rows` where the size was worked out for stays.
    """
    amounts = frame["amount"].to_list()
    if method == "mus":
        return _by_money(amounts, size, seed)
    return _by_stratum(amounts, _members(frame, method), size, seed, shared)


def strata_of(frame: pl.DataFrame, method: str) -> list[tuple[int, int]]:
    """(rows, fen) of every stratum that `draw` draws from by rows; of the whole frame with monetary units."""
    amounts = frame["amount"].to_list()
    members = _members(frame, "random" if method == "mus" else method)
    return [(len(rows), sum(amounts[at] for at in rows)) for rows in members.values()]


def _members(frame: pl.DataFrame, method: str) -> dict[str, list[int]]:
    """Positions in the frame by stratum, in the order of `STRATA`."""
    names = ["all"] * frame.height if method == "random" else frame["level"].to_list()
    members: dict[str, list[int]] = {}
    for at, name in enumerate(names):
        members.setdefault(name or "unknown", []).append(at)
    return {name: members[name] for name in sorted(members, key=list(STRATA).index)}


def _by_money(amounts: Sequence[int], size: int, seed: str) -> tuple[Stratum, ...]:
    """Monetary units: stays no smaller than the interval are certain, the others by equal steps.

    The others are first put in an order of the seed's own, so that nothing regular in the frame can meet the
    steps, and neighbours are no likelier to be drawn together than strangers (Hartley and Rao 1962).
    """
    certain, left = _certainty(amounts, size)
    rest = tuple(sorted(set(range(len(amounts))).difference(certain)))
    money = sum(amounts[at] for at in rest)
    strata = []
    if certain:
        strata.append(Stratum("certainty", certain, certain, sum(amounts) - money))
    if left:
        start = Numbers(seed, "money").below(money)
        picks = _hit(_shuffled(rest, Numbers(seed, "order")), amounts, left, start)
        strata.append(Stratum("money", rest, tuple(sorted(picks)), money, start))
    return tuple(strata)


def _certainty(amounts: Sequence[int], size: int) -> tuple[tuple[int, ...], int]:
    """The stays that are certain, and how many picks are left for the others.

    Taking a large stay out shortens the interval of the rest, so this goes on until none of the rest
    reaches it.
    """
    order = sorted(range(len(amounts)), key=lambda at: (-amounts[at], at))
    size, money, taken = min(size, len(order)), sum(amounts), 0
    while taken < size and amounts[order[taken]] * (size - taken) >= money:
        money -= amounts[order[taken]]
        taken += 1
    return tuple(sorted(order[:taken])), size - taken


def _shuffled(rest: Iterable[int], numbers: Numbers) -> list[int]:
    """`rest` queued by a number each; the smallest comes first."""
    queue = sorted((numbers.below(_ALL_BITS), at) for at in rest)
    return [at for _, at in queue]


def _hit(rest: Sequence[int], amounts: Sequence[int], picks: int, start: int) -> tuple[int, ...]:
    """Where the fen numbers `(i × money + start) // picks` lie when `rest` is laid end to end."""
    edges = list(accumulate(amounts[at] for at in rest))
    wanted = ((number * edges[-1] + start) // picks for number in range(picks))
    return tuple(rest[bisect_right(edges, fen)] for fen in wanted)


def _by_stratum(
    amounts: Sequence[int],
    members: Mapping[str, Sequence[int]],
    size: int,
    seed: str,
    shared: str,
) -> tuple[Stratum, ...]:
    """Simple random sampling without repetition within each stratum (name → positions)."""
    money = [sum(amounts[at] for at in rows) for rows in members.values()]
    counts = [len(rows) for rows in members.values()]
    weights = money if shared == "amount" else counts
    sizes = allocate(list(zip(counts, weights, strict=True)), size)
    strata = []
    for (name, rows), fen, drawn in zip(members.items(), money, sizes, strict=True):
        chosen = _without_repetition(len(rows), drawn, Numbers(seed, name))
        picks = tuple(rows[at] for at in sorted(chosen))
        strata.append(Stratum(name, tuple(rows), picks, fen))
    return tuple(strata)


def _without_repetition(rows: int, drawn: int, numbers: Numbers) -> set[int]:
    """`drawn` different positions below `rows`; a number that came before is skipped."""
    if drawn >= rows:
        return set(range(rows))
    chosen: set[int] = set()
    while len(chosen) < drawn:
        chosen.add(numbers.below(rows))
    return chosen


def allocate(strata: Sequence[tuple[int, int]], size: int) -> list[int]:
    """How many to draw from each stratum of (rows, weight), the weight fen or stays.

    Two from each (all, where there are fewer), as far as `size` goes; then one at a time to where the most
    weight stands for each draw (Sainte-Laguë), never more than there are rows.
    """
    given = [0] * len(strata)
    for _ in range(min(size, sum(rows for rows, _ in strata))):
        thin = [at for at, (rows, _) in enumerate(strata) if given[at] < min(2, rows)]
        if thin:
            best = min(thin, key=lambda at: (given[at], at))
        else:
            room = [at for at, (rows, _) in enumerate(strata) if given[at] < rows]
            best = max(room, key=lambda at: (Fraction(strata[at][1], 2 * given[at] + 1), -at))
        given[best] += 1
    return given


def sample_table(frame: pl.DataFrame, strata: Sequence[Stratum]) -> pl.DataFrame:
    """The drawn rows of the frame, in its order, with `stratum` and `reason`."""
    drawn = sorted((at, stratum.id) for stratum in strata for at in stratum.picks)
    names = pl.Series([name for _, name in drawn], dtype=pl.String)
    reason = (
        pl.when(pl.col("stratum") == "certainty")
        .then(pl.lit("certainty"))
        .otherwise(pl.lit("random"))
    )
    return frame[[at for at, _ in drawn]].with_columns(stratum=names).with_columns(reason=reason)


def sample_hash(sample: pl.DataFrame) -> str:
    """SHA-256 of a drawn sample: sort columns, stratum and reason, one line a stay."""
    keys = (*FRAME_SORT, "stratum", "reason")
    lines = sample.select(
        pl.concat_str(pl.col(keys).cast(pl.String).fill_null(""), separator="\t")
    ).to_series()
    return sha256("\n".join(lines).encode()).hexdigest()
