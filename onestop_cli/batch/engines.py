"""Who works the parts of a run: this process, or a Ray cluster. Thin: a part is a number, its result a mapping."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from onestop_cli.errors import stop

Part = Callable[[int], Mapping[str, Any]]
"""Works one part out, writes its tables under the part's name, and returns its sums. Doing it twice gives the same."""

RETRIES = 3
"""How often a part is begun again when its worker is lost."""


def run_parts(part: Part, numbers: Iterable[int], engine: str) -> dict[int, Mapping[str, Any]]:
    """Every part's result under its number: each counts once, however often it was begun."""
    if engine == "ray":
        return _on_ray(part, list(numbers))
    return {number: part(number) for number in numbers}


def _on_ray(part: Part, numbers: list[int]) -> dict[int, Mapping[str, Any]]:
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
        remote = ray.remote(max_retries=RETRIES)(_alone)
        shared = ray.put(part)
        results = ray.get([remote.remote(shared, number) for number in numbers])
    finally:
        if mine:
            ray.shutdown()
    return dict(zip(numbers, results, strict=True))


def _alone(part: Part, number: int) -> Mapping[str, Any]:
    return part(number)
