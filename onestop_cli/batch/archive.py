"""`onestop archive`: the files of assisted stays, and what is missing in them."""

from __future__ import annotations

import sys
from pathlib import Path

import polars as pl

from onestop_cli.batch.start import county_settings
from onestop_cli.errors import stop
from onestop_cli.readers.archive_list import read_marks
from onestop_cli.run import load_run
from onestop_cli.statements.archive import archive_files, missing_papers
from onestop_cli.statements.statement import Statement
from onestop_cli.writers.ledger.screen import plain_table
from onestop_cli.writers.statements.archive_book import write_archive, write_missing
from onestop_cli.writers.toolkit.console import clean, console_for, heed
from onestop_cli.writers.toolkit.folder import refuse_existing, staged_file


def archive(folder: Path, out: Path | None, checked: Path | None) -> None:
    """Write 卷内目录 of a run to `out`; or say what is missing by the `checked` one, and write that to `out`.

    Raises `CannotRun` where nobody was assisted, or for a list that is not the run's.
    """
    if out is not None:
        if out.suffix.lower() != ".xlsx":
            raise stop("只能写成 .xlsx 文件", "请把 --out 写成以 .xlsx 结尾的文件名", str(out))
        refuse_existing(out)
    elif checked is None:
        raise stop("没有给出 --out", "请写 --out 卷内目录.xlsx")
    papers = county_settings().archive.papers
    run = load_run(folder)
    files = archive_files(Statement(run))
    heading = f"{run.county}{run.period.chinese}"
    if files.is_empty():
        raise stop(f"{run.period.chinese}没有核定了医疗救助的住院", "没有案卷可立")
    if checked is None:
        with staged_file(out or Path()) as stage:
            write_archive(heading, files, papers, stage)
        console_for(sys.stdout).print(
            f"案卷 {files['file'].n_unique():,} 卷，{len(files):,} 件，卷内目录写到 {clean(str(out))}",
            soft_wrap=True,
        )
        return
    notes = list[str]()
    missing = missing_papers(files, read_marks(checked, files, papers, notes), papers)
    _show(files, missing)
    heed(notes)
    if out is not None:
        with staged_file(out) as stage:
            write_missing(heading, missing, stage)
        print(f"缺件清单写到 {out}")


def _show(files: pl.DataFrame, missing: pl.DataFrame) -> None:
    console = console_for(sys.stdout)
    whole = len(files) - len(missing)
    console.print(
        f"共 {len(files):,} 件，齐全 {whole:,} 件，缺材料 {len(missing):,} 件", style="bold"
    )
    if missing.is_empty():
        return
    table = plain_table("各机构缺的材料", ["医疗机构"], ["应归档", "缺材料", "缺几份"])
    counts = dict(files.group_by("hospital").len().iter_rows())
    by = missing.group_by("hospital", maintain_order=True).agg(
        stays=pl.len(), papers=pl.col("count").sum()
    )
    for hospital, stays, papers in by.iter_rows():
        table.add_row(clean(hospital), f"{counts[hospital]:,}", f"{stays:,}", f"{papers:,}")
    console.print(table)
