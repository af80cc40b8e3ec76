"""A run folder: the names of its papers, and its machine-readable half."""

from __future__ import annotations

from pathlib import Path

from onestop_cli.run import DOCUMENTS, REGISTER, TABLES, Run

STATEMENTS, HOSPITALS = "结算", "机构"
COUNTY_BOOK, FINDINGS_BOOK, REPORT = "县级结算汇总.xlsx", "差错清单.xlsx", "运行报告.html"


def write_data(run: Run, folder: Path) -> None:
    """Write `run.json` and the tables of `run` into `folder`, as `load_run` reads them."""
    data = folder / "data"
    data.mkdir(parents=True)
    for name in (*TABLES, REGISTER):
        getattr(run, name).write_parquet(data / f"{name}.parquet")
    (data / DOCUMENTS).mkdir()
    for name, content in run.documents.items():
        (data / DOCUMENTS / f"{name}.toml").write_bytes(content)
    (folder / "run.json").write_text(run.info.text(), "utf-8", newline="\n")
