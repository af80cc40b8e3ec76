"""A random document of two to four layers: its numbers, and the rule file that says the same."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

LEVELS = ("township", "county", "city", "province")
KINDS = ("特困人员", "低保对象", "低收入对象")
ORDINARY = ""


@dataclass(frozen=True)
class Tier:
    """A layer's numbers, yuan and percent, each for (level, kind). `bands`: upper edge (None: no limit) and percent,
    instead of a rate. `yearly`: the deductible and the bands run over the year, edges on the gross amount."""

    id: str
    on: str
    less: tuple[str, ...]
    deductible: dict[tuple[str, str], int]
    rate: dict[tuple[str, str], int]
    bands: tuple[tuple[int | None, int], ...] = ()
    gross: bool = False
    yearly: bool = False
    cap: int | None = None

    @property
    def aid(self) -> bool:
        """Only for people of a kind."""
        return self.id in ("assistance", "extra")


@dataclass(frozen=True)
class Document:
    tiers: tuple[Tier, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(tier.id for tier in self.tiers)

    def tier(self, id_: str) -> Tier:
        return next(tier for tier in self.tiers if tier.id == id_)


def random_document(rng: Random, layers: int) -> Document:
    """Insurance and aid, with 大病 between them from three layers on, and 倾斜救助 after them with four."""
    tiers = [_basic(rng)]
    if layers > 2:
        tiers.append(_critical(rng))
    tiers.append(_assistance(rng, tuple(tier.id for tier in tiers)))
    if layers > 3:
        tiers.append(_extra(rng, tuple(tier.id for tier in tiers)))
    return Document(tuple(tiers))


def _cells(value) -> dict[tuple[str, str], int]:  # type: ignore[no-untyped-def]
    return {(level, kind): value(level, kind) for level in LEVELS for kind in (*KINDS, ORDINARY)}


def _basic(rng: Random) -> Tier:
    start, step = rng.choice((80, 85, 90)), rng.choice((8, 10, 12))
    charges = sorted(rng.sample((80, 120, 180, 350, 450, 700, 900, 1200), 4))
    more = rng.choice((0, 5))
    rates = {level: start - step * n for n, level in enumerate(LEVELS)}
    charged = dict(zip(LEVELS, charges, strict=True))
    return Tier(
        "basic", "eligible", ("first_pay",) if rng.random() < 0.5 else (),
        _cells(lambda level, kind: charged[level]),
        _cells(lambda level, kind: rates[level] + (more if kind else 0)),
        cap=rng.choice((60_000, 100_000, 150_000)),
    )  # fmt: skip


def _critical(rng: Random) -> Tier:
    whole = rng.choice((2_000, 3_000, 5_000))
    half = rng.random() < 0.7
    first = rng.choice((50, 55, 60))
    edges = sorted(rng.sample((5_000, 8_000, 12_000, 20_000, 30_000), 2))
    yearly = rng.random() < 0.5
    return Tier(
        "critical", "eligible", ("basic",),
        _cells(lambda level, kind: whole // 2 if kind and half else whole),
        {},
        ((edges[0], first), (edges[1], first + 10), (None, first + 15)),
        gross=yearly or rng.random() < 0.5, yearly=yearly, cap=rng.choice((None, 300_000)),
    )  # fmt: skip


def _assistance(rng: Random, before: tuple[str, ...]) -> Tier:
    rates = dict(zip(KINDS, (100, rng.choice((70, 75, 80)), rng.choice((50, 55, 60))), strict=True))
    return Tier(
        "assistance", rng.choice(("total", "eligible")), before,
        _cells(lambda level, kind: 0),
        _cells(lambda level, kind: rates.get(kind, 0)),
        cap=rng.choice((8_000, 20_000, 50_000)),
    )  # fmt: skip


def _extra(rng: Random, before: tuple[str, ...]) -> Tier:
    charged, rate = rng.choice((300, 500, 800)), rng.choice((45, 65, 72))
    return Tier(
        "extra", "eligible", before,
        _cells(lambda level, kind: charged), _cells(lambda level, kind: rate),
        cap=rng.choice((10_000, 20_000)),
    )  # fmt: skip


_NAMES = {
    "basic": "居民医保",
    "critical": "大病保险",
    "assistance": "医疗救助",
    "extra": "倾斜救助",
}


def as_rule(document: Document) -> str:
    """The rule file of a document."""
    kinds = ", ".join(f'"{kind}"' for kind in KINDS)
    head = f"""id = "made-up"
title = "示例县待遇"
area = "example"
[source]
document = "示例县文件"
[effective]
from = 2024-01-01
assumed = true
[basis]
governing_date = "discharge"
assumed = true
[categories]
priority = [{kinds}]
assumed = true
"""
    return head + "".join(_layer(tier) for tier in document.tiers)


def _layer(tier: Tier) -> str:
    less = ", ".join(f'"{name}"' for name in tier.less)
    text = f'[[layer]]\nid = "{tier.id}"\nname = "{_NAMES[tier.id]}"\n'
    text += 'who = "roster"\n' if tier.aid else ""
    text += f'[layer.base]\nfrom = "{tier.on}"\nless = [{less}]\nassumed = true\n'
    over = "year" if tier.yearly else "stay"
    kinds = KINDS if tier.aid else (*KINDS, ORDINARY)
    for level in LEVELS:
        for kind in kinds:
            when = f'when = {{ level = "{level}", category = "{kind or "none"}" }}\n'
            amount = tier.deductible[level, kind]
            text += (
                f'[[layer.deductible]]\n{when}amount = {amount}\nper = "{over}"\nassumed = true\n'
            )
            if not tier.bands:
                rate = tier.rate[level, kind] / 100
                text += f"[[layer.rate]]\n{when}rate = {rate:.2f}\nassumed = true\n"
    if tier.bands:
        edges = "gross" if tier.gross else "net"
        bands = ", ".join(
            f"{{ to = {edge}, rate = {percent / 100:.2f} }}" if edge else f"{{ rate = {percent / 100:.2f} }}"
            for edge, percent in tier.bands
        )  # fmt: skip
        text += f'[[layer.rate]]\nmode = "progressive"\nedges = "{edges}"\nper = "{over}"\n'
        text += f"bands = [{bands}]\nassumed = true\n"
    cap = f"{tier.cap}" if tier.cap else '"none"'
    return text + f"[[layer.cap]]\namount = {cap}\nassumed = true\n"
