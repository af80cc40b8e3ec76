"""A table that lies among files of another kind: stays among rosters would put everybody in them on a roster."""

from __future__ import annotations

from pathlib import PurePosixPath

from onestop_cli.errors import Problem
from onestop_cli.readers.layout.aliases import aliases
from onestop_cli.readers.layout.headers import find_header
from onestop_cli.readers.layout.typed import TypedTable
from onestop_cli.readers.own_forms import form_in
from onestop_cli.readers.own_sheets import OwnForm

STAYS, ROSTER = "住院明细", "花名册"

_OF_A_STAY = ("admitted", "discharged", "total")
"""No roster has them; a list of stays has all of them."""

_OF_A_ROSTER = {"category", "from", "to", "term", "died", "status", "cert_no", "head", "relation"}
_PAYERS = {"basic", "critical", "assistance"}


def wrong_kind(table: TypedTable, name: str) -> Problem | None:
    """The problem of a table that is looked at as `name` and is plainly the other; None when it may be right.

    A county that has said by hand which columns to take has said what the file is.
    """
    if table.layout and (table.layout.columns or table.layout.category):
        return None
    header = table.grid.rows[table.header.first : table.header.last + 1]
    if name in (ROSTER, STAYS) and (form := form_in(header)):
        return _form(table, form)
    if name == ROSTER and _is_list_of_stays(table):
        return _said(table, "住院报表", "花名册", "收件箱/住院", '"姓名" = "姓名"')
    if name == STAYS and _is_roster(table):
        return _said(table, "花名册", "住院报表", "收件箱/花名册", '"总费用" = "表头文字"')
    return None


def _form(table: TypedTable, form: OwnForm) -> Problem:
    grid = table.grid
    use = form.use.format(file=PurePosixPath(grid.source).name)
    what, remedy = f"这是{form.name}，不是住院报表，也不是花名册", f"请移出收件箱；{use}"
    return Problem(what, remedy, grid.source, grid.sheet, table.header.last + 1)


def _columns(table: TypedTable, kind: str) -> set[str]:
    header = find_header(table.grid, aliases(kind), None)
    return {*header.columns, *header.rivals} if header else set()


def _is_list_of_stays(table: TypedTable) -> bool:
    found = _columns(table, "stays")
    return found.issuperset(_OF_A_STAY) and bool(found & _PAYERS)


def _is_roster(table: TypedTable) -> bool:
    here = {*table.header.columns, *table.header.rivals}
    if here & {*_OF_A_STAY, *_PAYERS, "span"}:
        return False
    found = _columns(table, "roster")
    return {"name", "id_no"} <= found and bool(found & _OF_A_ROSTER)


def _said(table: TypedTable, is_: str, is_not: str, folder: str, columns: str) -> Problem:
    grid = table.grid
    return Problem(
        f"这像是{is_}，却放在{is_not}的文件夹里",
        f"请移到放{is_}的文件夹（{folder}）；确实是{is_not}的，在 onestop.toml 加一段 [[layout]]，"
        f'写 file = "{grid.source}"、columns = {{ {columns} }}',
        grid.source,
        grid.sheet,
        table.header.last + 1,
    )
