"""`onestop ledger open`: the county's books get a beginning."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from onestop_cli.batch.books import known_funds, layer_names, operator
from onestop_cli.batch.start import county_settings
from onestop_cli.county.settings import FILE_NAME, LEDGER
from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.ledger.opening import Opening, open_books
from onestop_cli.money import exact_fen
from onestop_cli.readers.brought import read_brought
from onestop_cli.readers.layout.days import Habit, read_day, why_no_day
from onestop_cli.writers.ledger.screen import show_opened
from onestop_cli.writers.toolkit.console import heed


@dataclass(frozen=True)
class OpeningOptions:
    """The options of `onestop ledger open` as typed."""

    first_day: str
    before: Path | None = None
    balances: Sequence[str] = ()


def open_ledger(ledger: Path | None, typed: OpeningOptions, now: datetime) -> None:
    """Make the books and show what they begin with; raises `CannotRun` with everything that is wrong."""
    path = ledger or _usual()
    problems: list[Problem] = []
    if path.exists():
        problems.append(
            Problem("台账已经存在，不会覆盖", "已有台账的不用再开；请换一个文件名", str(path))
        )
    day = _first_day(typed.first_day, problems)
    notes = list[str]()
    opening = Opening(day or date.min, dict(_balances(typed.balances, problems)))
    if typed.before is not None and day is not None:
        try:
            opening = _with_before(opening, typed.before, notes)
        except CannotRun as error:
            problems += error.problems
    if problems:
        raise CannotRun(problems)
    open_books(path, opening, operator(), now)
    show_opened(path, opening)
    heed(notes)


def _usual() -> Path:
    """The ledger that onestop.toml names, else the usual one of the county folder we stand in."""
    settings = county_settings()
    if settings.reconcile.ledger is not None:
        return settings.folder / settings.reconcile.ledger
    if Path(FILE_NAME).is_file():
        return Path(LEDGER)
    raise stop("没有给出台账文件", f"请写成 onestop ledger open {LEDGER} --from 起始日")


def _with_before(opening: Opening, file: Path, notes: list[str]) -> Opening:
    """The opening with 期初 out of `file`."""
    known = layer_names()

    def layer(text: str) -> str | None:
        return known.get(text, text if text in known.values() else None)

    found = read_brought(file, layer, list(known), opening.first_day, notes)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return replace(opening, brought=found, file=file.name, sha256=digest)


def _first_day(text: str, problems: list[Problem]) -> date | None:
    """The first of a month: a period lies before the books or in them."""
    day, fault = read_day(text, Habit(month="first"))
    if day is None:
        problems.append(
            Problem(
                f"起始日“{fault or text}”{why_no_day(fault or text)}",
                "请写成 --from 2010-10-01 的样子",
            )
        )
    elif day.day != 1:
        problems.append(
            Problem(f"起始日 {day} 不是月初", "结算期从月初开始，请写第一个结算期的第一天")
        )
    return day


def _balances(texts: Iterable[str], problems: list[Problem]) -> Iterator[tuple[str, int]]:
    known, seen = known_funds(), set[str]()
    for text in texts:
        name, _, amount = text.replace("＝", "=").partition("=")
        fund, fen = name.strip(), exact_fen(amount)
        if not fund or fen is None:
            problems.append(
                Problem(f"看不懂 --balance “{text}”", "请写成 --balance 医疗救助资金=120000.00")
            )
        elif known and fund not in known:
            problems.append(Problem(f"没有“{fund}”这个基金", f"--balance 可写：{'、'.join(known)}"))
        elif fund in seen:
            problems.append(Problem(f"“{fund}”的结余写了两次", "每个基金只写一次 --balance"))
        else:
            seen.add(fund)
            yield fund, fen
