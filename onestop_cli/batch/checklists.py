"""`onestop checklists` and `onestop registers`: what to look at in hospitals, and what became of it."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from onestop_cli.batch.run_rules import rules_of
from onestop_cli.batch.start import county_settings
from onestop_cli.batch.typed_days import typed_day
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.money import percent, yuan
from onestop_cli.readers.appraisal import Ballots, read_appraisal
from onestop_cli.readers.own_forms import BALLOTS, MATTERS
from onestop_cli.readers.own_table import is_form
from onestop_cli.readers.registers import Matter, read_register_of_matters
from onestop_cli.run import load_run
from onestop_cli.statements.letters import hospital_letters
from onestop_cli.statements.patterns import shown_findings
from onestop_cli.statements.statement import NO_HOSPITAL, Statement
from onestop_cli.tables.registers import VOTES
from onestop_cli.writers.ledger.screen import plain_table
from onestop_cli.writers.statements.checklists import (
    ChecklistPaper,
    write_appraisal,
    write_checklists,
    write_complaints,
    write_rectify,
)
from onestop_cli.writers.toolkit.console import clean, console_for, folded, heed
from onestop_cli.writers.toolkit.folder import refuse_existing, safe_names, staged

HOSPITALS, RECTIFY, COMPLAINTS = "机构检查表", "整改台账.xlsx", "举报异议登记簿.xlsx"
APPRAISAL = "民主测评.xlsx"


def make_checklists(folder: Path, out: Path, day: str | None, today: date) -> None:
    """Write the checklists of every hospital of a run and both registers into `out`, whole or not at all."""
    refuse_existing(out)
    settings = county_settings()
    chosen = settings.inspection
    told = today if day is None else typed_day(day, "--on")
    run = load_run(folder)
    statement = Statement(run)
    points = {
        letter.hospital: [
            {
                "what": point.sentence,
                "cases": len(point.rows),
                "fen": _amount(point.rows["diff_fen"].to_list()),
            }
            for point in letter.points
        ]
        for letter in hospital_letters(statement, shown_findings(run), rules_of(run))
    }
    names = [name for name in statement.hospitals["hospital"] if name != NO_HOSPITAL]
    hospitals: dict[str, Sequence[Mapping[str, Any]]] = {n: points.get(n, []) for n in names}
    heading = f"{run.county}{run.period.chinese}"
    paper = ChecklistPaper(heading, chosen.five, chosen.seven, chosen.ten, hospitals)
    due = settings.calendar.after(told, chosen.days)
    with staged(out) as stage:
        (stage / HOSPITALS).mkdir()
        write_checklists(paper, stage / HOSPITALS, safe_names(hospitals))
        write_rectify(heading, hospitals, told, due, stage / RECTIFY)
        write_complaints(heading, chosen.reply_days, stage / COMPLAINTS)
        write_appraisal(heading, chosen.appraisal, stage / APPRAISAL)
    listed = sum(len(lines) for lines in hospitals.values())
    console = console_for(sys.stdout)
    console.print(clean(f"机构检查表 {len(hospitals)} 份：{out / HOSPITALS}"), soft_wrap=True)
    console.print(
        clean(f"整改台账 {listed} 条，{told} 通知，{due} 前整改：{out / RECTIFY}"), soft_wrap=True
    )
    console.print(clean(f"举报异议登记簿：{out / COMPLAINTS}"), soft_wrap=True)
    console.print(clean(f"民主测评票和汇总表：{out / APPRAISAL}"), soft_wrap=True)


def _amount(diffs: Sequence[int | None]) -> int:
    return sum(abs(fen) for fen in diffs if fen is not None)


def look_at_registers(files: Sequence[Path], day: str | None, today: date) -> None:
    """Show what is open and what is overdue in filled registers, and what was deducted by which office.

    Raises `CannotRun` naming every cell that cannot be read, in all files at once.
    """
    on = today if day is None else typed_day(day, "--on")
    settings = county_settings()
    matters, votes, problems = list[Matter](), list[Ballots](), list[Problem]()
    notes = list[str]()
    for file in _each_once(_inside(files), notes):
        try:
            ballots = is_form(file, BALLOTS)
            if ballots:
                votes += read_appraisal(file, notes)
            if not ballots or any(is_form(file, form) for form in MATTERS):
                matters += read_register_of_matters(
                    file, settings.inspection.reply_days, settings.calendar, notes
                )
        except CannotRun as error:
            problems += error.problems
    if problems:
        raise CannotRun(problems)
    heed(notes)
    if matters or not votes:
        _show(matters, on)
    if votes:
        _show_votes(votes)


def _inside(files: Sequence[Path]) -> Iterator[Path]:
    """The files, and of a folder every workbook in it but those that Excel keeps open beside them."""
    for file in files:
        inside = [each for each in file.glob("*.xls*") if each.name[0] not in "~."]
        yield from sorted(inside) or [file]


def _each_once(files: Iterator[Path], notes: list[str]) -> Iterator[Path]:
    """The files, without those that are another one byte for byte: their amounts would count twice."""
    seen: dict[str, Path] = {}
    for file in files:
        content = file.read_bytes() if file.is_file() else str(file).encode()
        first = seen.setdefault(hashlib.sha256(content).hexdigest(), file)
        if first is file:
            yield file
        else:
            notes.append(f"{file.name} 与 {first.name} 内容完全相同，只读一次")


def _show_votes(lines: Sequence[Ballots]) -> None:
    """民主测评: the ballots by what they are about, and by who gave them."""
    console = console_for(sys.stdout)
    for title in ("测评内容", "参加人"):
        table = plain_table("民主测评（票）", [title], ["收回", *VOTES.values(), "满意率"])
        for name, mine in _grouped(lines, title):
            table.add_row(clean(name), *_counted(mine))
        table.add_row("合计", *_counted(lines), style="bold")
        console.print(table)
        console.print()


def _grouped(lines: Sequence[Ballots], title: str) -> list[tuple[str, list[Ballots]]]:
    found: dict[str, list[Ballots]] = {}
    for one in lines:
        about = f"{one.office}：{one.what}" if one.office else one.what
        found.setdefault(one.who if title == "参加人" else about, []).append(one)
    return [*found.items()]


def _counted(lines: Sequence[Ballots]) -> list[str]:
    """Ballots that came back, what they say, and the share of the satisfied among those that say anything."""
    sums = {key: sum(one.votes[key] for one in lines) for key in VOTES}
    back = sum(sums.values())
    valid = back - sums["abstained"]
    share = percent(sums["satisfied"] + sums["mostly"], valid) if valid else "—"
    return [f"{back:,}", *(f"{count:,}" for count in sums.values()), share]


def _show(matters: Sequence[Matter], today: date) -> None:
    console = console_for(sys.stdout)
    open_ones = [one for one in matters if one.open]
    over = sorted((m for m in open_ones if m.days_over(today)), key=lambda m: -m.days_over(today))
    console.print(
        f"截至 {today}：登记 {len(matters):,} 件，办结 {len(matters) - len(open_ones):,} 件，"
        f"未办结 {len(open_ones):,} 件，其中逾期 {len(over):,} 件",
        style="bold",
        soft_wrap=True,
    )
    rest = sorted(
        (m for m in open_ones if not m.days_over(today)), key=lambda m: m.due_on or date.max
    )
    for one in [*over, *rest]:
        late = one.days_over(today)
        when = (
            f"逾期 {late} 天"
            if late
            else "没有期限"
            if one.due_on is None
            else f"{one.due_on} 到期"
        )
        state = f"（{one.result}）" if one.result else ""
        text = f"· {one.register}第 {one.number} 号 {one.hospital}：{one.what}{state}，{when}"
        for line in folded(clean(text), console.width, "  "):
            console.print(line, style="yellow" if late else "", soft_wrap=True)
    offices = dict.fromkeys(one.office for one in matters if one.deducted)
    if offices:
        table = plain_table("核扣（元）", ["部门"], ["件数", "金额"])
        for office in offices:
            mine = [one.deducted for one in matters if one.office == office and one.deducted]
            table.add_row(clean(office), f"{len(mine):,}", yuan(sum(mine)))
        console.print()
        console.print(table)
