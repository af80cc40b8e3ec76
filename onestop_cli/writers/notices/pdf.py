"""The boards as PDF with their fonts inside; a character that no font has is printed as □, and the board says so."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from onestop_cli.errors import Broken, stop
from onestop_cli.notices.names import NO_SHAPE
from onestop_cli.resources import template_folder
from onestop_cli.writers.notices.columns import TextTable, wraps
from onestop_cli.writers.notices.layout import OnPaper, TableSlots

if TYPE_CHECKING:
    import typst

FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "SimHei",
    "SimSun",
)
"""Families that can print Chinese, the one with most characters first."""

STANDARD: Literal["a-2b"] = "a-2b"
"""PDF/A with all fonts embedded: the only output that refuses a character without a glyph."""

_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_LONG_WORD = re.compile(r"([!-~]{8})(?=[!-~])")
_ABSENT = f"“{NO_SHAPE}”是本机字体里没有的字，以原件为准。"


def write_pdfs(boards: Iterable[tuple[Path, OnPaper]]) -> dict[str, str]:
    """Write each board as PDF; the characters that no font has, and on whose board each stands first.

    Such a character is printed as □, with a note, and no other board suffers from it. Raises `CannotRun` without typst
    or a Chinese font.
    """
    compiler, families = _compiler()
    missing: dict[str, str] = {}
    for path, one in boards:
        absent: set[str] = set()
        while found := _compile(compiler, board_data(one, families, absent), path):
            if found <= absent:
                raise Broken(f"characters left out are still missing: {sorted(map(ord, found))}")
            absent |= found
        for char in sorted(absent):
            missing.setdefault(char, one.page.whose)
    return missing


def printing_fonts() -> tuple[typst.Fonts, list[str]]:
    """The fonts of this computer, and the families of them that can print Chinese, best first.

    Raises `CannotRun` without typst or a Chinese font.
    """
    if find_spec("typst") is None:
        raise stop(
            "没有安装输出 PDF 的组件",
            "请运行 pip install onestop-cli[pdf]，或去掉 --pdf 后重新运行",
        )
    bundled = find_spec("noto_cjk_sans_otc")
    fonts = _fonts(*(bundled.submodule_search_locations or ()) if bundled else ())
    families = [family for family in FONTS if family in fonts.families()]
    if not families:
        raise stop("本机没有可用的中文字体", f"请安装其中一种字体后重新运行：{'、'.join(FONTS)}")
    return fonts, families


@cache
def _fonts(*folders: str) -> typst.Fonts:
    """The fonts of this computer and of `folders`, looked through once for a process."""
    import typst

    return typst.Fonts(font_paths=[Path(folder) for folder in folders])


def _compiler() -> tuple[typst.Compiler, list[str]]:
    """A compiler that has read its fonts once, and the families to print with."""
    fonts, families = printing_fonts()
    import typst

    return typst.Compiler(template_folder() / "notices" / "board.typ", font_paths=fonts), families


def _compile(compiler: typst.Compiler, text: str, path: Path) -> set[str]:
    """Write one PDF; the characters that no font has, if any."""
    import typst

    try:
        pdf = compiler.compile(
            format="pdf",
            sys_inputs={"data": text},
            pdf_standards=[STANDARD],
            timestamp=0,
            pdf_tags=False,
        )
    except typst.TypstError as error:
        if missing := unprintable(error.diagnostic):
            return missing
        raise
    assert isinstance(pdf, bytes)
    path.write_bytes(pdf)
    return set()


def unprintable(diagnostic: str) -> set[str]:
    """The characters that a compiler's message names as having no glyph."""
    texts = "".join(_MISSING.findall(diagnostic))
    return set(_ESCAPED.sub(lambda code: chr(int(code[1], 16)), texts))


def board_data(one: OnPaper, families: list[str], absent: Collection[str] = ()) -> str:
    """What the template prints, as JSON; texts only, which the template cannot take for markup.

    `absent`: characters that no font has.
    """
    page, look = one.page, one.look
    about = [*page.about, ("说明", _ABSENT)] if absent else page.about
    content: Mapping[str, Any] = {
        "paper": look.paper.lower(),
        "landscape": one.layout.landscape,
        "points": look.points,
        "fonts": families,
        "title": page.title,
        "subtitle": page.subtitle,
        "number": page.number,
        "lead": page.lead,
        "tables": [_table(grid, layout) for grid, layout in one.tables],
        "about": about,
        "signing": page.signing,
        "result": page.result,
    }
    text = json.dumps(content, ensure_ascii=False)
    return text.translate(dict.fromkeys(map(ord, absent), NO_SHAPE))


def _table(grid: TextTable, layout: TableSlots) -> dict[str, Any]:
    """A table for the template, its cells slot by slot, lines of a slot under each other."""
    slots = layout.slots
    first = [grid.columns[slot.columns[0]] for slot in slots]

    def cells(row: Sequence[str]) -> list[str]:
        return ["\n".join(_breakable(row[at]) for at in slot.columns) for slot in slots]

    return {
        "title": grid.title,
        "note": grid.note,
        "apart": grid.apart,
        "whole": grid.whole,
        "titles": [[grid.columns[at].title for at in slot.columns] for slot in slots],
        "widths": [round(slot.width, 3) for slot in slots],
        "numbers": [not wraps(column) and column.kind != "text" for column in first],
        "rows": [cells(row) for row in grid.body],
        "totals": cells(grid.totals) if grid.totals else [],
    }


def _breakable(text: str) -> str:
    """`text` on one line, with places to break in words that no column could hold."""
    return _LONG_WORD.sub("\\1\u200b", text.replace("\n", " "))
