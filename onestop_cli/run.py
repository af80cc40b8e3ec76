"""A finished run: what `reconcile` hands to every paper, and what `publish`, `audit`, `explain` load again.

`run.json` names every other file of the folder with its SHA-256 and ends with the digest of itself. Whoever loads a run
compares them first: what was changed, is missing or was added stops the command.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

import polars as pl

from onestop_cli.core.adjustments import no_adjustments
from onestop_cli.core.reconcile import control
from onestop_cli.county.periods import Period, parse_period
from onestop_cli.errors import Broken, CannotRun, Problem, stop
from onestop_cli.tables.run_info import ControlTotals, LayerInfo, RunInfo, seal_holds

NO_NAME = "××县"
"""Stands for the county's name while nobody says it."""

TABLES = ("stays", "findings", "roster", "quarantine", "adjustments")
"""The parquet files of `RUN/data/`."""

REGISTER = "register"
"""The register of hospitals beside them; a run folder of an earlier version has none."""

CLOSED_STAYS = "closed"
"""The closed stays of the adjustment lines as they were worked out again, beside them; not in folders of 0.1.0."""

DOCUMENTS = "rules"
"""The folder of `RUN/data/` with the run's own copies of its rule files, as `<rule id>.toml`."""

RUN_FILE, TO_FILL, DRAWS = "run.json", "差错清单.xlsx", "抽样记录"
"""What names all other files, the list in which clerks write decisions, the folder in which draws leave records."""

_PASSED_OVER = ("~$*", ".~lock.*", "Thumbs.db", "desktop.ini", ".DS_Store")
"""What spreadsheets and file managers leave behind."""


@dataclass(frozen=True)
class Run:
    """The tables of a run and `info`, which is `run.json`. `documents`: rule id → the rule file's bytes.
    `adjustments`: what changes for stays of closed periods (上期调整), a line each. `register`: the hospitals as the
    county lists them, with its further columns; empty when unknown. `closed`: the stays of the adjustment lines with
    all that they were worked out from (`core.adjustments.explained`); empty when nobody asked.
    """

    info: RunInfo
    stays: pl.DataFrame
    findings: pl.DataFrame
    roster: pl.DataFrame
    quarantine: pl.DataFrame
    adjustments: pl.DataFrame = field(default_factory=no_adjustments)
    documents: Mapping[str, bytes] = field(default_factory=dict)
    register: pl.DataFrame = field(default_factory=pl.DataFrame)
    closed: pl.DataFrame = field(default_factory=pl.DataFrame)

    @property
    def period(self) -> Period:
        return parse_period(self.info.period)

    @property
    def layers(self) -> tuple[LayerInfo, ...]:
        return self.info.layers

    @property
    def county(self) -> str:
        """The county's name for titles; `××县` while onestop.toml does not say."""
        return self.info.county.name or NO_NAME

    @property
    def classes(self) -> Mapping[str, str]:
        """Category → class (一类 …); a category without a class stands for itself."""
        return self.info.classes


def load_run(folder: Path) -> Run:
    """Read a run folder again; `CannotRun` when it is not one, or not as it was written."""
    if not folder.is_dir():
        raise stop(f"没有“{folder.name}”这个结果文件夹", _runs_beside(folder), str(folder))
    try:
        info = _checked(folder)
        tables = {name: pl.read_parquet(folder / "data" / f"{name}.parquet") for name in TABLES}
        register, closed = (_beside(folder, name) for name in (REGISTER, CLOSED_STAYS))
        copies = (folder / "data" / DOCUMENTS).glob("*.toml")
        documents = {copy.stem: copy.read_bytes() for copy in sorted(copies)}
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        raise stop(
            f"“{folder.name}”不是完整的结算结果文件夹",
            _runs_in(folder) or "请给出 onestop reconcile 写出的文件夹，里面应有 run.json 和 data/",
            str(folder),
        ) from error
    blank = no_adjustments([layer.id for layer in info.layers])
    # Folders of version 0.1.0 do not have every column of today.
    tables["adjustments"] = pl.concat([blank, tables["adjustments"]], how="diagonal")
    run = Run(info, **tables, documents=documents, register=register, closed=closed)
    if not _sealed(info):
        _refuse_unlike_control(run, folder)
    return run


def _beside(folder: Path, name: str) -> pl.DataFrame:
    """A table that not every run folder has."""
    file = folder / "data" / f"{name}.parquet"
    return pl.read_parquet(file) if file.exists() else pl.DataFrame()


def _runs_beside(folder: Path) -> str:
    """The remedy for a folder that is not there: which runs lie beside it."""
    none = "请写核对写出的结果文件夹，如 结果/2010Q4；还没有就先运行 onestop reconcile，关过账的从备份恢复"
    return _runs_in(folder.parent) or _meant(folder) or none


def _meant(folder: Path) -> str:
    """The remedy where a run of that name lies a folder further down: 2010Q4 written for 结果/2010Q4."""
    runs = folder.parent.glob(f"*/{folder.name}/{RUN_FILE}")
    return "、".join(f"请写成 {file.parent.as_posix()}" for file in sorted(runs))


def _runs_in(folder: Path) -> str:
    """The remedy where runs lie in a folder; empty when none do."""
    runs = sorted(file.parent.as_posix() for file in folder.glob(f"*/{RUN_FILE}"))
    return f"请写核对写出的结果文件夹；这里有：{'、'.join(runs[-5:])}" if runs else ""


def _sealed(info: RunInfo) -> bool:
    """Whether the folder has digests. Those of version 0.1.0 have none: their control totals and documents are held."""
    return bool(info.files or info.digest or info.made_at)


def _checked(folder: Path) -> RunInfo:
    """`run.json`, once every file of the folder is the one it names."""
    data = (folder / RUN_FILE).read_bytes()
    info = RunInfo.model_validate_json(data)
    if not _sealed(info):
        return info
    found = [] if seal_holds(data) else [f"{RUN_FILE} 改动过"]
    found += _differences(info.files, digests_of(folder))
    if found:
        remedy = "结算结果写出以后不能改动：请从备份恢复这些文件；还没有关账的，也可以用 onestop reconcile 重新核对"
        raise CannotRun([Problem(what, remedy, str(folder)) for what in found])
    return info


def digests_of(folder: Path) -> dict[str, str]:
    """Every file below `folder` but `run.json` and what is passed over: relative path → SHA-256, in order."""
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in sorted(
            (unicodedata.normalize("NFC", path.relative_to(folder).as_posix()), path)
            for path in folder.rglob("*")
            if not path.is_dir()
        )
        if name != RUN_FILE and not _passed_over(name)
    }


def _passed_over(name: str) -> bool:
    parts = name.split("/")
    return parts[0] == DRAWS or any(fnmatch(parts[-1], pattern) for pattern in _PASSED_OVER)


def _differences(written: Mapping[str, str], there: Mapping[str, str]) -> Iterator[str]:
    """What was changed, is missing or was added; the list to fill in may be filled."""
    for name in sorted({*written, *there}):
        if name not in there:
            yield f"缺少 {name}"
        elif name not in written:
            yield f"多出 {name}"
        elif written[name] != there[name] and name != TO_FILL:
            yield f"{name} 改动过"


def _refuse_unlike_control(run: Run, folder: Path) -> None:
    """Raise `CannotRun` when tables or documents are not those that `run.json` was written with."""
    kept = {id_: hashlib.sha256(data).hexdigest() for id_, data in run.documents.items()}
    same = all(kept.get(rule.id) == rule.sha256 for rule in run.info.rules)
    try:
        totals = control(run.stays, [layer.id for layer in run.layers])
        same = same and ControlTotals.model_validate(totals) == run.info.control
    except (Broken, pl.exceptions.PolarsError):
        same = False
    if not same:
        raise stop(
            "结算结果文件夹里的数据和核对完成时不一致",
            "请不要改动 data 文件夹；请从备份恢复，或用 onestop reconcile 重新核对",
            str(folder),
        )
