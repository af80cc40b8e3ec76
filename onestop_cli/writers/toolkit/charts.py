"""Charts as SVG inside a page: no script, no font, no address; every label is escaped.

Colours come from the page's style by class: `s0` for what is today, `s1` for what is proposed, `ink`, `soft`, `line`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from onestop_cli.writers.toolkit.columns import text_width

HALF, WHOLE = 480, 1000
"""Widths of a chart in px: half a page, a whole page."""

_BAR, _GAP, _CHAR = 14, 10, 7.0
"""Height of a bar, space between groups, and the width of a half-width character, in px."""

Show = Callable[[int], str]


@dataclass(frozen=True)
class BarGroup:
    """A label and one value per series, all ≥ 0."""

    label: str
    values: Sequence[int]


def bars(
    groups: Sequence[BarGroup], series: Sequence[str], show: Show, width: int = HALF
) -> Markup:
    """Bars lying one below the other, the value at the end of each; a group per label."""
    left = min(max((_wide(group.label) for group in groups), default=0), 190) + 10
    right = max((_wide(show(v)) for group in groups for v in group.values), default=0) + 8
    most = max((value for group in groups for value in group.values), default=0) or 1
    parts, y = [], 0
    step = _BAR * len(series) + _GAP
    for group in groups:
        middle = y + _BAR * len(series) / 2 + 4
        parts.append(_text(left - 8, middle, group.label, "ink end"))
        for number, value in enumerate(group.values):
            wide = (width - left - right) * value / most
            top = y + _BAR * number
            parts.append(
                _rect(left, top, wide, _BAR - 3, number, f"{series[number]} {show(value)}")
            )
            parts.append(_text(left + wide + 5, top + 10, show(value), "soft"))
        y += step
    return _svg(width, max(y, 1), parts, "、".join(series))


def columns(
    groups: Sequence[BarGroup], series: Sequence[str], show: Show, width: int = HALF
) -> Markup:
    """Columns side by side with the value on top; a group per label."""
    height, foot, head = 170, 22, 16
    most = max((value for group in groups for value in group.values), default=0) or 1
    slot = width / max(len(groups), 1)
    wide = min(slot / (len(series) + 0.5), 46)
    parts = [_line(0, head + height, width, head + height)]
    for place, group in enumerate(groups):
        middle = slot * (place + 0.5)
        parts.append(_text(middle, head + height + 16, group.label, "soft mid"))
        for number, value in enumerate(group.values):
            tall = height * value / most
            x = middle + wide * (number - len(series) / 2)
            top = head + height - tall
            parts.append(
                _rect(x + 1, top, wide - 2, tall, number, f"{series[number]} {show(value)}")
            )
            if _wide(show(value)) <= wide * 1.6:
                parts.append(_text(x + wide / 2, top - 4, show(value), "soft mid"))
    return _svg(width, head + height + foot, parts, "、".join(series))


def curve(
    points: Sequence[tuple[int, int]],
    level: int,
    marks: Sequence[tuple[int, str]],
    show: tuple[Show, Show],
) -> Markup:
    """A line through `points` (x, y), a level line, and named settings on it; `show`: x and y as text."""
    height, left, foot, head = 220, 96, 40, 18
    low, high = points[0][0], points[-1][0]
    most = max(*(y for _, y in points), level) or 1

    def at(x: int, y: int) -> tuple[float, float]:
        across = (WHOLE - left - 30) * (x - low) / max(high - low, 1)
        return left + across, head + height - height * y / most

    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*point) for point in points))
    base, budget = head + height, at(low, level)[1]
    parts = [
        _line(left, base, WHOLE - 20, base),
        Markup(f'<line class="level" x1="{left}" y1="{budget:.1f}" x2="{WHOLE - 20}" y2="{budget:.1f}"/>'),
        _text(left - 6, budget + 4, show[1](level), "bad end"),
        _text(left - 6, base, show[1](0), "soft end"),
        _text(left, base + 32, show[0](low), "soft mid"),
        _text(WHOLE - 30, base + 32, show[0](high), "soft end"),
        Markup(f'<polyline class="curve" points="{path}"/>'),
    ]  # fmt: skip
    costs = dict(points)
    for setting, name in marks:
        x, y = at(setting, costs[setting])
        parts.append(Markup(f'<circle class="mark" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'))
        parts.append(_text(x, base + 16, f"{name} {show[0](setting)}", "ink mid"))
    return _svg(WHOLE, base + foot, parts, "取值与支出")


def _wide(text: str) -> float:
    """Width in px; Chinese fonts draw dashes as wide as characters."""
    return (text_width(text) + text.count("—")) * _CHAR


def _text(x: float, y: float, text: str, look: str) -> Markup:
    return Markup(f'<text class="{look}" x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>')


def _rect(x: float, y: float, wide: float, tall: float, series: int, title: str) -> Markup:
    return Markup(
        f'<rect class="s{series}" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall:.1f}">'
        f"<title>{escape(title)}</title></rect>"
    )


def _line(x1: float, y1: float, x2: float, y2: float) -> Markup:
    return Markup(f'<line class="line" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>')


def _svg(width: int, height: float, parts: Sequence[Markup], name: str) -> Markup:
    inside = Markup("\n").join(parts)
    return Markup(
        f'<svg viewBox="0 0 {width} {height:.0f}" role="img" aria-label="{escape(name)}">{inside}</svg>'
    )
