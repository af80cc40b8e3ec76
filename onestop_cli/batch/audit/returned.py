"""Filled working papers come back: read, laid on each other, the draw repeated, evaluated, reported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from onestop_cli.audit.filled import ReturnedRow, without_dittos
from onestop_cli.audit.lead_stays import with_known_leads
from onestop_cli.audit.leads import RULES
from onestop_cli.audit.matching import KEYS, line_key, stay_key
from onestop_cli.audit.papers import sample_rows
from onestop_cli.audit.plan import Drawing, redraw
from onestop_cli.audit.questionnaire import ANSWERS, households
from onestop_cli.audit.report import AuditReport, report_of
from onestop_cli.audit.returned import Frame, confirm, filled_titles
from onestop_cli.audit.sampling import REASONS
from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.readers.audit_paper import FilledPaper, SheetSpec, read_filled
from onestop_cli.run import Run, load_run
from onestop_cli.tables.schema import PLACE, Schema
from onestop_cli.writers.audit.columns import (
    HOUSEHOLD_COLUMNS,
    HOUSEHOLD_SHEET,
    PLAN_SHEET,
    SAMPLE_SHEET,
    sample_columns,
)
from onestop_cli.writers.audit.html import report_page
from onestop_cli.writers.audit.report_book import write_report
from onestop_cli.writers.toolkit.folder import staged
from onestop_cli.writers.toolkit.text import write_text

REPORT = "联合检查报告"
_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".et", ".ods")
_SAME_DRAW = ("sample", "method", "seeds", "size", "confidence", "tolerable", "expected")


def evaluate_returned(
    folder: Path, filled: Sequence[Path], out: Path, today: date
) -> tuple[AuditReport, Path]:
    """Evaluate the filled papers against the run in `folder`; returns the report and where it was written.

    `filled`: copies of one paper, files or folders of them. A new `out` becomes the report's folder; in an existing one
    it goes to a subfolder 联合检查报告. Raises `CannotRun` with everything that is wrong with the papers, and writes
    nothing then.
    """
    run = load_run(folder)
    layers = {layer.id: layer.name for layer in run.layers}
    papers = _read(_files(filled), layers)
    plan = papers[0].plan
    drawing = redraw(run, {**plan, "earlier": []})
    lines, problems = _plain(papers, layers)
    if problems:
        raise CannotRun(problems)
    marked = _marked(lines, run.stays, drawing)
    sample = sample_rows(with_known_leads(drawing, run.stays, marked), list(layers))
    _all_leads_there(sample, plan, papers)
    report = _report(run, drawing, sample, lines, papers, Frame(layers, today))
    target = out / REPORT if out.is_dir() and any(out.iterdir()) else out
    with staged(target) as stage:
        write_text(stage / f"{REPORT}.html", report_page(report))
        write_report(stage / f"{REPORT}.xlsx", report)
    return report, target


def _files(filled: Iterable[Path]) -> list[Path]:
    """The files, and the workbooks of the folders, each once."""
    found: list[Path] = []
    for path in filled:
        inside = sorted(path.iterdir()) if path.is_dir() else [path]
        found += [file for file in inside if file == path or _is_workbook(file)]
    if not found:
        raise stop("没有收回的底稿", "请给出填好的检查工作底稿.xlsx，或放着它们的文件夹")
    return list(dict.fromkeys(found))


def _is_workbook(file: Path) -> bool:
    """Whether a file of a folder is a paper, whatever program saved it, and no lock."""
    return file.suffix.lower() in _WORKBOOKS and not file.name.startswith(("~$", "."))


def _read(files: Sequence[Path], layers: Mapping[str, str]) -> list[FilledPaper]:
    """Every copy; problems of all of them at once. All must come from one draw."""
    columns = sample_columns(layers)
    needed = {column.key for column in columns if column.fill or column.key in (*KEYS, "number")}
    optional = set(filled_titles(layers)) - {"outcome", "confirmed", "cause", "by_health"}
    sample = SheetSpec(SAMPLE_SHEET, {c.title: c.key for c in columns}, needed - optional)
    answers = {column.title: column.key for column in HOUSEHOLD_COLUMNS}
    asked = SheetSpec(HOUSEHOLD_SHEET, answers, {"number"})
    papers = _each(files, lambda file: read_filled(file, PLAN_SHEET, sample, asked))
    others = [
        Problem("不是同一次抽样的底稿", "请只汇总同一次抽样的底稿", paper.file)
        for paper in papers[1:]
        if any(paper.plan.get(key) != papers[0].plan.get(key) for key in _SAME_DRAW)
    ]
    if others:
        raise CannotRun(others)
    return papers


def _each(files: Sequence[Path], read: Callable[[Path], FilledPaper]) -> list[FilledPaper]:
    """All files read; what is wrong with any of them, at once."""
    papers: list[FilledPaper] = []
    problems: list[Problem] = []
    for file in files:
        try:
            papers.append(read(file))
        except CannotRun as error:
            problems += error.problems
    if problems:
        raise CannotRun(problems)
    return papers


def _plain(
    papers: Sequence[FilledPaper], layers: Mapping[str, str]
) -> tuple[list[ReturnedRow], list[Problem]]:
    """The sample's lines of all copies without ditto marks; an amount is never 同上."""
    titles = filled_titles(layers)
    worded = [key for key in titles if not key.startswith("confirmed")]
    read = [without_dittos(paper.sample, worded, titles) for paper in papers]
    return [line for lines, _ in read for line in lines], [p for _, found in read for p in found]


def _marked(lines: Sequence[ReturnedRow], stays: pl.DataFrame, drawing: Drawing) -> pl.DataFrame:
    """Place and rule ids of every stay that a line speaks of: the drawn ones, and those on top of them.

    A stay is known by what is printed of it; by its place only where two print alike, or where somebody changed what is
    printed, so that the line can be refused with its number.
    """
    ids = {rule.title: rule.id for rule in RULES}
    known, printed = _by_key(stays), _by_place(stays)
    drawn = set(map(stay_key, _keyed(drawing.sample).iter_rows(named=True)))
    rows: dict[tuple[Any, ...], list[str]] = {}
    for line in lines:
        places = known.get(line_key(line)) or _changed_at(line, printed)
        lead = line.text("reason_name") == REASONS["lead"] or line_key(line) not in drawn
        if not places or (lead and not line.text("lead_titles")):
            continue
        place = _printed_place(line)
        titles = line.text("lead_titles").split("、")
        rows.setdefault(
            place if place in places else places[0],
            [ids[title] for title in titles if title in ids],
        )
    schema: Schema = {**PLACE, "leads": pl.List(pl.String)}
    return pl.DataFrame(
        [(*place, met) for place, met in rows.items()], schema=dict(schema), orient="row"
    )


def _keyed(stays: pl.DataFrame) -> pl.DataFrame:
    return stays.with_columns(id_tail=pl.col("id_no").str.tail(4))


def _by_key(stays: pl.DataFrame) -> Mapping[tuple[str, ...], list[tuple[Any, ...]]]:
    """Printed keys → places, settled stays first."""
    found: defaultdict[tuple[str, ...], list[tuple[Any, ...]]] = defaultdict(list)
    ordered = _keyed(stays).sort(pl.col("status") != "settled", *PLACE)
    for row in ordered.select(*KEYS, *PLACE).iter_rows(named=True):
        found[stay_key(row)].append(tuple(row[name] for name in PLACE))
    return found


def _by_place(stays: pl.DataFrame) -> Mapping[tuple[Any, ...], tuple[str, str]]:
    """Place → stay number and name."""
    rows = stays.select(*PLACE, "stay_no", "name").iter_rows()
    return {row[:-2]: (row[-2] or "", row[-1] or "") for row in rows}


def _changed_at(
    line: ReturnedRow, printed: Mapping[tuple[Any, ...], tuple[str, str]]
) -> list[tuple[Any, ...]]:
    """The printed place where the stay that lies there still has the line's number or name."""
    place = _printed_place(line)
    number, name = printed.get(place, ("", ""))
    same = (number and number == line.text("stay_no")) or (name and name == line.text("name"))
    return [place] if same else []


def _printed_place(line: ReturnedRow) -> tuple[Any, ...]:
    row = line.text("row")
    return (line.text("source"), line.text("sheet") or None, int(row) if row.isdigit() else None)


def _all_leads_there(
    sample: pl.DataFrame, plan: Mapping[str, Any], papers: Sequence[FilledPaper]
) -> None:
    added = sample.filter(pl.col("reason") == "lead").height
    wanted = plan.get("leads", {}).get("added")
    if added != wanted:
        raise stop(
            f"线索附加的行应有 {wanted} 行，认得出 {added} 行",
            "请照原底稿恢复被删除的行和印好的各列（机构、住院号、姓名、日期、总费用、线索）",
            papers[0].file,
        )


def _report(
    run: Run,
    drawing: Drawing,
    sample: pl.DataFrame,
    lines: Sequence[ReturnedRow],
    papers: Sequence[FilledPaper],
    frame: Frame,
) -> AuditReport:
    """Check both sheets, all their problems at once, and evaluate."""
    problems: list[Problem] = []
    try:
        confirmed = confirm(lines, sample, frame, papers[0].file, SAMPLE_SHEET)
    except CannotRun as error:
        problems += error.problems
    try:
        answers = households(list(_household_lines(papers)), _townships(sample))
    except CannotRun as error:
        problems += error.problems
    if problems:
        raise CannotRun(problems)
    about = (run.county, run.period.chinese, frame.layers)
    return report_of(about, papers[0].plan, drawing, sample, confirmed, answers)


def _townships(sample: pl.DataFrame) -> dict[int, str]:
    """Page → township, of the patients who can be asked."""
    alive = sample.filter(pl.col("died_on").is_null())
    return {row["patient"]: row["township"] or "乡镇未载" for row in alive.iter_rows(named=True)}


def _household_lines(papers: Sequence[FilledPaper]) -> Iterator[ReturnedRow]:
    for paper in papers:
        lines, problems = without_dittos(paper.households, list(ANSWERS), ANSWERS)
        if problems:
            raise CannotRun(problems)
        yield from lines
