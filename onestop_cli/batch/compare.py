"""`onestop compare`: two runs of one period, and the run before this one."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.run import RUN_FILE, Run, load_run
from onestop_cli.statements.comparison import RunComparison, compare
from onestop_cli.tables.run_info import RunInfo
from onestop_cli.writers.comparison.book import write_comparison_book
from onestop_cli.writers.comparison.screen import show_comparison
from onestop_cli.writers.toolkit.folder import refuse_existing, staged_file


def compare_runs(before: Path, after: Path, out: Path | None) -> None:
    """Show what changed from one run to the other, and write it to `out`.

    Raises `CannotRun` when a folder is no run, or when their periods differ.
    """
    if out is not None:
        if out.suffix.lower() != ".xlsx":
            raise stop("只能写成 .xlsx 文件", "请把 --out 写成以 .xlsx 结尾的文件名", str(out))
        refuse_existing(out)
    runs = _both(before, after)
    if runs[0].info.period != runs[1].info.period:
        periods = " 和 ".join(run.period.chinese for run in runs)
        raise stop(
            f"两次核对不是同一期：{periods}",
            "请写同一期的两个结果文件夹，如 结果/2010Q4 和 结果/2010Q4-2",
        )
    found = compare(*runs)
    names = before.name, after.name
    show_comparison(found, names)
    if out is not None:
        with staged_file(out) as stage:
            write_comparison_book(found, names, stage)
        print(f"\n已写到 {out}")


def _both(before: Path, after: Path) -> tuple[Run, Run]:
    """Both runs; what is wrong with either is said at once."""
    runs: list[Run] = []
    problems: list[Problem] = []
    for folder in (before, after):
        try:
            runs.append(load_run(folder))
        except CannotRun as error:
            problems += error.problems
    if problems:
        raise CannotRun(problems)
    return runs[0], runs[1]


def with_the_one_before(run: Run, out: Path) -> tuple[RunComparison, str] | None:
    """What changed since the newest other run of the period beside `out`; None where there is none to compare, and
    where nothing is different: the same inputs give the same bytes."""
    newest = max(_others(run.info, out), default=None)
    if newest is None:
        return None
    folder = out.parent / newest[1]
    try:
        found = compare(load_run(folder), run)
    except CannotRun:  # a folder that was changed by hand is nothing to compare with
        return None
    return None if found.same and not found.inputs else (found, folder.name)


def _others(info: RunInfo, out: Path) -> list[tuple[str, str]]:
    """(moment, folder) of the runs of the same period that lie beside `out`."""
    found = []
    for file in out.absolute().parent.glob(f"*/{RUN_FILE}"):
        with suppress(OSError, ValueError):
            other = RunInfo.model_validate_json(file.read_bytes())
            if other.period == info.period and other.parts is None:
                found.append((other.made_at, file.parent.name))
    return found
