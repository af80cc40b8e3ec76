"""A run in parts on two Ray workers, and on two nodes; `make test-ray` runs it, since Ray is an extra."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import ray
from polars.testing import assert_frame_equal
from ray.cluster_utils import Cluster

from onestop_cli.batch.buckets import reconcile_in_parts
from onestop_cli.batch.engines import run_parts
from onestop_cli.errors import CannotRun
from onestop_cli.run import load_run
from tests.made.parts import tables, tangled, written
from tests.made.parts_of_books import decided, second_half

Part = Callable[[int], Mapping[str, Any]]


@pytest.fixture(scope="module")
def two_workers() -> Iterator[None]:
    """A Ray of this machine's own with room for two workers."""
    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    yield
    ray.shutdown()


@pytest.fixture
def two_nodes() -> Iterator[Cluster]:
    """Two nodes with room for one worker each; we stand on the first."""
    ray.shutdown()
    one_worker = {"num_cpus": 1, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=one_worker)
    cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    ray.init(address=cluster.address, log_to_driver=False)
    yield cluster
    ray.shutdown()
    cluster.shutdown()


@pytest.mark.usefixtures("two_workers")
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


@pytest.mark.usefixtures("two_workers")
def test_closed_stays_and_decisions_are_those_of_one_process(tmp_path: Path) -> None:
    """Beside a ledger; and what is wrong with a decision is said, not raised on the other side."""
    request = second_half(tmp_path)
    reconcile_in_parts(request, tmp_path / "before", 1, "local")
    nobody = {"hospital": "无", "stay_no": "1", "name": "某某", "code": "AM01", "decision": "拒付"}
    before = load_run(tmp_path / "before")
    right, wrong = (
        replace(request, decisions=decided(before, tmp_path / f"意见{n}.xlsx", *[nobody] * n))
        for n in range(2)
    )
    for engine in ("local", "ray"):
        reconcile_in_parts(right, tmp_path / engine, 5, engine)
    one, other = load_run(tmp_path / "local"), load_run(tmp_path / "ray")
    for name in ("stays", "findings", "adjustments", "closed"):
        assert_frame_equal(getattr(one, name), getattr(other, name))
    assert one.info.decisions == other.info.decisions
    with pytest.raises(CannotRun, match="找不到：无 1 某某"):
        reconcile_in_parts(wrong, tmp_path / "out", 5, "ray")
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("two_workers")
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


def test_two_nodes_share_the_parts_and_a_lost_one_costs_nothing(
    two_nodes: Cluster, tmp_path: Path
) -> None:
    """The tables of one process; then the second node goes away while it works, and the first does its parts."""
    request = written(tangled(), tmp_path)
    for engine in ("local", "ray"):
        reconcile_in_parts(request, tmp_path / engine, 5, engine)
    assert_frame_equal(tables(tmp_path / "local")["stays"], tables(tmp_path / "ray")["stays"])
    with ThreadPoolExecutor(1) as aside:
        results = aside.submit(run_parts, _until_told(tmp_path), range(4), "ray")
        _wait_until(lambda: len(list(tmp_path.glob("begun-*"))) == 2)
        two_nodes.remove_node(two_nodes.list_all_nodes()[1], allow_graceful=False)
        (tmp_path / "go").touch()
        assert results.result(60) == {number: {"stays": 10} for number in range(4)}
    nodes = {file.name.split("-")[1] for file in tmp_path.glob("begun-*")}
    assert len(nodes) == 2


def _until_told(folder: Path) -> Part:
    """A part's work that says on which node it has begun, and is done once it is told to go on."""

    def part(number: int) -> Mapping[str, Any]:
        node = ray.get_runtime_context().get_node_id()
        (folder / f"begun-{node}-{number}").touch()
        while not (folder / "go").exists():
            time.sleep(0.05)
        return {"stays": 10}

    return part


def _wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)
