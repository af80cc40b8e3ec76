"""Which sheets of a workbook are a form of our own, and what becomes of the others: nothing of them is lost in silence.

A sheet without the form's header is passed over where it cannot hold rows of the form: empty, one that is printed
beside it, words without numbers. One with a header of its own is named. Rows below no header, and a header that is
nearly the form's, are refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from onestop_cli.errors import Problem
from onestop_cli.money import exact_fen, yuan
from onestop_cli.readers.containers.grid import Cell, Grid, column_letter, notes_of
from onestop_cli.readers.containers.inbox import Opened
from onestop_cli.readers.layout.cells import cell_text

_ID = re.compile(r"(\d{17}[\dXxＸｘ]|\d{15})")
_NUMBER = re.compile(r"[¥￥+\-]?[\d,.]+元?|\d{4}[-/.年]\d{1,2}([-/.月]\d{1,2}日?)?")
_FILLED = 3
"""Cells that make a row a record, with a number among them."""

_MONEY = re.compile("额|费|款|钱|元|补|救|报|付|扣|退|减免")
_NO_MONEY = re.compile(r"(数|次|率|号|码|期|日|月|年|位)$")
_LONG = 10**9
"""Fen from which on whole yuan are numbers of people or papers."""


@dataclass(frozen=True)
class OwnForm:
    """A form: its name, title → field, the titles without which it is none, and where to get an empty one.

    `use`: what a filled one is for, with `{file}`. `beside`: names of sheets that are printed beside it; `aside`:
    titles that are printed in it and not read. `moves`: the words of any other title that, over amounts, would change
    what the form says.
    """

    name: str
    titles: Mapping[str, str]
    needed: Sequence[str]
    remedy: str
    use: str = ""
    beside: Collection[str] = ()
    aside: Collection[str] = ()
    moves: str = "补|救|报销|付|垫|减免|扣|退"


def form_sheets(
    files: Sequence[Opened],
    form: OwnForm,
    others: Collection[OwnForm],
    notes: list[str],
    problems: list[Problem],
) -> list[Grid]:
    """The sheets with the header of the form, each once; what becomes of the others is in `notes` and `problems`."""
    found: list[Grid] = []
    for file in files:
        own = list[Grid]()
        for grid in file.grids:
            if header_of(grid.rows, form) is None:
                problems += _not_the_form(grid, form, others, notes)
            elif grid.hidden:
                notes.append(f"{grid.place}是隐藏的，没有读")
            elif twin := next((one for one in own if _same(one, grid)), None):
                notes.append(f"{grid.place}与工作表“{twin.sheet}”内容完全相同，只读一次")
            else:
                own.append(grid)
                notes += notes_of(grid)
        if not own and not any(problem.file == file.file.path for problem in problems):
            what = f"没有找到{form.name}的表头（应有 {'、'.join(form.needed)}）"
            problems.append(Problem(what, form.remedy, file.file.path))
        found += own
    return found


def header_of(rows: Sequence[Sequence[Cell]], form: OwnForm) -> tuple[int, dict[int, str]] | None:
    """The first header's row, 0-based, and column → field."""
    for number, cells in enumerate(rows):
        if columns := columns_of(cells, form):
            return number, columns
    return None


def columns_of(cells: Sequence[Cell], form: OwnForm) -> dict[int, str]:
    """Column → field where a row is the form's header; else nothing."""
    titles = [_title(cell) if isinstance(cell, str) else "" for cell in cells]
    if not all(needed in titles for needed in form.needed):
        return {}
    return {titles.index(title): form.titles[title] for title in form.titles if title in titles}


def unread_amounts(grid: Grid, form: OwnForm, notes: list[str]) -> Iterator[Problem]:
    """Columns of amounts that no title of the form takes, and titles that stand over two filled columns."""
    found = header_of(grid.rows, form)
    if found is None:
        return
    header, columns = found
    titles = [_title(cell) for cell in grid.rows[header]]
    for at, title in enumerate(titles):
        below = [text for row in grid.rows[header + 1 :] if (text := cell_text(row[at]).strip())]
        if at in columns or title in form.aside or not below:
            continue
        label = (
            f"“{title}”（{column_letter(at)} 列）"
            if title
            else f"{column_letter(at)} 列（没有表头）"
        )
        place = grid.source, grid.sheet, header + 1
        if title in form.titles:
            what = f"“{title}”有两列，{column_letter(titles.index(title))} 列和 {column_letter(at)} 列都填了"
            yield Problem(what, "请只留一列；并排的两张表请上下接起来", *place)
        elif (fen := _sum(below)) and not _NO_MONEY.search(title):
            said = f"{label}{len(below)} 行有金额，合计 {yuan(fen)} 元，没有读入"
            if re.search(form.moves, title):
                remedy = f"{form.name}只有 {'、'.join(form.titles)} 这些列；不用读的请删去这一列"
                yield Problem(said, remedy, *place)
            elif not title or _MONEY.search(title):
                notes.append(f"{grid.place}的{said}")


def _sum(texts: Sequence[str]) -> int:
    """What a column adds up to where half of its cells are amounts; 0 for numbers of people, papers and lines."""
    amounts = [fen for text in texts if (fen := exact_fen(text)) is not None]
    whole = all(fen % 100 == 0 for fen in amounts)
    if len(amounts) * 2 < len(texts) or (whole and any(abs(fen) >= _LONG for fen in amounts)):
        return 0
    lines = whole and {b - a for a, b in pairwise(amounts)} == {100}
    return 0 if lines else sum(amounts)


def _not_the_form(
    grid: Grid, form: OwnForm, others: Collection[OwnForm], notes: list[str]
) -> Iterator[Problem]:
    """What a sheet without the header may lose."""
    if grid.hidden or grid.sheet in form.beside or any(header_of(grid.rows, o) for o in others):
        return
    place = grid.source, grid.sheet
    people = {"id_raw", "id_no"} & {*form.titles.values()}
    ids = [n for n, row in enumerate(grid.rows, 1) if people and any(map(_is_id, row))]
    records = [n for n, row in enumerate(grid.rows, 1) if _is_record(row)]
    lacking = _nearly(grid.rows, form)
    out = f"不是{form.name}的，请把这个工作表隐藏，或移到别的文件"
    if lacking and (ids or records):
        row, titles = lacking
        what = f"像是{form.name}，表头缺 {'、'.join(titles)}"
        yield Problem(what, f"请把表头补全或改正；{out}", *place, row)
    elif ids or (records and not _header_above(grid.rows, records[0])):
        row = min((*ids, *records))
        what = f"有 {len(ids or records)} 行像是{form.name}，上面没有它的表头"
        yield Problem(what, f"请在上面补上表头（{'、'.join(form.needed)} …）；{out}", *place, row)
    elif records:
        notes.append(f"{grid.place}的表头不是{form.name}的，没有读")


def _nearly(rows: Sequence[Sequence[Cell]], form: OwnForm) -> tuple[int, list[str]] | None:
    """The row, 1-based, that has more than half of the needed titles, and those that it lacks."""
    for number, cells in enumerate(rows, 1):
        titles = {_title(cell) for cell in cells if isinstance(cell, str)}
        lacking = [needed for needed in form.needed if needed not in titles]
        if len(lacking) * 2 < len(form.needed):
            return number, lacking
    return None


def _header_above(rows: Sequence[Sequence[Cell]], record: int) -> bool:
    """Whether a row of words names the columns above the first record, whose row counts from 1."""
    filled = [sum(bool(_title(cell)) for cell in row) for row in rows[: record - 1]]
    return any(count >= _FILLED for count in filled)


def _is_record(row: Sequence[Cell]) -> bool:
    """A row of several cells with a number, an amount or a day."""
    filled = [cell for cell in row if cell != "" and str(cell).strip()]
    return len(filled) >= _FILLED and any(
        not isinstance(cell, str) or _NUMBER.fullmatch(cell.strip()) for cell in filled
    )


def _is_id(cell: Cell) -> bool:
    return isinstance(cell, str) and bool(_ID.fullmatch(re.sub(r"[\s'’]", "", cell)))


def _same(one: Grid, other: Grid) -> bool:
    return [*map(tuple, one.rows)] == [*map(tuple, other.rows)]


def _title(cell: Cell) -> str:
    """A title in half width, without blanks and its unit."""
    plain = "".join(unicodedata.normalize("NFKC", cell_text(cell)).split())
    return plain.removesuffix("(元)").strip("*")
