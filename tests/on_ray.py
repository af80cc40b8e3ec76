"""A run in parts on two Ray workers; `make test-ray` runs it, since Ray is an extra."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import ray
from polars.testing import assert_frame_equal

from onestop_cli.batch.buckets import reconcile_in_parts
from onestop_cli.batch.engines import Part, run_parts
from tests.made.parts import tables, tangled, written


@pytest.fixture(scope="module", autouse=True)
def two_workers() -> Iterator[None]:
    """A Ray of this machine's own with room for two workers."""
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


def test_two_workers_give_what_one_process_gives(tmp_path: Path) -> None:
    """The same tables, and the same run.json but for the engine's name."""
    request = written(tangled(), tmp_path)
    infos = []
    for engine in ("local", "ray"):
        info = reconcile_in_parts(request, tmp_path / engine, 5, engine).info.model_dump()
        assert info.pop("parts") == {"buckets": 5, "engine": engine}
        infos.append(info)
    assert infos[0] == infos[1]
    both = tables(tmp_path / "local"), tables(tmp_path / "ray")
    for name in both[0]:
        assert_frame_equal(both[0][name], both[1][name])


def test_a_lost_worker_is_retried_and_counted_once(tmp_path: Path) -> None:
    """The worker of part 2 dies after it has begun; the part is done again, and every part counts once."""
    results = run_parts(_dying_once(tmp_path), range(4), "ray")
    assert results == {number: {"stays": 10} for number in range(4)}
    assert sorted(json.loads((tmp_path / "2.json").read_text())) == ["again", "begun"]


def _dying_once(folder: Path) -> Part:
    """A part's work; at number 2 the process dies the first time, as if its machine were gone."""

    def part(number: int) -> Mapping[str, Any]:
        seen = folder / f"{number}.json"
        if number == 2 and not seen.exists():
            seen.write_text(json.dumps(["begun"]))
            os._exit(1)
        before = json.loads(seen.read_text()) if seen.exists() else []
        seen.write_text(json.dumps([*before, "again"]))
        return {"stays": 10}

    return part
