"""How a column writes its values, in words for a clerk: a mixed column is where mistakes hide."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date

from onestop_cli.privacy import without_numbers
from onestop_cli.readers.containers.grid import Cell
from onestop_cli.readers.layout.aliases import Kind
from onestop_cli.readers.layout.cells import DASHES, SCIENTIFIC, cell_text

_MOST_SHAPES = 3


def style_of(kind: Kind, cells: Sequence[Cell]) -> str:
    """How the filled cells are written: `文本 2010-10-03`, `数字`, `文本 18 位`; blanks are counted."""
    filled = [cell for cell in cells if cell_text(cell).strip()]
    blank = len(cells) - len(filled)
    shapes = Counter(_SHAPES[kind](cell) for cell in filled).most_common()
    shown = [_shown(kind, shape, filled) for shape, _ in shapes[:_MOST_SHAPES]]
    if len(shapes) > 1:
        shown = [f"{text} {count} 行" for text, (_, count) in zip(shown, shapes, strict=False)]
    more = [f"另 {len(shapes) - _MOST_SHAPES} 种写法"] if len(shapes) > _MOST_SHAPES else []
    empty = [f"空 {blank} 行" if filled else "全空"] if blank else []
    return "，".join([*shown, *more, *empty])


def _shown(kind: Kind, shape: str, filled: Sequence[Cell]) -> str:
    """A shape in words; a day written as text is shown by its first example."""
    if kind != "day" or "9" not in shape:
        return shape
    return "如 " + next(cell_text(c).strip() for c in filled if _day_shape(c) == shape)[:20]


def sample_of(kind: Kind, cells: Sequence[Cell]) -> str:
    """The first filled cell; of an ID number only the last four characters."""
    first = next((text for cell in cells if (text := cell_text(cell).strip())), "")
    if kind == "id":
        return f"****{first[-4:]}" if len(first) > 8 else "****" if first else ""
    return without_numbers(first)[:20]


def _day_shape(cell: Cell) -> str:
    if isinstance(cell, date):
        return "Excel 日期"
    if isinstance(cell, float | int):
        return "数字"
    return re.sub(r"\d{1,2}", "9", re.sub(r"\d{3,}", "999", cell_text(cell).strip()))


def _money_shape(cell: Cell) -> str:
    if isinstance(cell, float | int):
        return "数字"
    text = cell_text(cell).strip()
    if text in DASHES:
        return "“—”作零"
    marks = {
        ",": "千分位",
        "，": "千分位",
        "¥": "¥",
        "￥": "¥",
        "(": "括号负数",
        "（": "括号负数",
        "元": "带“元”",
    }
    seen = dict.fromkeys(name for mark, name in marks.items() if mark in text)
    return "文本" + "".join(f"（{name}）" for name in seen)


def _id_shape(cell: Cell) -> str:
    text = cell_text(cell)
    if isinstance(cell, float | int) or re.match(SCIENTIFIC, text):
        return "数字（已丢位）"
    return f"文本 {len(text.strip())} 位"


def _text_shape(cell: Cell) -> str:
    return "文本" if isinstance(cell, str) else "日期" if isinstance(cell, date) else "数字"


_SHAPES = {"text": _text_shape, "money": _money_shape, "day": _day_shape, "id": _id_shape}
