"""A finished run: what `reconcile` hands to every paper, and what `publish`, `audit`, `explain` load again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from onestop_cli.core.closed import no_adjustments
from onestop_cli.county.periods import Period, parse_period
from onestop_cli.errors import stop
from onestop_cli.tables.run_info import LayerInfo, RunInfo

TABLES = ("stays", "findings", "roster", "quarantine", "adjustments")
"""The parquet files of `RUN/data/`."""

REGISTER = "register"
"""The register of hospitals beside them; a run folder of an earlier version has none."""

DOCUMENTS = "rules"
"""The folder of `RUN/data/` with the run's own copies of its rule files, as `<rule id>.toml`."""


@dataclass(frozen=True)
class Run:
    """The tables of a run and `info`, which is `run.json`. `documents`: rule id → the rule file's bytes.
    `adjustments`: what changes for stays of closed periods (上期调整), a line each. `register`: the hospitals as the
    county lists them, with its further columns; empty when unknown.
    """

    info: RunInfo
    stays: pl.DataFrame
    findings: pl.DataFrame
    roster: pl.DataFrame
    quarantine: pl.DataFrame
    adjustments: pl.DataFrame = field(default_factory=no_adjustments)
    documents: Mapping[str, bytes] = field(default_factory=dict)
    register: pl.DataFrame = field(default_factory=pl.DataFrame)

    @property
    def period(self) -> Period:
        return parse_period(self.info.period)

    @property
    def layers(self) -> tuple[LayerInfo, ...]:
        return self.info.layers

    @property
    def county(self) -> str:
        """The county's name for titles; `××县` while onestop.toml does not say."""
        return self.info.county.name or "××县"

    @property
    def classes(self) -> Mapping[str, str]:
        """Category → class (一类 …); a category without a class stands for itself."""
        return self.info.classes


def load_run(folder: Path) -> Run:
    """Read a run folder again; `CannotRun` when it is not one."""
    try:
        info = RunInfo.model_validate_json((folder / "run.json").read_bytes())
        tables = {name: pl.read_parquet(folder / "data" / f"{name}.parquet") for name in TABLES}
        listed = folder / "data" / f"{REGISTER}.parquet"
        register = pl.read_parquet(listed) if listed.exists() else pl.DataFrame()
        copies = (folder / "data" / DOCUMENTS).glob("*.toml")
        documents = {copy.stem: copy.read_bytes() for copy in sorted(copies)}
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        raise stop(
            f"“{folder.name}”不是完整的结算结果文件夹（{type(error).__name__}）",
            "请给出 onestop reconcile 写出的文件夹，里面应有 run.json 和 data/",
            str(folder),
        ) from error
    blank = no_adjustments([layer.id for layer in info.layers])
    # Folders of version 0.1.0 do not have every column of today.
    tables["adjustments"] = pl.concat([blank, tables["adjustments"]], how="diagonal")
    return Run(info, **tables, documents=documents, register=register)
