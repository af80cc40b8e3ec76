"""A person's year: one order in time for everything but caps on payment, where claimed stays go first.

A document says of a stay and a layer one of four things: a `Share` (this is how much), `NOTHING`
(this person has no right to it), `AS_CLAIMED` (the document does not regulate it) or `SILENT`
(no sentence fits; somebody has to look).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import time

from tests.second.split import split
from tests.second.stays import ZERO, Outcome, Part, Stay, Yuan, half_up

NOTHING, AS_CLAIMED, SILENT = "nothing", "as claimed", "silent"


@dataclass(frozen=True)
class Share:
    """How much of `base` a layer bears, and how the year moves on.

    `amount(base, along)` is what the layer gives before its yearly cap when the year has already
    come `along` so far (deductible used, or cost counted); `uses(base, along)` is how much further
    this stay takes it. `cap` counts, in the year, what was paid out of the same `pot`.
    `in_scope` says that the base was made from 可补偿费用; `sure` is False where the document
    leaves a number out, so that the amount is only the most that can be right.
    """

    base: Yuan
    amount: Callable[[Yuan, Yuan], Yuan]
    uses: Callable[[Yuan, Yuan], Yuan] = lambda base, along: ZERO
    cap: Yuan | None = None
    pot: str = ""
    in_scope: bool = True
    sure: bool = True

    def single(self, along: Yuan) -> Yuan:
        """What this stay alone may get, its own cap included."""
        given = half_up(self.amount(self.base, along))
        return given if self.cap is None else min(given, self.cap)


Says = Share | str
Rule = Callable[[Stay, Yuan], Says]  # a stay and what earlier layers paid


@dataclass(frozen=True)
class Document:
    """The layers of one issued document, in their order, and the year a stay belongs to."""

    layers: dict[str, Rule]
    year_of: Callable[[Stay], int] = lambda stay: stay.discharged.year


def flat(rate: Yuan, deductible: Yuan = ZERO) -> Callable[[Yuan, Yuan], Yuan]:
    """Rate on what is above a deductible per stay."""
    return lambda base, along: rate * max(base - deductible, ZERO)


def once_a_year(rate: Yuan, deductible: Yuan) -> Callable[[Yuan, Yuan], Yuan]:
    """Rate on what is above the part of a yearly deductible that is not yet used."""
    return lambda base, along: rate * max(base - max(deductible - along, ZERO), ZERO)


def uses_deductible(deductible: Yuan) -> Callable[[Yuan, Yuan], Yuan]:
    """A stay uses a yearly deductible up by its base, until nothing is left of it."""
    return lambda base, along: min(base, max(deductible - along, ZERO))


def progressive(bands: Sequence[tuple[Yuan | None, Yuan]], amount: Yuan) -> Yuan:
    """Each part of an amount at the rate of its band; upper edges belong to the band below."""
    given, low = ZERO, ZERO
    for high, rate in bands:
        if amount > low:
            given += rate * ((amount if high is None else min(amount, high)) - low)
        low = amount if high is None else high
    return given


def order(stay: Stay) -> tuple[object, ...]:
    """The one order of a person's year (contract, section 4)."""
    days = (stay.paid_on, stay.at or time(0, 0, 0), stay.discharged, stay.admitted)
    place = (stay.source, stay.sheet is not None, stay.sheet or "", stay.row)
    return (*days, stay.hospital, stay.stay_no, *place)


def settle(stays: Iterable[Stay], document_of: Callable[[Stay], Document | None]) -> list[Outcome]:
    """One person's stays of any years, in the order given; a stay no document governs is held."""
    given = list(stays)
    years: dict[int, list[int]] = {}
    for place, stay in enumerate(given):
        document = document_of(stay)
        if document is None or not document_speaks(document, stay):
            given[place] = stay = replace(stay, held=True)
        year = document.year_of(stay) if document else stay.discharged.year
        years.setdefault(year, []).append(place)
    outcomes: dict[int, Outcome] = {}
    for places in years.values():
        outcomes.update(settle_year({place: given[place] for place in places}, document_of))
    return [outcomes[place] for place in range(len(given))]


def document_speaks(document: Document, stay: Stay) -> bool:
    """Whether every layer has a sentence for this stay."""
    return all(rule(stay, ZERO) != SILENT for rule in document.layers.values())


def settle_year(
    stays: dict[int, Stay], document_of: Callable[[Stay], Document | None]
) -> dict[int, Outcome]:
    """The stays of one year, layer after layer: each later base needs the earlier layer's due."""
    places = sorted(stays, key=lambda place: order(stays[place]))
    documents = {place: document_of(stays[place]) for place in places}
    layers: list[str] = []
    for document in documents.values():
        layers += [name for name in (document.layers if document else ()) if name not in layers]
    paid_before = dict.fromkeys(places, ZERO)
    doubtful_before = dict.fromkeys(places, False)
    parts: dict[int, dict[str, Part]] = {place: {} for place in places}
    for layer in layers:
        says = {
            place: document.layers[layer](stays[place], paid_before[place])
            for place, document in documents.items()
            if document and layer in document.layers
        }
        done = through_the_year(layer, places, stays, says, doubtful_before)
        for place, part in done.items():
            parts[place][layer] = part
            if part.due is not None:
                paid_before[place] += part.due
            elif part.bound is not None:
                paid_before[place] += min(stays[place].claims(layer), part.bound)
            else:
                paid_before[place] += stays[place].claims(layer)
            doubtful_before[place] |= part.check == "bound"
    return {place: split(stays[place], parts[place]) for place in places}


def through_the_year(
    layer: str,
    places: Sequence[int],
    stays: dict[int, Stay],
    says: dict[int, Says],
    doubtful_before: dict[int, bool],
) -> dict[int, Part]:
    """One layer of one year: what is bound-checked, what that may come to, and what the others are due."""
    parts = {
        place: Part("exact", due=ZERO) if said == NOTHING else Part("none")
        for place, said in says.items()
        if not isinstance(said, Share) and not stays[place].held
    }
    shares = {place: said for place, said in says.items() if isinstance(said, Share)}
    year = Year(layer, list(places), stays, shares)
    bounded = year.bound_checked(doubtful_before)
    utmost = year.come_so_far(bounded, bills=True, held=True)
    parts |= {place: Part("bound", bound=shares[place].single(utmost[place])) for place in bounded}
    parts |= {place: Part("exact", due=due) for place, due in year.dues(bounded).items()}
    return parts


@dataclass(frozen=True)
class Year:
    """The stays of a year in time, and those of which a layer bears a share."""

    layer: str
    places: list[int]
    stays: dict[int, Stay]
    shares: dict[int, Share]

    def bound_checked(self, doubtful_before: dict[int, bool]) -> set[int]:
        """Stays whose own amount nobody can tell, and those whose due depends on how much these used.

        "A stay whose due depends on how much an earlier bound-checked stay used": by itself, or by
        what another one that depends leaves of a limit. Those found may have others depend on them.
        """
        bounded = {
            place
            for place in self.settled()
            if (self.shares[place].in_scope and self.stays[place].eligible is None)
            or not self.shares[place].sure
            or doubtful_before[place]
        }
        while True:
            least, most = self.dues(bounded), self.dues(bounded, bills=True)
            depends = {place for place, due in least.items() if due != most[place]}
            if not depends:
                return bounded
            bounded |= depends

    def settled(self) -> list[int]:
        """Stays of which the layer bears a share, but for those that are held."""
        return [p for p in self.places if p in self.shares and not self.stays[p].held]

    def come_so_far(
        self, bounded: set[int], *, bills: bool = False, held: bool = False
    ) -> dict[int, Yuan]:
        """How far each stay finds the year: deductible used, or cost counted, by the stays before it.

        Bound-checked stays have used nothing, or with `bills` all of their total; but one that itself
        has half a deductible brings a yearly one no further than that half. Of a `held` stay nothing
        is settled, not even whose terms it has: all of its total may count.
        """
        along = ZERO
        found: dict[int, Yuan] = {}
        for place in self.places:
            stay, said = self.stays[place], self.shares.get(place)
            found[place] = along
            if stay.held:
                along += stay.most if held else ZERO
            elif said is None:
                continue
            elif place in bounded:
                along += said.uses(stay.total, along) if bills else ZERO
            else:
                along += said.uses(said.base, along)
        return found

    def dues(self, bounded: set[int], *, bills: bool = False) -> dict[int, Yuan]:
        """What stays are due that are not bound-checked, in time.

        A limit is used up by what was really paid in the year (以当年内实际获得补偿金额累计计算), so
        stays that claimed go first, each group in time; bound-checked stays use nothing of it.
        """
        before = self.come_so_far(bounded, bills=bills)
        paid: dict[str, Yuan] = {}
        dues = dict.fromkeys((place for place in self.settled() if place not in bounded), ZERO)
        for place in sorted(dues, key=lambda place: self.stays[place].claims(self.layer) <= 0):
            said = self.shares[place]
            dues[place] = half_up(said.amount(said.base, before[place]))
            if said.cap is not None:
                used = paid.get(said.pot, ZERO)
                dues[place] = min(dues[place], max(said.cap - used, ZERO))
                paid[said.pot] = used + dues[place]
        return dues
