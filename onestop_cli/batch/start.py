"""From the clerk's options to a request: defaults of onestop.toml filled in, everything missing said at once.

Many commands come here for the county's settings only, so what a run needs is loaded where it begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from onestop_cli.batch.misnamed import DECISIONS, PASSWORDS, county_nearby, lying
from onestop_cli.batch.request import Request
from onestop_cli.county.periods import parse_period
from onestop_cli.county.settings import FILE_NAME, Settings, load_settings
from onestop_cli.errors import CannotRun, Problem, gathered, stop
from onestop_cli.writers.toolkit.console import progress
from onestop_cli.writers.toolkit.folder import refuse_existing

if TYPE_CHECKING:
    from onestop_cli.run import Run

READING = "读取文件"
"""The first stage of a run."""
_LINES = {
    "--stays": 'stays = ["收件箱/住院"]',
    "--roster": 'roster = ["收件箱/花名册"]',
    "--register": 'register = "定点机构名册.csv"',
    "--rules": 'rules = ["huangzhong-2009"]',
    "--out": 'out = "结果"',
    "--ledger": 'ledger = "台账.sqlite"',
}
"""Option → the line of `[reconcile]` that takes its place."""


def line_for(option: str) -> str:
    """How to say an option once and for all."""
    return f"在县文件夹的 {FILE_NAME} 的 [reconcile] 加一行 {_LINES[option]}"


@dataclass(frozen=True)
class ReconcileOptions:
    """The options of `onestop reconcile` as typed; None where the clerk left it to onestop.toml. `in_parts`: with
    `--buckets`, which reads files of its own."""

    period: str
    stays: Sequence[Path] | None
    roster: Sequence[Path] | None
    register: Path | None
    rules: Sequence[str] | None
    ledger: Path | None
    decisions: Path | None
    out: Path | None
    password_file: Path | None = None
    recompute: Sequence[str] | None = None
    in_parts: bool = False


def asked(options: ReconcileOptions, now: datetime) -> tuple[Request, Path]:
    """The request, made at the moment `now`, and its output folder; raises `CannotRun` naming all that is missing."""
    settings = county_settings()
    chosen, home = settings.reconcile, settings.folder
    stays = options.stays or [home / path for path in chosen.stays]
    roster = options.roster or [home / path for path in chosen.roster]
    register = options.register or _under(home, chosen.register_file)
    rules = options.rules or list(chosen.rules)
    problems: list[Problem] = []
    period = gathered(problems, lambda: parse_period(options.period))
    out = options.out or (
        _next_free(home / chosen.out / period.id) if chosen.out and period else None
    )
    wanted = {
        "--stays": stays, "--roster": roster, "--register": register, "--rules": rules,
        "--out": out or chosen.out,
    }  # fmt: skip
    missing = _not_given(wanted)
    if missing and not (home / FILE_NAME).is_file() and (nearby := county_nearby(home)):
        raise stop(f"没有找到 {FILE_NAME}", nearby)
    problems += missing
    decisions = options.decisions or _under(home, chosen.decisions) or lying(home, DECISIONS)
    if decisions is not None and not decisions.exists():
        problems.append(Problem("找不到处理意见", _NO_DECISIONS, str(decisions)))
        decisions = None
    if out:
        gathered(problems, lambda: refuse_existing(out))
    ledger = options.ledger or settings.ledger
    if ledger is None and options.recompute:
        problems.append(Problem("--recompute 要有台账", "请用 --ledger 给出台账文件"))
    again = options.recompute or (settings.reopen.periods if ledger else ())
    recompute = [gathered(problems, partial(parse_period, text)) for text in again]
    request = Request(
        period.id if period else "",
        stays,
        roster,
        register or Path(),
        rules,
        settings,
        county_folder=home if (home / FILE_NAME).is_file() else None,
        ledger=ledger,
        decisions=decisions,
        password_file=options.password_file or lying(home, PASSWORDS),
        made_at=now.isoformat(timespec="seconds"),
        recompute=[closed for closed in recompute if closed],
    )
    if not missing and (problems or out is None) and not options.in_parts:
        gathered(problems, lambda: refuse_books(request, out))
        problems += _in_files(request)
    if problems or out is None:
        raise CannotRun(problems)
    return request, out


def _not_given(wanted: Mapping[str, object]) -> list[Problem]:
    return [
        Problem(f"没有给出 {option}", f"请加上 {option}，或{line_for(option)}")
        for option, value in wanted.items()
        if not value
    ]


def _in_files(request: Request) -> Sequence[Problem]:
    """What is wrong with files and decisions, for a run that cannot begin anyway: a clerk mends all at once."""
    from onestop_cli.batch.reconcile import read_inputs, remembered

    problems: list[Problem] = []
    read = gathered(problems, lambda: read_inputs(request))
    if read is not None:
        gathered(problems, lambda: remembered(replace(request, ledger=None), read))
    return problems


def refuse_books(request: Request, out: Path | None) -> None:
    """Raise `CannotRun` for books that earlier results were not made with, that cannot be opened, or in which the
    period is closed. Where period or output folder are not known, what hangs on them is not looked at."""
    from onestop_cli.batch.same_books import refuse_closed, refuse_other_books

    settings = request.settings
    refuse_other_books(request.ledger, _results(settings.folder, settings.reconcile.out, out))
    if request.ledger is not None:
        refuse_closed(request.ledger, parse_period(request.period) if request.period else None)


def _results(home: Path, usual: Path | None, out: Path | None) -> list[Path]:
    """Where earlier results may lie."""
    return [*([out.absolute().parent] if out else []), *([home / usual] if usual else [])]


_NO_DECISIONS = (
    "请检查路径；处理意见是填好的差错清单.xlsx 另存的，"
    f"放在县文件夹、文件名 {DECISIONS} 时不用写 --decisions"
)


def used(request: Request) -> Iterator[str]:
    """Books and decisions that a run takes, whether they were named or found."""
    if request.ledger is not None:
        yield f"用台账 {request.ledger}"
    if request.decisions is not None:
        yield f"用处理意见 {request.decisions}"


def _under(home: Path, path: Path | None) -> Path | None:
    return home / path if path else None


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
    """Reconcile, write the run folder whole, and show the summary. What a run needs is loaded after its first line."""
    with progress(quiet=quiet) as tell:
        for said in (*used(request), READING):
            tell(said)
        from onestop_cli.batch.reconcile import reconcile

        try:
            refuse_books(request, out)
        except CannotRun as error:
            raise CannotRun([*error.problems, *_in_files(request)]) from error
        run = reconcile(request, tell)
        tell("写出结果")
        from onestop_cli.batch.papers import write_run

        write_run(run, out, request.settings)
    if not quiet:
        from onestop_cli.writers.toolkit.screen import summary

        summary(run, out)
    return run
