"""The boards as PDF with their fonts inside; a character that no font has is named, never a box."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from onestop_cli.errors import CannotRun, Problem, stop
from onestop_cli.notices.notice_period import Posting
from onestop_cli.resources import template_folder
from onestop_cli.writers.notices.columns import Grid, wraps
from onestop_cli.writers.notices.words import Look, Page, signing

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


def write_pdfs(boards: Iterable[tuple[Path, Page]], posting: Posting, look: Look) -> None:
    """Write each board as PDF. Raises `CannotRun` without typst or a Chinese font, and naming every
    character that cannot be printed and the board it stands on."""
    compiler, families = _compiler()
    missing: dict[str, str] = {}
    for path, page in boards:
        text = board_data(page, posting, look, families)
        for char in _compile(compiler, text, path):
            missing.setdefault(char, page.whose)
    if missing:
        raise CannotRun(_no_glyph(char, place) for char, place in missing.items())


def printing_fonts() -> tuple[typst.Fonts, list[str]]:
    """The fonts of this computer, and the families of them that can print Chinese, best first.

    Raises `CannotRun` without typst or a Chinese font.
    """
    if find_spec("typst") is None:
        raise stop(
            "没有安装输出 PDF 的组件",
            "请运行 pip install onestop-cli[pdf]，或去掉 --pdf 后重新运行",
        )
    import typst

    bundled = find_spec("noto_cjk_sans_otc")
    folders = list(bundled.submodule_search_locations or ()) if bundled else []
    fonts = typst.Fonts(font_paths=[Path(folder) for folder in folders])
    families = [family for family in FONTS if family in fonts.families()]
    if not families:
        raise stop("本机没有可用的中文字体", f"请安装其中一种字体后重新运行：{'、'.join(FONTS)}")
    return fonts, families


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


def board_data(page: Page, posting: Posting, look: Look, families: list[str]) -> str:
    """What the template prints, as JSON; texts only, which the template cannot take for markup."""
    content: Mapping[str, Any] = {
        "paper": look.paper.lower(),
        "points": look.points,
        "fonts": families,
        "title": page.title,
        "subtitle": page.subtitle,
        "lead": page.lead,
        "tables": [_table(grid) for grid in page.grids],
        "about": page.about,
        "signing": signing(posting),
    }
    return json.dumps(content, ensure_ascii=False)


def _table(grid: Grid) -> dict[str, Any]:
    """A table for the template; a width of 0 is as wide as what stands in it."""
    return {
        "title": grid.title,
        "note": grid.note,
        "apart": grid.apart,
        "whole": grid.whole,
        "titles": [column.title for column in grid.columns],
        "widths": [column.chars if wraps(column) else 0 for column in grid.columns],
        "numbers": [column.kind != "text" for column in grid.columns],
        "rows": [[_breakable(text) for text in row] for row in grid.rows],
        "totals": grid.totals,
    }


def _breakable(text: str) -> str:
    """`text` with places to break in words that no column could hold."""
    return _LONG_WORD.sub("\\1\u200b", text)


def _no_glyph(char: str, place: str) -> Problem:
    return Problem(
        f"字体里没有“{char}”（U+{ord(char):04X}）这个字，出现在{place}的公示中",
        "请安装含有这个字的字体（如思源黑体 Noto Sans CJK、宋体扩展 SimSun-ExtB），"
        "或不加 --pdf，用浏览器打印网页版",
    )
