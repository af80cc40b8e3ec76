"""Who works the parts of a run: threads of this process, or a Ray cluster. Thin: a part is a number."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from onestop_cli import workers
from onestop_cli.errors import stop

Done = TypeVar("Done")
"""What comes of a part, whose tables are written under its name. Doing it twice gives the same."""

AT_ONCE = 4
"""Parts that are in memory side by side at most. Each of them keeps several cores busy by itself for part of its time;
what is side by side fills the rest."""
RETRIES = 3
"""How often a part is begun again when its worker is lost."""


def run_parts(part: Callable[[int], Done], numbers: Iterable[int], engine: str) -> dict[int, Done]:
    """Every part's result under its number: each counts once, however often it was begun."""
    if engine == "ray":
        return _on_ray(part, list(numbers))
    return _side_by_side(part, list(numbers))


def _side_by_side(part: Callable[[int], Done], numbers: list[int]) -> dict[int, Done]:
    """On threads of this process, which share all that is read only; what one of them raises ends the others, too."""
    step = workers.counted(len(numbers))

    def one(number: int) -> Done:
        done = part(number)
        step()
        return done

    with ThreadPoolExecutor(min(workers.cores(), AT_ONCE)) as threads:
        begun = [threads.submit(one, number) for number in numbers]
        try:
            return {number: done.result() for number, done in zip(numbers, begun, strict=True)}
        except BaseException:
            threads.shutdown(wait=False, cancel_futures=True)
            raise


def _on_ray(part: Callable[[int], Done], numbers: list[int]) -> dict[int, Done]:
    """On the cluster that `RAY_ADDRESS` names or this process is in, else on one of this machine's own."""
    try:
        import ray
    except ImportError:
        raise stop(
            "没有安装 Ray", "请先 pip install onestop-cli[ray]，或去掉 --engine ray"
        ) from None
    mine = not ray.is_initialized()
    if mine:
        ray.init(include_dashboard=False, log_to_driver=False, configure_logging=False)
    try:
        remote: Any = ray.remote(max_retries=RETRIES)(_alone)
        shared = ray.put(part)
        results = ray.get([remote.remote(shared, number) for number in numbers])
    finally:
        if mine:
            ray.shutdown()
    return dict(zip(numbers, results, strict=True))


def _alone(part: Callable[[int], Done], number: int) -> Done:
    return part(number)
