"""What a clerk asks `onestop reconcile` for: a module of its own, so that the first line on the screen need not wait
for all that a run needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from onestop_cli.county.periods import Period
from onestop_cli.county.settings import Settings

Tell = Callable[[str], None]
"""Told the Chinese name of each stage as it begins."""


@dataclass(frozen=True)
class Request:
    """What a clerk asks for, defaults from onestop.toml filled in; `made_at`: the moment, ISO;
    `recompute`: closed periods to work out again."""

    period: str
    stays: Sequence[Path]
    roster: Sequence[Path]
    register: Path
    rules: Sequence[str]
    settings: Settings
    county_folder: Path | None = None
    ledger: Path | None = None
    decisions: Path | None = None
    password_file: Path | None = None
    made_at: str = ""
    recompute: Sequence[Period] = ()
