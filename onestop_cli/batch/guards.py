"""What keeps a run from being closed by mistake: guards that a reason passes, and changes that nothing passes."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from onestop_cli.batch.misnamed import filled_in_place
from onestop_cli.batch.runs import moment, runs_in
from onestop_cli.county.settings import Settings
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.ledger.closing import postable
from onestop_cli.readers.containers.folders import files_behind
from onestop_cli.readers.containers.inbox import open_files
from onestop_cli.rulebook.library import load_rules
from onestop_cli.run import Run
from onestop_cli.tables.run_info import RunInfo

AGAIN = "请重新运行 onestop reconcile，再关账"
ANYWAY = "请核对；确实要这样关账的，加 --anyway --reason 原因，原因记入台账"


@dataclass(frozen=True)
class Candidate:
    """A run that is to be closed: its folder, what it is, and the county it stands in."""

    folder: Path
    run: Run
    settings: Settings

    @property
    def others(self) -> list[tuple[Path, RunInfo]]:
        """The other runs of its period, the newest first."""
        places = [self.folder.absolute().parent]
        if out := self.settings.reconcile.out:
            places.append(self.settings.folder / out)
        own = self.folder.resolve()
        found = runs_in(places)
        return [
            one
            for one in found
            if one[1].period == self.run.info.period and one[0].resolve() != own
        ]


def doubts(candidate: Candidate) -> list[str]:
    """Why a run should not be closed, unless somebody says why it should."""
    return [
        *_few_stays(candidate.run),
        *superseded(candidate),
        *_undecided(candidate),
        *filled_in_place(candidate.folder, candidate.run.info),
    ]


def _few_stays(run: Run) -> Iterator[str]:
    posted = postable(run.stays)
    if posted.filter(~pl.col("outside_period") & pl.col("belongs_to").is_null()).is_empty():
        yield f"没有一笔住院属于{run.period.chinese}"
    else:
        yield from mostly_outside(run.stays)


def mostly_outside(stays: pl.DataFrame) -> Iterator[str]:
    """What to say where more than half of the rows belong to another period."""
    live = stays.filter(pl.col("status") != "reversed")
    posted = postable(stays)
    outside, late = len(live) - len(posted), posted["belongs_to"].count()
    if outside * 2 > len(live):
        yield f"{len(live):,} 行里有 {outside:,} 行不属本期（ST04），超过一半，是不是结算期写错了"
    elif late * 2 > len(live):
        said = "是不是结算期写错了，放的是上一期的文件，或前面还有一期没有关账"
        yield f"{len(live):,} 行里有 {late:,} 行属于以前各期（补报或已结算过），超过一半，{said}"


def superseded(candidate: Candidate) -> Iterator[str]:
    """What to say of a run that another one of its period has taken the place of."""
    own = moment(candidate.folder, candidate.run.info)
    newer = [folder for folder, info in candidate.others if moment(folder, info) > own]
    if newer:
        yield f"{newer[0].name} 是同一期更晚的核对结果，这一份已经过时"


def _undecided(candidate: Candidate) -> Iterator[str]:
    """Decisions that another run of the period has carried out and this one has not."""
    own = _decided(candidate.run.info)
    for folder, info in candidate.others:
        if missing := [line for line in _decided(info) if line not in own]:
            named = "、".join(_decision(line) for line in missing[:3])
            more = " 等" if len(missing) > 3 else ""
            yield f"{folder.name} 执行过 {len(missing)} 条处理意见，这一份没有：{named}{more}"
            return


def _decision(line: Mapping[str, object]) -> str:
    """A decision in a few words."""
    return " ".join(
        str(line[key]) for key in ("decision", "code", "hospital", "stay_no") if line.get(key)
    )


def _decided(info: RunInfo) -> list[dict[str, object]]:
    """The decisions of a run, whatever row of the file they stood in."""
    lines = info.decisions.lines if info.decisions else ()
    return [{key: value for key, value in line.items() if key != "line"} for line in lines]


def refuse_changed_inputs(candidate: Candidate) -> None:
    """Raise `CannotRun` when files or documents are no longer those the run was made from.

    Only what lies where onestop.toml says can be compared. An inbox that has none of the run's files left was cleared
    for the next period.
    """
    problems = [
        *_changed_files(candidate),
        *_changed_rules(candidate),
        *_changed_decisions(candidate),
    ]
    if problems:
        raise CannotRun(problems)


def _changed_files(candidate: Candidate) -> Iterator[Problem]:
    settings, run = candidate.settings, candidate.run
    chosen, home = settings.reconcile, settings.folder
    places = [*chosen.stays, *chosen.roster, *filter(None, [chosen.register_file]), *chosen.insured]
    used = {file.sha256: file.path for file in run.info.inputs}
    now = _tables([path for place in places if (path := home / place).exists()], settings, used)
    if not used.keys() & now.keys():
        return
    new, lost = _names(now, used), _names(used, now)
    for what, names in (
        ("核对以后改动过", new & lost),
        ("核对以后多出来", new - lost),
        ("核对用过、现在没有了", lost - new),
    ):
        if names:
            yield Problem(f"收件有变动：{what}的有 {'、'.join(sorted(names))}", AGAIN)


def _tables(places: Sequence[Path], settings: Settings, known: Collection[str]) -> dict[str, str]:
    """SHA-256 → name of every table in `places`; what is not `known` is opened, since it may be none, or an archive."""
    found, other = {}, []
    for name, path, _ in files_behind(places, settings.inbox.ignore).files:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if digest in known:
            found[digest] = name
        else:
            other.append(path)
    inbox = open_files(other, settings)
    return found | {one.file.sha256: one.file.path for one in inbox.opened}


def _names(these: dict[str, str], those: dict[str, str]) -> set[str]:
    return {name for digest, name in these.items() if digest not in those}


def _changed_rules(candidate: Candidate) -> Iterator[Problem]:
    settings = candidate.settings
    if not settings.reconcile.rules:
        return
    try:
        loaded = load_rules(settings.reconcile.rules, settings.folder)
    except CannotRun as error:
        yield from error.problems
        return
    now = {rule.file.id: rule.sha256 for rule in loaded}
    for rule in candidate.run.info.rules:
        if now.get(rule.id, rule.sha256) != rule.sha256:
            yield Problem(f"政策文件 {rule.id} 在核对以后改动过", AGAIN)


def _changed_decisions(candidate: Candidate) -> Iterator[Problem]:
    settings, decided = candidate.settings, candidate.run.info.decisions
    named = settings.reconcile.decisions
    file = settings.folder / named if named else None
    if file is None or decided is None or not file.is_file() or file.name != decided.path:
        return
    if hashlib.sha256(file.read_bytes()).hexdigest() != decided.sha256:
        yield Problem(f"{file.name} 在核对以后改动过", AGAIN)


def refuse_doubts(found: Sequence[str], *, anyway: bool, reason: str) -> None:
    """Raise `CannotRun` with the doubts, unless somebody gave a reason."""
    if not found or (anyway and reason):
        return
    if anyway:
        raise CannotRun([Problem("--anyway 要写明原因", "请加上 --reason 原因")])
    raise CannotRun(Problem(what, ANYWAY) for what in found)
