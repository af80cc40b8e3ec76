"""`onestop roster premium`: who is paid for this year, from the rosters and the enrolment list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from rich.console import Console

from onestop_cli.batch.roster import refuse, rosters, understood
from onestop_cli.batch.start import county_settings
from onestop_cli.county.settings import FILE_NAME, Settings
from onestop_cli.county.synonyms import key, names
from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.readers.enrolment import read_enrolment
from onestop_cli.rosters.premium import Amounts, premium
from onestop_cli.writers.rosters.premium_book import Paper, write_premium_board, write_premium_book
from onestop_cli.writers.rosters.premium_screen import show_premium
from onestop_cli.writers.toolkit.console import heed
from onestop_cli.writers.toolkit.folder import staged_file


@dataclass(frozen=True)
class PremiumOptions:
    """What `onestop roster premium` was asked. `day`: the roster as it stands then, else on 1 January of `year`."""

    enrolled: Sequence[Path]
    year: int
    roster: Sequence[Path] = ()
    day: date | None = None
    out: Path | None = None
    board: Path | None = None


def premium_list(asked: PremiumOptions) -> None:
    """Put the rosters beside the enrolment list, show the result and write what was asked for.

    Raises `CannotRun` for files that cannot be read, amounts that contradict each other, and places that are taken.
    """
    settings = county_settings()
    for path in (asked.out, asked.board):
        refuse(path)
    if asked.out is not None and asked.out == asked.board:
        raise stop("--out 和 --board 是同一个文件", "请分别给出文件名", str(asked.out))
    reading = read_enrolment(asked.enrolled, settings)
    problems = list(reading.problems)
    try:
        roster, unread = understood(rosters(asked.roster, settings), settings)
    except CannotRun as error:
        raise CannotRun([*problems, *error.problems]) from error
    amounts, wrong = _amounts(settings, asked.year, roster["category"].unique().drop_nulls())
    if problems := [*wrong, *problems]:
        raise CannotRun(problems)
    heed(reading.told)
    known = set(names(settings).category)
    found = premium(
        roster,
        reading.rows,
        amounts,
        asked.year,
        asked.day or date(asked.year, 1, 1),
        lambda word: key(word) in known,
    )
    paper = Paper(found, settings.county, len(unread), len(reading.quarantine))
    show_premium(paper, amounts, Console(highlight=False))
    for path, write, what in (
        (asked.out, write_premium_book, found.words.of("资助参合清单（含证号，不得张贴）")),
        (asked.board, write_premium_board, "公示名单（姓名隐去，没有证号）"),
    ):
        if path is not None:
            with staged_file(path) as stage:
                write(paper, stage)
            print(f"{what}已写到 {path}")


def _amounts(
    settings: Settings, year: int, categories: Iterable[str]
) -> tuple[Amounts, list[Problem]]:
    """What is paid per person in `year`, by the `categories` of the roster, and what contradicts itself."""
    stated = settings.premium.get(year)
    if stated is None:
        return Amounts({}), []
    known, there = names(settings), sorted(categories)
    full, fixed = (
        {known.canonical_category(text, there) or text: yuan for text, yuan in part.items()}
        for part in (dict.fromkeys(stated.full, stated.standard), stated.fixed)
    )
    amounts = {
        name: None if yuan is None else int(yuan * 100) for name, yuan in (full | fixed).items()
    }
    standard = None if stated.standard is None else int(stated.standard * 100)
    return Amounts(amounts, standard), [*_contradictions(year, stated.standard, full, fixed)]


def _contradictions(
    year: int,
    standard: Decimal | None,
    full: Mapping[str, Decimal | None],
    fixed: Mapping[str, Decimal | None],
) -> Iterator[Problem]:
    place = f"{FILE_NAME} 的 [premium.{year}]"
    for category, yuan in fixed.items():
        if category in full:
            yield Problem(f"“{category}”既写了全额又写了定额", "请只留一处", place)
        if standard is not None and yuan is not None and yuan > standard:
            yield Problem(f"“{category}”的定额高于个人缴费标准", "请核对 standard 和 fixed", place)
