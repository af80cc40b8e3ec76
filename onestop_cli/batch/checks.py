"""One thing that `onestop doctor` looked at."""

from __future__ import annotations

from dataclasses import dataclass

FINE, NOTE, BAD = "正常", "注意", "不行"


@dataclass(frozen=True)
class HealthCheck:
    """One thing looked at: `state` is `FINE`, `NOTE` or `BAD`; `remedy` says what to do unless all is fine."""

    name: str
    state: str
    said: str
    remedy: str = ""
