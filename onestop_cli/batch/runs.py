"""The results that lie in a folder, as far as `run.json` tells."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from onestop_cli.run import RUN_FILE
from onestop_cli.tables.run_info import RunInfo


def runs_in(folders: Iterable[Path]) -> list[tuple[Path, RunInfo]]:
    """Every run folder in `folders`, the newest first; what cannot be read is passed over."""
    files = {file.resolve(): file for folder in folders for file in folder.glob(f"*/{RUN_FILE}")}
    found = [(file.parent, info) for file in files.values() if (info := _read(file)) is not None]
    return sorted(found, key=lambda run: (moment(*run), run[0].name), reverse=True)


def _read(file: Path) -> RunInfo | None:
    try:
        return RunInfo.model_validate_json(file.read_bytes())
    except (OSError, ValueError):
        return None


def moment(folder: Path, info: RunInfo) -> datetime:
    """When a run was made: what it says itself, else the age of its file (of version 0.1.0)."""
    if info.made_at:
        return datetime.fromisoformat(info.made_at).astimezone()
    return datetime.fromtimestamp((folder / RUN_FILE).stat().st_mtime).astimezone()
