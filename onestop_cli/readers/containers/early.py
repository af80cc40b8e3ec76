"""Readers brought up before they are needed: while Polars and the rest of the program load, the workers load theirs."""

from __future__ import annotations

from onestop_cli import workers

DOOR = "onestop_cli.readers.containers.door"
MEMORY = 1024
"""MB that reading one file may take, when `[limits]` says nothing."""


def of_one_file(memory: int = MEMORY, seconds: float | None = None) -> workers.Limits:
    """The limits of a worker that opens one file; `memory` in MB."""
    return workers.Limits(memory << 20, seconds)


def bring_up_readers() -> None:
    """Start the workers that will open files, without waiting for them."""
    workers.start(DOOR, of_one_file())
