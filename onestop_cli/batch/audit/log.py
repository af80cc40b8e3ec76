"""Every draw from a run leaves a record in it, so that nobody can draw until the sample pleases.

`RUN/抽样记录/0001.json`, `0002.json` …: never written again, each with the SHA-256 of the one before it. It is the
only part of a run folder that is added to later; nothing but the next draw reads it.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from onestop_cli.errors import stop
from onestop_cli.run import DRAWS

LOG = DRAWS
_WAIT_SECONDS, _STALE_SECONDS = 20, 60

Record = Mapping[str, Any]


def record_draw(run: Path, made: Callable[[Sequence[Record]], Record]) -> int:
    """Write the record that `made` gives for the earlier ones; its number. Draws of others wait meanwhile."""
    folder = run / LOG
    try:
        folder.mkdir(exist_ok=True)
        with _alone(folder):
            earlier = draws(run)
            records = _records(folder)
            before = sha256(records[-1].read_bytes()).hexdigest() if records else ""
            number = int(records[-1].stem) + 1 if records else 1
            text = json.dumps({**made(earlier), "before": before}, ensure_ascii=False, indent=1)
            with (folder / f"{number:04d}.json").open("xb") as file:
                file.write(text.encode("utf-8"))
                os.fsync(file.fileno())
            return number
    except OSError as error:
        raise stop(
            f"抽样记录写不进结算结果文件夹（{error.strerror or type(error).__name__}），没有抽样",
            "每次抽样都要留痕：请把结算结果文件夹复制到可以写入的地方再抽样",
            str(folder),
        ) from error


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the log: a folder that only one can make. One left behind by a killed draw is taken away."""
    lock, started = folder / "占用", time.monotonic()
    while True:
        try:
            lock.mkdir()
            break
        except FileExistsError:
            with suppress(FileNotFoundError):
                if time.time() - lock.stat().st_mtime > _STALE_SECONDS:
                    lock.rmdir()
            if time.monotonic() - started > _WAIT_SECONDS:
                raise
            time.sleep(0.05)
    try:
        yield
    finally:
        lock.rmdir()


def draws(run: Path) -> list[dict[str, Any]]:
    """The records so far, in order, each with its `number` and whether it continues (`whole`) the one before.

    A record that cannot be read is listed too, with nothing but its number.
    """
    found: list[dict[str, Any]] = []
    before, expected = "", 1
    for path in _records(run / LOG):
        data = path.read_bytes()
        number, record = int(path.stem), _parsed(data)
        whole = record.pop("before", None) == before and number == expected
        found.append({"number": number, "whole": whole, **record})
        before, expected = sha256(data).hexdigest(), number + 1
    return found


def _records(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.json") if path.stem.isdigit())


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        record = json.loads(data)
    except ValueError:
        return {}
    return record if isinstance(record, dict) else {}
