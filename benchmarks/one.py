"""One measurement in a process of its own: seconds, CPU seconds, peak MiB and a digest of the result, as JSON.

python -m benchmarks.one WAY STAYS
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time

import polars as pl

from benchmarks.data import county

_SPREAD = 9_973
"""Rows are weighed by their number modulo this prime, so that exchanged amounts change the digest."""


def digest(result: pl.DataFrame) -> dict[str, list[int]]:
    """Sum and weighed sum of every column: what two results must agree in, to the fen."""
    weight = pl.col("row") % _SPREAD + 1
    plain, weighed = result.select(pl.all().sum()), result.select((pl.all() * weight).sum())
    return {name: [plain[name].item(), weighed[name].item()] for name in result.columns}


def main(way: str, stays: int) -> None:
    module, _, function = way.partition(":")
    home = county(stays)
    peer = importlib.import_module(f"benchmarks.peers.{module}")
    run = getattr(peer, function or "run")
    begin, cpu = time.perf_counter(), time.process_time()
    result = run(home)
    seconds = time.perf_counter() - begin
    cpu = time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if hasattr(peer, "holds") and not peer.holds(home, result):
        sys.exit(f"{way}: not the amounts it should be")
    agreed = {} if module == "floors" else digest(result)
    print(json.dumps({"seconds": seconds, "cpu": cpu, "peak_mib": peak, "digest": agreed}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
