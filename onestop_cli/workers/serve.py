"""A worker's own side: it answers calls until its input ends."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import traceback
from typing import IO, Any

from onestop_cli.workers.confine import grown, limited, settled
from onestop_cli.workers.frames import receive, send

VALUE, MEMORY, FAILED = "value", "memory", "failed"
"""What an answer is: (VALUE, the function's value) · (MEMORY,) · (FAILED, the traceback). Its last item says whether
the worker ends after it."""


def serve() -> None:
    """Take calls from standard input, answer on standard output. What anything prints, a native parser's last words
    included, goes nowhere; an interrupt from the keyboard is for the process that asked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.dup2(nowhere, sys.stderr.fileno())
    while _one(sys.stdin.buffer, answers):
        pass


def _one(calls: IO[bytes], answers: IO[bytes]) -> bool:
    """One call; whether to wait for another."""
    try:
        function, arguments, memory, seconds = receive(calls)
    except EOFError:
        return False
    if arguments is None:
        importlib.import_module(function)
        settled()
        return True
    answer = _answer(function, arguments, memory, seconds)
    ends = answer[0] != VALUE or grown()
    send(answers, (*answer, ends))
    return not ends


def _answer(
    function: str, arguments: tuple[Any, ...], memory: int | None, seconds: float | None
) -> tuple[Any, ...]:
    module, _, name = function.partition(":")
    try:
        with limited(memory, seconds):
            return VALUE, getattr(importlib.import_module(module), name)(*arguments)
    except MemoryError:
        return (MEMORY,)
    except BaseException:  # a Rust panic is no Exception
        return FAILED, traceback.format_exc()
