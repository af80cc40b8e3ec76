"""A run folder: the names of its papers, and its machine-readable half."""

from __future__ import annotations

from pathlib import Path

from onestop_cli.run import (
    CLOSED_STAYS,
    DOCUMENTS,
    REGISTER,
    RUN_FILE,
    TABLES,
    TO_FILL,
    Run,
    digests_of,
)
from onestop_cli.tables.run_info import RunInfo
from onestop_cli.writers.toolkit.text import write_text

STATEMENTS, HOSPITALS = "结算", "机构"
COUNTY_BOOK, FINDINGS_BOOK, REPORT = "县级结算汇总.xlsx", TO_FILL, "运行报告.html"
PERSON_BOOK = "零星报销付款清单.xlsx"


def write_data(run: Run, folder: Path) -> None:
    """Write `run.json` and the tables of `run` into `folder`, as `load_run` reads them. Whoever adds a file seals the
    folder again."""
    data = folder / "data"
    data.mkdir(parents=True)
    for name in (*TABLES, REGISTER, CLOSED_STAYS):
        getattr(run, name).write_parquet(data / f"{name}.parquet")
    (data / DOCUMENTS).mkdir()
    for name, content in run.documents.items():
        (data / DOCUMENTS / f"{name}.toml").write_bytes(content)
    seal(run.info, folder)


def seal(info: RunInfo, folder: Path) -> None:
    """Write `run.json`, which names every file that is there with its digest."""
    whole = info.model_copy(update={"files": digests_of(folder)})
    write_text(folder / RUN_FILE, whole.text())
