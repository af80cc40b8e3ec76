"""`onestop check-table`: summary tables without any run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from onestop_cli.batch.audit.tables import check_tables
from onestop_cli.batch.roster import refuse
from onestop_cli.writers.audit.slips import show_slips, slips_book
from onestop_cli.writers.toolkit.folder import staged_file


def check_summary_tables(files: Sequence[Path], equations: str, out: Path | None) -> None:
    """Check the tables, show what does not add up, and write it to `out`. Raises `CannotRun`."""
    refuse(out)
    done = check_tables(files, equations)
    print(*show_slips(done.tables, done.slips), sep="\n")
    print(f"共 {len(done.tables)} 张表，{len(done.slips)} 处（差异是线索，请与制表单位核实）")
    if out is not None:
        with staged_file(out) as stage:
            slips_book(stage, done.slips)
        print(f"核对结果已写到 {out}")
