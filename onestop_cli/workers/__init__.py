"""Processes beside this one: work on files from outside is done there, within limits of memory and time.

`call` and `call_all` run a function of the house, named `module:function`, in a worker, `calling` does so beside other
work; `start` brings the workers up before they are needed, `prepare` has them load what comes next. A worker that dies,
hangs or grows too large takes nothing with it: the call ends in `Stopped`. Workers are spawned, never forked (forked
threads deadlock, and Windows has no fork), and serve any number of calls. `watched` is told how far a round of calls,
or other work of `counted` steps, is.
"""

from onestop_cli.workers.pool import (
    Failed,
    Limits,
    Stopped,
    call,
    call_all,
    calling,
    cores,
    prepare,
    start,
)
from onestop_cli.workers.steps import counted, watched

__all__ = [
    "Failed",
    "Limits",
    "Stopped",
    "call",
    "call_all",
    "calling",
    "cores",
    "counted",
    "prepare",
    "start",
    "watched",
]
