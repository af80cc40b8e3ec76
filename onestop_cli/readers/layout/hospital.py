"""Whose stays a sheet holds that has no hospital column: what layout, title, sheet and file name say."""

from __future__ import annotations

from collections.abc import Sequence

from onestop_cli.county.synonyms import Names, near
from onestop_cli.errors import Problem
from onestop_cli.privacy import without_numbers
from onestop_cli.readers.layout.doubts import layout_hint
from onestop_cli.readers.layout.typed import TypedTable
from onestop_cli.readers.layout.whose import hospitals_named, of_file


def hospital_named_by(
    table: TypedTable, known: Names, hospitals: Sequence[str]
) -> tuple[str | None, list[Problem]]:
    """The hospital of a sheet without such a column; never one that is only similar.

    Where nothing names one, codes (机构编码) in the rows do. Without a register (`hospitals` is empty) nobody can be
    named, and that is a problem of the register.
    """
    if table.layout and table.layout.hospital:
        return table.layout.hospital, []
    if "hospital" in table.header.columns or not hospitals:
        return None, []
    grid = table.grid
    inside = hospitals_named([*table.titles, grid.sheet or ""], known, hospitals)
    outside = hospitals_named(of_file(grid.source), known, hospitals)
    found = list(dict.fromkeys(inside + outside))
    if len(found) == 1:
        return found[0], []
    if not found and "hospital_code" in table.header.columns:
        return None, []
    return None, [_unknown(table, found, hospitals)]


def _unknown(table: TypedTable, found: Sequence[str], hospitals: Sequence[str]) -> Problem:
    """Nobody, or several, are named."""
    grid = table.grid
    stem = of_file(grid.source)[0]
    clues = "、".join(f"“{without_numbers(text)}”" for text in [stem, *table.titles[:2]])
    if found:
        what = f"不知道是哪家医院的：文件名和标题说法不一（{'、'.join(found)}）"
    else:
        what = f"没有医疗机构列，从文件名和标题（{clues}）也认不出是名册里的哪一家"
    close = [] if found else near(stem, hospitals)
    guess = f"；名称相近的有：{'、'.join(close)}" if close else ""
    hint = layout_hint(grid, 'hospital = "名册里的名称"', "--hospital 名册里的名称")
    return Problem(what, f"请改文件名，或{hint}{guess}", grid.source, grid.sheet)
