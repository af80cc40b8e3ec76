"""民主测评汇总表 as it was filled: how many ballots came back on each point, and what they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from onestop_cli.errors import CannotRun, Problem
from onestop_cli.readers.own_forms import BALLOTS, MATTERS
from onestop_cli.readers.own_table import OwnRow, read_own, said_twice
from onestop_cli.tables.registers import VOTERS, VOTES

_WORDS = {"ballots": "收回票数", **VOTES}


@dataclass(frozen=True)
class Ballots:
    """One line: what was asked about whom, who answered, and how many ballots say what (`VOTES`)."""

    office: str
    what: str
    who: str
    votes: Mapping[str, int]

    @property
    def returned(self) -> int:
        """All ballots that came back."""
        return sum(self.votes.values())


def read_appraisal(path: Path, notes: list[str]) -> list[Ballots]:
    """The filled lines; what was not read is told in `notes`.

    Raises `CannotRun` naming every line that cannot be right or comes again, and a file that is no such table.
    """
    lines = [ln for ln in read_own(path, BALLOTS, notes, MATTERS) if {*_WORDS} & {*ln.texts}]
    problems: list[Problem] = [*said_twice(lines)]
    found: list[Ballots] = []
    for line in lines:
        counts = {key: _count(line.texts.get(key, "")) for key in _WORDS}
        wrong = [line.problem(*each) for each in _wrong(line, counts)]
        problems += wrong
        if not wrong:
            votes = {key: counts[key] or 0 for key in VOTES}
            texts = line.texts
            found.append(Ballots(texts.get("office", ""), texts["what"], texts["who"], votes))
    if problems:
        raise CannotRun(problems)
    return found


def _count(text: str) -> int | None:
    """A whole number of ballots; blank is 0, None what is none."""
    plain = text.removesuffix("票").removesuffix(".0").strip()
    if not plain:
        return 0
    return int(plain) if plain.isascii() and plain.isdigit() else None


def _wrong(line: OwnRow, counts: Mapping[str, int | None]) -> Iterator[tuple[str, str]]:
    texts = line.texts
    for key, title in _WORDS.items():
        if counts[key] is None:
            yield f"{title}“{texts[key]}”不是票数", "请写 0 或正整数"
    if not texts.get("what"):
        yield "没有写测评内容", "请补上测评的是哪一项"
    who = texts.get("who", "")
    if not who:
        yield "没有写参加人", f"可写：{'、'.join(VOTERS)}，或另写"
    if None in counts.values():
        return
    votes = sum(counts[key] or 0 for key in VOTES)
    if votes != counts["ballots"]:
        what = f"收回 {counts['ballots']} 票，各项合计 {votes} 票"
        yield what, "收回票数应等于满意、基本满意、不满意、弃权之和"
