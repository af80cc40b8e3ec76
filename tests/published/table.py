"""The table of published examples in docs/published-examples.md, from the rule files, their cases and what was printed.

python -m tests.published.table > docs/published-examples.md
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from onestop_cli.rulebook.cases import Case, load_cases
from onestop_cli.rulebook.library import LoadedRule, load_rule

HERE = Path(__file__).parent
DOES_NOT_FOLLOW = "does_not_follow"
VERDICTS = {
    "follows": "follows",
    "follows_second_source": "follows, two parameters from another page",
    "result_follows_typo_in_text": "result follows, a slip in the printed working",
    "shares_only_amounts_ours": "shares printed, amounts multiplied out",
    DOES_NOT_FOLLOW: "**contradicts its own rule**",
}
HEAD = """\
# Published worked examples

Governments, newspapers and offices print examples to explain a policy. Each is a rule file made of its own
numbers in `tests/published/rules/`, with the example as a case beside it, and is worked out by the engine that
settles a quarter (`tests/rulebook/test_published.py`). Where a page contradicts its own rule, the tool gives the rule's
figure. Amounts are yuan. Made by `python -m tests.published.table > docs/published-examples.md`.

| place, year | example | printed | by the rule | verdict |
|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Example:
    """A printed result beside the rule file and the case that work it out."""

    facts: dict[str, Any]
    loaded: LoadedRule
    case: Case

    @property
    def printed(self) -> dict[str, Decimal]:
        return {what: Decimal(value) for what, value in self.facts["printed"].items()}

    @property
    def expected(self) -> dict[str, Decimal]:
        """What the case expects of the same figures."""
        return {what: Decimal(self.case.expect[what]) for what in self.printed}

    @property
    def contradicts(self) -> bool:
        return bool(self.facts["verdict"] == DOES_NOT_FOLLOW)


def examples() -> list[Example]:
    """Every printed example, in the order of `printed.toml`."""
    table = tomllib.loads((HERE / "printed.toml").read_text("utf-8"), parse_float=Decimal)
    return [_example(facts) for facts in table["example"]]


def _example(facts: dict[str, Any]) -> Example:
    loaded = load_rule(HERE / "rules" / f"{facts['id']}.toml")
    cases = load_cases(loaded)
    assert cases is not None
    (case,) = [case for case in cases.cases if case.name == facts["case"]]
    return Example(facts, loaded, case)


def page() -> str:
    """The whole of docs/published-examples.md."""
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows())


def rows() -> Iterator[tuple[str, ...]]:
    for example in examples():
        address = example.loaded.file.source.page
        place = f"{example.facts['place']}, {example.facts['year']}"
        where = f"[{place}]({address})" if address.startswith("http") else place
        verdict = VERDICTS[example.facts["verdict"]]
        note = example.facts.get("note")
        yield (
            where,
            f"`{example.loaded.file.id}`: {example.case.name}",
            _figures(example.printed),
            _figures(example.expected),
            f"{verdict}. {note}" if note else verdict,
        )


def _figures(figures: dict[str, Decimal]) -> str:
    return ", ".join(f"{what.replace('_', ' ')} {value:,}" for what, value in figures.items())


if __name__ == "__main__":
    print(page(), end="")
