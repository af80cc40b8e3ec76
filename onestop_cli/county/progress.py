"""Where a settlement period stands, and what comes next: facts in, one step out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from onestop_cli.county.periods import Period, parse_period
from onestop_cli.errors import Problem


@dataclass(frozen=True)
class InboxSummary:
    """What lies in the inbox. `first`/`last`: earliest and latest day of settlement, else of discharge;
    `period`: the one most stays belong to; `silent`: hospitals of the register without a stay; `notes`: what else to
    look at (`inbox_check`)."""

    stay_files: int = 0
    stays: int = 0
    roster_files: int = 0
    people: int = 0
    hospitals: int = 0
    silent: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    period: Period | None = None
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class LastRun:
    """The newest run of a period. `folder`: relative to the county folder; `changed`: files that came, went or
    changed since; `held`, `rejected`: stays."""

    folder: str
    made: str
    held: int
    rejected: int
    changed: int


@dataclass(frozen=True)
class Progress:
    """All that is known about a county's current period. `published`, `inspected`: where those papers are. `astray`:
    the folder and period of the newest run, where that is another period that is not closed either."""

    county: str
    inbox: InboxSummary
    closed: tuple[str, ...] = ()
    run: LastRun | None = None
    published: str | None = None
    inspected: str | None = None
    ledger: str | None = None
    astray: tuple[str, str] | None = None

    @property
    def period(self) -> Period | None:
        return self.inbox.period

    @property
    def done(self) -> bool:
        """Whether the period of the inbox is closed."""
        return self.period is not None and self.period.id in self.closed


@dataclass(frozen=True)
class NextStep:
    """What to do: a sentence, and the commands for it."""

    what: str
    commands: Sequence[str] = field(default=())


_BY_MONTH = 2019


def period_of(day: date, like: str | None) -> Period:
    """The period `day` lies in, of the kind of `like` (`2010-11` month, `2010H2`, `2010`); without one a quarter, and
    from 2019 on, when counties take the platform's exports, a month."""
    quarter = (day.month + 2) // 3
    if like is None and day.year >= _BY_MONTH:
        like = "-"
    if like is None or "Q" in like:
        return parse_period(f"{day.year}Q{quarter}")
    if "H" in like:
        return parse_period(f"{day.year}H{(quarter + 1) // 2}")
    return parse_period(f"{day.year}-{day.month:02d}" if "-" in like else str(day.year))


def next_step(standing: Progress) -> NextStep:
    """The first thing that is still to do."""
    return next(_open_steps(standing))


def _open_steps(standing: Progress) -> Iterator[NextStep]:
    """What is still to do, in order; never empty."""
    inbox, run = standing.inbox, standing.run
    if inbox.problems:
        yield NextStep("照上面的提示补齐，再运行 onestop 看一次")
    brought = {"住院报表": inbox.stay_files, "花名册": inbox.roster_files}
    if missing := [what for what, files in brought.items() if not files]:
        yield NextStep(f"把{'和'.join(missing)}放进收件箱，再运行 onestop 看一次")
    if standing.done or inbox.period is None:
        folder = f"归档/{inbox.period.id}" if inbox.period else "归档"
        yield NextStep(f"把收件箱里的文件移到 {folder}，放进下一期的报表和花名册")
        return
    name = inbox.period.id
    if run is None:
        yield NextStep("核对，出结算表", (f"onestop reconcile --period {name}",))
        return
    if run.changed:
        again = f"onestop reconcile --period {name}"
        yield NextStep("上次核对以后收件有变动，请重新核对", (again,))
    if not standing.published:
        look = "看差错清单，需要时填处理意见后再核对一次；没有异议就公示"
        yield NextStep(look, (f"onestop publish {run.folder} --out 公示/{name}",))
    ledger = standing.ledger or "台账.sqlite"
    yield NextStep("公示期满，款项核定后关账", (f"onestop close {run.folder} --ledger {ledger}",))
