"""What of a measured run is watched: a case after others of its kind that went through nothing new is not.

Watching costs half as much again as running, and most of it is spent on what was gone through before: the hundredth
random document, the twentieth document of a table. So each test is watched until a case of it (parameters, or a
property's examples) added nothing, and from then on it runs at its own pace. That can only leave out
what was gone through, never add to it: the figures held by `.ci/floor.py` are at most what the suite goes through.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import pytest
from coverage import Coverage


class Measured:
    """Stops and starts the tracer of this process around cases."""

    def __init__(self) -> None:
        self.in_vain: set[str] = set()
        """Kinds of which a case went through nothing new."""
        self.properties: set[str] = set()

    @contextmanager
    def case(self, kind: str) -> Iterator[None]:
        """One case of `kind`, watched if that is worth it."""
        tracer, before = sys.gettrace(), _arcs()
        if kind in self.in_vain:
            sys.settrace(None)
        try:
            yield
        finally:
            sys.settrace(tracer)
            if _arcs() == before:
                self.in_vain.add(kind)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Function) -> Iterator[None]:
        """A test is a case of its function; a property's examples are cases of the property."""
        kind = item.nodeid.partition("[")[0]
        if property_ := getattr(item.obj, "hypothesis", None):
            if kind not in self.properties:
                property_.inner_test = self._watched(property_.inner_test, kind)
                self.properties.add(kind)
            return (yield)
        with self.case(kind):
            return (yield)

    def _watched(self, example: Callable[..., Any], kind: str) -> Callable[..., Any]:
        @wraps(example)
        def watched(*given: Any, **more: Any) -> Any:
            with self.case(kind):
                return example(*given, **more)

        return watched


def _arcs() -> int:
    """How many steps between lines were seen so far in this process."""
    now = Coverage.current()
    collector = now and now._collector
    return sum(map(len, collector.data.values())) if collector else 0
