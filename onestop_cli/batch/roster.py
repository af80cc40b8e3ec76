"""Rosters by themselves: check one, compare two; on the screen and as a workbook."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

import polars as pl
from rich.console import Console
from xlsxwriter.exceptions import XlsxFileError

from onestop_cli.batch.start import county_settings, line_for
from onestop_cli.core.roster import understand_roster
from onestop_cli.county.settings import FILE_NAME, Settings
from onestop_cli.county.spelling import kind_question
from onestop_cli.county.synonyms import key, names
from onestop_cli.errors import CannotRun, stop
from onestop_cli.readers.roster import read_rosters
from onestop_cli.rosters.changes import diff_rosters
from onestop_cli.rosters.quality import check_roster
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.library import load_rules
from onestop_cli.tables.inspection import Spelling
from onestop_cli.writers.rosters.book import write_changes_book, write_check_book
from onestop_cli.writers.rosters.screen import show_changes, show_check
from onestop_cli.writers.toolkit.console import heed
from onestop_cli.writers.toolkit.folder import refuse_existing
from onestop_cli.writers.toolkit.synonym_block import add_synonyms


def check(paths: Sequence[Path], day: date, out: Path | None, *, save: bool = False) -> None:
    """Check the rosters behind `paths` (else those of onestop.toml) as they stand on `day`; `save` writes spellings of
    places that are surely one into onestop.toml."""
    settings = county_settings()
    refuse(out)
    roster, unread = understood(rosters(paths, settings), settings)
    found = check_roster(roster, unread, day)
    show_check(found, Console(highlight=False))
    for question in _questions(roster, settings):
        print(f"\n{question}")
    _write(out, lambda path: write_check_book(found, settings.county.name, path))
    if save:
        save_spellings(found.spellings)


def _questions(roster: pl.DataFrame, settings: Settings) -> Iterator[str]:
    """The kinds that the county's documents do not name; nothing while there are no readable documents."""
    try:
        files = load_rules(settings.reconcile.rules, settings.folder)
    except CannotRun:
        return
    book, known = Rulebook(tuple(rule.file for rule in files)), names(settings)
    people = roster.drop_nulls("category_raw").group_by("category_raw").agg("person")
    unknown: dict[str, set[str]] = defaultdict(set)
    for text, persons in people.sort("category_raw").iter_rows():
        for kind in known.kinds(text, book.priority, book.no_right):
            if files and kind not in book.priority:
                unknown[kind].update(persons)
    yield from (kind_question(kind, len(who), book.priority) for kind, who in unknown.items())


def save_spellings(spellings: Sequence[Spelling]) -> None:
    """Write the sure ones into onestop.toml, and say how many."""
    path = Path(FILE_NAME)
    if not path.is_file():
        raise stop(
            f"这里没有 {FILE_NAME}，没有地方保存", "请到县文件夹里运行，或先运行 onestop init"
        )
    added = add_synonyms(path, [one for one in spellings if one.sure])
    print(f"已写入 {FILE_NAME}：{added} 种写法" if added else f"没有要写进 {FILE_NAME} 的写法")


def diff(old: Sequence[Path], new: Sequence[Path], out: Path | None) -> None:
    """Compare the rosters behind `old` and `new`."""
    settings = county_settings()
    refuse(out)
    before, _ = understood(old, settings)
    after, _ = understood(new, settings)
    changes = diff_rosters(before, after)
    show_changes(changes, Console(highlight=False))
    _write(out, lambda path: write_changes_book(changes, settings.county.name, path))


def rosters(paths: Sequence[Path], settings: Settings) -> list[Path]:
    """The rosters that were given, else those of onestop.toml; raises `CannotRun` for none."""
    found = list(paths) or [settings.folder / path for path in settings.reconcile.roster]
    if not found:
        raise stop("没有给出花名册", f"请写上花名册文件或文件夹，或{line_for('--roster')}")
    return found


def understood(paths: Sequence[Path], settings: Settings) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The roster behind `paths` and its rows that could not be read; says what was not read of the files."""
    reading = read_rosters(paths, settings)
    if reading.problems:
        raise CannotRun(reading.problems)
    heed(reading.told)
    known = names(settings)

    def kinds(text: str) -> list[str]:
        found = known.kinds(text, list(known.category))
        listed = found or ([] if known.says_none(text) else [text.strip()])
        return [known.category.get(key(kind), kind) for kind in listed]

    return understand_roster(reading.rows, kinds), reading.quarantine


def refuse(out: Path | None) -> None:
    """Say before any work that `out` cannot be written."""
    if out is None:
        return
    if out.suffix.lower() != ".xlsx":
        raise stop("清单只能写成 .xlsx 文件", "请把 --out 写成以 .xlsx 结尾的文件名", str(out))
    if out.exists():
        refuse_existing(out)


def _write(out: Path | None, write: Callable[[Path], None]) -> None:
    """Write a workbook to `out`, whole or not at all."""
    if out is None:
        return
    stage = out.with_name(f".{out.name}.tmp")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        write(stage)
        stage.replace(out)
    except (OSError, XlsxFileError) as error:
        raise stop("写不进去，没有留下文件", "请检查磁盘空间和文件夹权限", str(out)) from error
    finally:
        with suppress(OSError):
            stage.unlink()
    print(f"\n完整清单已写到 {out}")
