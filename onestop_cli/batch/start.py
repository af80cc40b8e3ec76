"""From the clerk's options to a request: defaults of onestop.toml filled in, everything missing said at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from onestop_cli.batch.papers import write_run
from onestop_cli.batch.reconcile import Request, reconcile
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.periods import parse_period
from onestop_cli.run import Run
from onestop_cli.settings import FILE_NAME, Settings, load_settings
from onestop_cli.writers.folder import refuse_existing
from onestop_cli.writers.screen import progress, summary


def asked(
    period: str,
    stays: Sequence[Path] | None,
    roster: Sequence[Path] | None,
    register: Path | None,
    rules: Sequence[str] | None,
    out: Path | None,
    password_file: Path | None = None,
) -> tuple[Request, Path]:
    """The request and its output folder; raises `CannotRun` naming every option that is missing."""
    settings = county_settings()
    chosen, home = settings.reconcile, settings.folder
    stays = stays or [home / path for path in chosen.stays]
    roster = roster or [home / path for path in chosen.roster]
    register = register or (home / chosen.register_file if chosen.register_file else None)
    rules = rules or list(chosen.rules)
    out = out or (_next_free(home / chosen.out / parse_period(period).id) if chosen.out else None)
    wanted = {
        "--stays": stays,
        "--roster": roster,
        "--register": register,
        "--rules": rules,
        "--out": out,
    }
    problems = [
        Problem(f"没有给出 {option}", f"请加上 {option}，或在县文件夹的 {FILE_NAME} 中写明")
        for option, value in wanted.items()
        if not value
    ]
    if problems or register is None or out is None:
        raise CannotRun(problems)
    refuse_existing(out)
    county = home if (home / FILE_NAME).is_file() else None
    return Request(period, stays, roster, register, rules, settings, county), out


def county_settings() -> Settings:
    """The settings of the county folder we stand in, else the defaults."""
    here = Path(FILE_NAME)
    return load_settings(here if here.is_file() else None)


def _next_free(folder: Path) -> Path:
    """`2010Q4`, then `2010Q4-2` …: an earlier result is never written over."""
    number, free = 1, folder
    while free.exists():
        number += 1
        free = folder.with_name(f"{folder.name}-{number}")
    return free


def run_and_write(request: Request, out: Path, *, quiet: bool) -> Run:
    """Reconcile, write the run folder whole, and show the summary."""
    with progress(quiet=quiet) as tell:
        run = reconcile(request, tell)
        tell("写出结果")
        write_run(run, out, request.settings)
    if not quiet:
        summary(run, out)
    return run
