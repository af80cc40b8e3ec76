"""One step of the settlement on one stay: its columns, and the document's numbers that apply to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from onestop_cli.core.settle.one_step import less_column
from onestop_cli.errors import Broken
from onestop_cli.rulebook import words
from onestop_cli.rulebook.book import Rulebook, Step
from onestop_cli.rulebook.clauses import Clause, Quota
from onestop_cli.rulebook.language import Layer, RuleFile
from onestop_cli.rulebook.terms import COMPUTED, GIVEN, UNKNOWN_RATE
from onestop_cli.tables.schema import EXPENSES
from onestop_cli.working.lines import RuleSentence, basis


@dataclass(frozen=True)
class StepOnStay:
    """`row`: a settled stay with all columns of its run; `book`: the run's documents. Amounts are fen."""

    row: Mapping[str, Any]
    book: Rulebook
    step: Step

    @cached_property
    def _terms(self) -> Mapping[str, Any]:
        own = self.row.get(f"{self.step.id}_term")
        return self.book.table.row(self.row["term"] if own is None else own, named=True)

    def term(self, name: str) -> int:
        """A number of the document: of this step, else of the whole document."""
        return int(self._terms.get(f"{self.step.id}.{name}", self._terms.get(name, 0)))

    @property
    def rate_nth(self) -> int:
        """Which stay of the year it is, as far as rates are written for one after the other."""
        return min(int(self.row.get(f"{self.step.id}_rate_nth") or 1), self.term("nth_rates"))

    def rate(self, band: int) -> int:
        """A band's rate, of the stay's number in the year."""
        nth = self.rate_nth
        return self.term(f"rate_{band}" if nth == 1 else f"rate_{band}_at_{nth}")

    @property
    def points(self) -> int:
        """The percentage points in the rate, of the stay's number in the year."""
        clause = self.clause("points")
        each = [self.term("points"), *getattr(clause, "later_points", [])]
        return int(each[min(self.rate_nth, len(each)) - 1])

    @property
    def years(self) -> int:
        """Over how many benefit years the row runs; more than one is one of which nobody knows what cost in which."""
        return int(self.row.get("benefit_years") or 1)

    def fen(self, what: str) -> int:
        """The column `<step>_<what>_fen`; a missing amount is 0."""
        return int(self.row.get(f"{self.step.id}_{what}_fen") or 0)

    def _own(self, what: str) -> Any:
        """A column of this step alone, where a layer of several parts has its total under the step's name."""
        kept = f"{self.step.id}_own_{what}"
        return self.row[kept if kept in self.row else f"{self.step.id}_{what}"]

    @property
    def check(self) -> str:
        """How far this step could be checked: exact, bound or none."""
        return str(self._own("check"))

    @property
    def due(self) -> int | None:
        """What the step gives; None where that is not known exactly."""
        return None if self._own("due_fen") is None else int(self._own("due_fen"))

    @property
    def bound(self) -> int | None:
        """The most the step can give, where no more is known."""
        return None if self._own("bound_fen") is None else int(self._own("bound_fen"))

    @property
    def paid(self) -> int:
        """What later layers take off the bill."""
        return int(self._own("paid_fen") or 0)

    @property
    def given(self) -> bool:
        """Whether the document leaves this layer to others."""
        return self.term("state") == GIVEN

    @property
    def rate_unknown(self) -> bool:
        """Whether the source gives no rate."""
        return self.term("state") == UNKNOWN_RATE

    @property
    def works(self) -> bool:
        """Whether the step is worked out: also by a quota's share, when the rate is not known."""
        return self.term("state") == COMPUTED or (self.rate_unknown and self.check != "none")

    @property
    def counts(self) -> bool:
        """Whether the stay takes part in what runs over the year."""
        return self.works and self.check == "exact"

    def before(self, verb: str) -> str:
        """What the year brought before this stay; of one that is bound-checked, the most that it may have brought."""
        return f"此前本年{'已' if self.counts else '最多已'}{verb}"

    def of_months(self, what: str, term: str) -> str:
        """What the months before this stay brought, where a term is counted over them."""
        return f"前 {self.term(term)} 个月{what}" if self.term(term) else f"此前本年{what}"

    @property
    def rule(self) -> RuleFile:
        """The document that governs the stay."""
        return self.book.rules[int(self.row["rule"])]

    @property
    def layer(self) -> Layer | None:
        """What the document says of this step; None when it says nothing."""
        return next((layer for layer in self.rule.layer if layer.id == self.step.id), None)

    @property
    def name(self) -> str:
        return self.layer.name if self.layer else self.step.name

    def clause(self, aspect: str) -> Clause | None:
        """The clause of an aspect that applies; None where the layer has no such aspect."""
        number = int(self._terms.get(f"{self.step.id}.{aspect}_clause", -1))
        found: list[Clause] = getattr(self.layer, aspect, [])
        return found[number] if 0 <= number < len(found) else None

    def said(self, *aspects: str) -> tuple[RuleSentence, ...]:
        """The sentences behind some aspects."""
        named = words.ASPECTS | ({"cap": "限额"} if self.term("cap_window") else {})
        clauses = [(named[aspect], self.clause(aspect)) for aspect in aspects]
        return tuple(b for what, c in clauses if c for b in basis(what, c, words.term(c)))

    @property
    def quota(self) -> Quota | None:
        """The 单病种 quota of the stay's disease."""
        number = self.row.get("quota")
        return None if number is None else self.book.quotas[number][1]

    @property
    def share(self) -> int | None:
        """What the quota gives this step, ten-thousandths; None under the ordinary terms."""
        if self.quota is None or self.step.id in self.quota.shares:
            return None if self.quota is None else self.quota.shares[self.step.id]
        return 0 if self.step.id in self.quota.pays else None

    @property
    def paid_apart(self) -> tuple[int, int] | None:
        """What the quota has this step pay as an amount, and how many times (床日); None where it is a share."""
        if self.quota is None or self.step.id not in self.quota.pays:
            return None
        days = int(self.row["bed_days"]) if self.quota.per == "day" else 1
        return self.quota.pays[self.step.id], days

    @property
    def free(self) -> bool:
        """Whether this is a quota's share that counts towards no yearly limit."""
        return self.share is not None and self.quota is not None and not self.quota.counts

    @property
    def cap(self) -> int | None:
        """The yearly cap that holds this step; None where there is none."""
        cap = self.row[f"{self.step.id}_cap_fen"]
        return None if cap is None else int(cap)

    @property
    def bill(self) -> tuple[str, int]:
        """The bill that layers look at, under its name."""
        limited = self.row["bill_fen"] != self.row["total_fen"]
        name = "单病种结算价"
        if self.quota is not None and self.quota.per == "day":
            name = "床日付费结算价"
        return name if limited else "总费用", self.row["bill_fen"]

    @property
    def covered(self) -> tuple[str, int]:
        """The part of the bill that is 可补偿, under its name."""
        return (
            "可补偿费用" if self.row["has_eligible"] else "总费用（没有可补偿费用）",
            self.row["covered_fen"],
        )

    @property
    def rest(self) -> int:
        """What earlier steps leave of the bill; nothing, when given amounts exceed it."""
        earlier = self.book.steps[: self.book.steps.index(self.step)]
        whole = {step.layer for step in earlier if step.layer != self.step.layer}
        paid = sum(int(self.row[f"{layer}_paid_fen"] or 0) for layer in whole)
        parts = (StepOnStay(self.row, self.book, s) for s in earlier if s.layer == self.step.layer)
        borne = sum(int(self.row[f"{step.id}_borne_fen"] or 0) for step in earlier)
        left = int(self.row["bill_fen"]) - paid - sum(part.paid for part in parts) - borne
        return max(left, 0)

    def amount_of(self, what: str) -> int:
        """What a base takes off: an expense, what a layer pays, or the deductible it charged."""
        if what == self.step.layer:
            return int(self.row[f"{what}_own_paid_fen"])
        return int(self.row[less_column(what)] or 0)

    def name_of(self, what: str) -> str:
        """What a base takes off, by name: an expense, a layer, or the deductible of a layer."""
        names = dict(EXPENSES)
        names |= {expense.id: expense.name for expense in self.rule.expense}
        names |= {step.id: step.name for step in self.book.steps}
        names |= {layer.id: layer.name for layer in self.rule.layer}
        head = what.removesuffix("_deductible")
        return names.get(what) or f"{names.get(head, head)}起付线"

    def agree(self, fen: int, what: str) -> None:
        """Raise `Broken` unless `fen` is what the run has in `<step>_<what>_fen`."""
        if fen != self.fen(what):
            raise Broken(f"{self.step.id}_{what}_fen：写出的算式得 {fen}，结算得 {self.fen(what)}")
