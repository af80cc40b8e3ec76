"""Which ledger is meant."""

from __future__ import annotations

from pathlib import Path

from onestop_cli.batch.start import county_settings
from onestop_cli.county.settings import FILE_NAME, LEDGER
from onestop_cli.errors import stop


def the_ledger(given: Path | None) -> Path:
    """The ledger that was given, else that of onestop.toml, else the usual one of the county folder we stand in."""
    settings = county_settings()
    if found := given or settings.ledger:
        return found
    if Path(FILE_NAME).is_file():
        return Path(LEDGER)
    raise stop("没有给出 --ledger", f"请写上台账文件，或在县文件夹的 {FILE_NAME} 中写明 ledger")
