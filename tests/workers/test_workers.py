"""Workers: a call is answered, or ended from outside; the next call is served all the same."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from onestop_cli import workers
from onestop_cli.cli import WORKER
from onestop_cli.workers.pool import _POOL, FROZEN

SMALL = workers.Limits(memory=256 << 20, seconds=20)


def test_a_call_is_answered_by_another_process() -> None:
    assert workers.call("os:getpid") != os.getpid()


def test_a_worker_serves_again() -> None:
    assert workers.call("os:getpid") == workers.call("os:getpid")


def test_what_a_worker_loads_ahead_does_not_make_it_too_large_to_serve_again() -> None:
    workers.prepare("polars")
    assert workers.call("os:getpid") == workers.call("os:getpid")


def test_workers_are_brought_up_until_there_is_one_per_core_and_no_more() -> None:
    workers.start("json")
    there = [*_POOL.idle]
    assert len(there) >= workers.cores()
    workers.start("json")
    assert there == _POOL.idle


def test_what_is_raised_comes_back_as_the_worker_saw_it() -> None:
    with pytest.raises(workers.Failed, match="ValueError: invalid literal"):
        workers.call("builtins:int", "x")


def test_too_much_memory_ends_the_call() -> None:
    with pytest.raises(workers.Stopped) as stopped:
        workers.call("builtins:bytearray", 2 << 30, limits=SMALL)
    assert stopped.value.why == "memory"


def test_too_long_ends_the_call() -> None:
    begin = time.perf_counter()
    with pytest.raises(workers.Stopped) as stopped:
        workers.call("time:sleep", 60, limits=workers.Limits(seconds=0.3))
    assert stopped.value.why == "seconds"
    assert time.perf_counter() - begin < 30


def test_a_worker_that_dies_ends_the_call_and_another_takes_its_place() -> None:
    with pytest.raises(workers.Stopped) as stopped:
        workers.call("os:abort")
    assert stopped.value.why == "died"
    assert workers.call("os:getpid") != os.getpid()


def test_answers_come_in_the_order_of_the_calls_and_one_failure_is_its_own() -> None:
    answers = workers.call_all("builtins:int", [("1",), ("x",), ("3",)])
    assert [answers[0], answers[2]] == [1, 3]
    assert isinstance(answers[1], workers.Failed)


def test_calls_are_under_way_beside_other_work(tmp_path: Path) -> None:
    """What they leave is there before anybody asks for their answers."""
    left = [tmp_path / "a", tmp_path / "b"]
    with workers.calling("os:mkdir", [(str(path),) for path in left]) as answers:
        end = time.perf_counter() + 60
        while not all(path.exists() for path in left) and time.perf_counter() < end:
            time.sleep(0.01)
        assert all(path.exists() for path in left)
        assert answers() == [None, None]


def test_an_error_beside_calls_ends_those_that_have_not_begun(tmp_path: Path) -> None:
    """Every one sleeps a little, then leaves a folder of its own; the error comes at once."""
    code = "import time, os; time.sleep(0.2); os.mkdir({!r})"
    calls = [(code.format(str(tmp_path / str(number))),) for number in range(40)]
    with pytest.raises(RuntimeError), workers.calling("builtins:exec", calls):
        raise RuntimeError
    assert len(list(tmp_path.iterdir())) < len(calls)


def test_what_a_worker_prints_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    assert workers.call("builtins:print", "noise") is None
    assert capfd.readouterr() == ("", "")


def test_a_frozen_program_knows_itself_as_a_worker() -> None:
    assert WORKER == FROZEN
