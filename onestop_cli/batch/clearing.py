"""`onestop clearing`: the platform's 3202 and 3201 statements beside the lists of stays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
from rich.console import Console

from onestop_cli.batch.inspect import register_names
from onestop_cli.batch.roster import refuse
from onestop_cli.batch.start import county_settings
from onestop_cli.core.clearing import DETAILS, SUMS, beside_details, beside_sums
from onestop_cli.county.settings import FILE_NAME, Settings
from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.readers.containers.inbox import open_files
from onestop_cli.readers.layout.clearing import ClearingStatement, without_statements
from onestop_cli.readers.stays import read_stays
from onestop_cli.writers.clearing.book import write_clearing_book
from onestop_cli.writers.clearing.screen import Clearing, show_clearing
from onestop_cli.writers.toolkit.console import heed
from onestop_cli.writers.toolkit.folder import staged_file


def clearing(files: Sequence[Path], stays: Sequence[Path], out: Path | None) -> None:
    """Hold the statements in `files` against `stays` (else those of onestop.toml), show it, and write `out`.

    Raises `CannotRun` for files that are no statements, or cannot be read.
    """
    settings = county_settings()
    refuse(out)
    lists = list(stays) or [settings.folder / path for path in settings.reconcile.stays]
    if not lists:
        raise stop("没有给出住院表", f"请用 --stays 写明，或在 {FILE_NAME} 中写明 stays")
    told, problems = _statements(files, settings)
    reading = read_stays(lists, settings, register_names(settings))
    if problems := [*problems, *reading.problems]:
        raise CannotRun(problems)
    heed(reading.told)
    found = Clearing(
        beside_details(reading.rows, _rows(told, "detail", "result")),
        beside_sums(reading.rows, _rows(told, "sums")),
        tuple(told),
        len(reading.rows),
        reading.rows["settlement_no"].null_count(),
    )
    show_clearing(found, Console(highlight=False))
    if out is not None:
        with staged_file(out) as stage:
            write_clearing_book(found, settings.county.name, stage)
        print(f"对账清单已写到 {out}")


def _statements(
    files: Sequence[Path], settings: Settings
) -> tuple[list[ClearingStatement], list[Problem]]:
    """The statements behind `files`, and what is none or cannot be read."""
    inbox = open_files(files, settings)
    others, _, told = without_statements(inbox.opened)
    problems = list(inbox.problems)
    problems += [
        Problem(
            "不是平台的 3202 对账明细、对账结果或 3201 汇总",
            "请只写平台导出的对账文件，照原样：3202 明细没有表头，加过表头、改过列的请重新导出；住院表用 --stays 写明",
            file.file.path,
        )
        for file in others
    ]
    problems += [
        Problem(
            f"有 {one.unread} 行看不懂（结算ID、日期、金额或笔数）",
            "请重新从平台下载这份文件",
            one.source,
        )
        for one in told
        if one.unread
    ]
    return told, problems


def _rows(told: Sequence[ClearingStatement], *kinds: str) -> pl.DataFrame:
    schema = SUMS if kinds == ("sums",) else DETAILS
    rows = [one.rows for one in told if one.kind in kinds]
    return pl.concat([pl.DataFrame(schema=schema), *rows])
