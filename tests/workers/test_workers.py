"""Workers: a call is answered, or ended from outside; the next call is served all the same."""

from __future__ import annotations

import os
import time

import pytest

from onestop_cli import workers
from onestop_cli.cli import WORKER
from onestop_cli.workers.pool import FROZEN

SMALL = workers.Limits(memory=256 << 20, seconds=20)


def test_a_call_is_answered_by_another_process() -> None:
    assert workers.call("os:getpid") != os.getpid()


def test_a_worker_serves_again() -> None:
    assert workers.call("os:getpid") == workers.call("os:getpid")


def test_what_a_worker_loads_ahead_does_not_make_it_too_large_to_serve_again() -> None:
    workers.prepare("polars")
    assert workers.call("os:getpid") == workers.call("os:getpid")


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


def test_what_a_worker_prints_goes_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    assert workers.call("builtins:print", "noise") is None
    assert capfd.readouterr() == ("", "")


def test_a_frozen_program_knows_itself_as_a_worker() -> None:
    assert WORKER == FROZEN
