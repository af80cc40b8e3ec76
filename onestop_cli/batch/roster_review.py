"""`onestop roster boards` and `onestop roster due`: 三榜公示, and who is to be taken off or looked at again."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from onestop_cli.batch.roster import refuse, rosters, understood
from onestop_cli.batch.start import county_settings
from onestop_cli.batch.typed_days import typed_day
from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.rosters.review import due_entries
from onestop_cli.writers.ledger.screen import plain_table
from onestop_cli.writers.rosters.review_book import STAGES, BoardWords, write_board, write_due
from onestop_cli.writers.toolkit.console import clean, console_for
from onestop_cli.writers.toolkit.folder import refuse_existing, safe_names, staged, staged_file


def write_boards(paths: Sequence[Path], stage: str, first: str, out: Path) -> None:
    """Write a board per place of the people on `paths`: by village for 评议, else by township.

    Raises `CannotRun` for a stage nobody knows, and people without a place or a kind.
    """
    if stage not in STAGES:
        raise stop(f"没有“{stage}”这一榜", f"--stage 可写：{'、'.join(STAGES)}")
    refuse_existing(out)
    settings = county_settings()
    day = typed_day(first, "--from")
    roster, unread = understood(paths, settings)
    _refuse_nowhere(roster, unread, by_village=stage == "评议")
    place = pl.col("township") + pl.col("village") if stage == "评议" else pl.col("township")
    people = _with_kind(roster).sort("township", "village", "name", nulls_last=True)
    people = people.with_columns(place=place)
    board = settings.publicity.board
    shown = (board.village if stage == "评议" else board.township).names or "full"
    words = BoardWords(
        settings.county.name, stage, day,
        settings.calendar.last_of(day, settings.publish.days), settings.publicity.box,
        tuple(settings.county.phones.items()), shown,
    )  # fmt: skip
    places = people["place"].unique(maintain_order=True).to_list()
    names = safe_names(places)
    with staged(out) as folder:
        for name in places:
            rows = people.filter(pl.col("place") == name)
            write_board(words, name, rows, folder / f"{names[name]}.xlsx")
    board_name = STAGES[stage][0]
    console_for(sys.stdout).print(
        clean(
            f"{board_name} {len(places):,} 张，{people['person'].n_unique():,} 人，公示到 {words.last}：{out}"
        ),
        soft_wrap=True,
    )


def _with_kind(roster: pl.DataFrame) -> pl.DataFrame:
    return roster.with_columns(shown_kind=pl.coalesce("category", "category_raw"))


def _refuse_nowhere(roster: pl.DataFrame, unread: pl.DataFrame, *, by_village: bool) -> None:
    """A name that stands on no board, or that nobody could read, must not go by in silence."""
    lacking = pl.col("township").is_null()
    if by_village:
        lacking = lacking | pl.col("village").is_null()
    problems = [
        Problem("没有写乡镇或村，不知道张贴在哪里", "请在名单上补上", *row)
        for row in roster.filter(lacking).select("source", "sheet", "row").iter_rows()
    ]
    problems += [
        Problem(f"这一行看不懂：{reason}", "请改好再公示", source, sheet, row)
        for source, sheet, row, reason in unread.select(
            "source", "sheet", "row", "reason"
        ).iter_rows()
    ]
    if problems:
        raise CannotRun(problems)


def list_due(paths: Sequence[Path], day: date, within: int, out: Path | None) -> None:
    """Show how many entries are due, by township, and write them to `out`."""
    settings = county_settings()
    refuse(out)
    roster, _ = understood(rosters(paths, settings), settings)
    rows = _with_kind(due_entries(roster, day, settings.review, within))
    console = console_for(sys.stdout)
    if rows.is_empty():
        console.print(f"截至 {day}，花名册上没有要清退、复核或即将到期的")
    else:
        table = plain_table(f"截至 {day}", ["事项", "缘由"], ["人次"])
        for what, why, count in rows.group_by("what", "why", maintain_order=True).len().iter_rows():
            table.add_row(what, why, f"{count:,}")
        console.print(table)
    if not settings.review:
        console.print("没有写各类别几个月复核一次的，不列复核；onestop.toml 加上 [review]，例如：")
        console.print('"农村低保户" = 12')
    if out is not None:
        with staged_file(out) as stage:
            write_due(settings.county.name, day, rows, stage)
        print(f"\n已写到 {out}")
