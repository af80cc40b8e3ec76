"""What must be settled before a sheet can be read, each as a problem with its remedy."""

from __future__ import annotations

import json
from collections.abc import Sequence

from onestop_cli.county import platform
from onestop_cli.errors import Problem
from onestop_cli.readers.containers.grid import Grid, column_letter
from onestop_cli.readers.containers.inbox import Opened
from onestop_cli.readers.layout.row_kinds import Sorted
from onestop_cli.readers.layout.table_spec import TableSpec
from onestop_cli.readers.layout.typed import TypedTable
from onestop_cli.readers.layout.wrong_kind import wrong_kind


def overlooked(grid: Grid, sought: TableSpec) -> list[Problem]:
    """A visible sheet without a header that has ID numbers is data we would lose."""
    rows = rows_of_people(grid)
    if not rows:
        return []
    what = f"有 {len(rows)} 行像是{sought.name}（第一处在第 {rows[0]} 行），但没有找到表头"
    named = columns_hint(grid, [("姓名", "表头文字"), ("身份证号", "表头文字")])
    remedy = (
        f"请补上表头一行；表头叫法特殊的，{named}；不是数据的工作表，加 --skip 写成 skip = true"
    )
    return [Problem(what, remedy, grid.source, grid.sheet, rows[0])]


def rows_of_people(grid: Grid) -> list[int]:
    """The rows, counted from 1, with something like an ID number."""
    return [index + 1 for index, row in enumerate(grid.rows) if any(map(_like_id, row))]


def _like_id(cell: object) -> bool:
    if isinstance(cell, float):
        return 1e17 <= cell < 1e18
    if not isinstance(cell, str) or len(cell) < 15:
        return False
    bare = cell.strip(" \t\u3000'*").upper()
    return len(bare) in (15, 18) and bare[:-1].isdecimal() and (bare[-1] == "X" or bare.isdecimal())


def no_table(file: Opened, sought: TableSpec) -> Problem:
    """No sheet of a file is the table looked for."""
    if not any(grid.rows for grid in file.grids):
        return Problem(
            "文件里没有内容", "请让报送单位重新导出；确实没有数据的，请移出文件夹", file.file.path
        )
    if any(grid.hidden and grid.rows for grid in file.grids):
        return Problem(
            "看得见的工作表里没有数据，只有隐藏的工作表", "请取消隐藏后保存", file.file.path
        )
    needed = "、".join(field.title for field in sought.aliases.fields.values() if field.needed)
    return Problem(
        f"没有找到{sought.name}的表头",
        f"表头至少要有 {needed}；请检查是不是放错了文件，或补上表头一行；"
        f"与本次无关的，在 onestop.toml 的 [inbox] 写 ignore = [{quoted(file.file.path)}]",
        file.file.path,
    )


def empty_table(table: TypedTable) -> Problem:
    """A header, and nothing below it that is a record."""
    return Problem(
        "有表头，但没有一行能读成记录",
        "请让报送单位重新导出；本期确实没有的，请把文件移出文件夹",
        table.grid.source,
        table.grid.sheet,
        table.header.last + 1,
    )


def unclear(table: TypedTable, sought: TableSpec) -> list[Problem]:
    """What must be settled before the table can be read: missing and ambiguous columns."""
    grid, header = table.grid, table.header
    if other := wrong_kind(table, sought.name):
        return [other]
    problems = []
    if header.absent:
        names = "、".join(f"“{text}”" for text in header.absent)
        what = f"onestop.toml 的 [[layout]] 提到的表头 {names} 不在表里"
        problems.append(_at(table, what, f"请照表头改正，这一行有：{_titles(table)}"))
    for field, columns in header.rivals.items():
        title = table.aliases.fields[field].title
        seen = "、".join(f"{column_letter(c)} 列“{header.label(c)}”" for c in columns)
        remedy = "请写明用哪一列：" + columns_hint(grid, [(title, header.label(columns[0]))])
        problems.append(_at(table, f"{title}有 {len(columns)} 列都像：{seen}", remedy))
    lacking = sought.lacking(header)
    if lacking:
        hint = columns_hint(grid, [(title.split(" 或 ")[0], "表头文字") for title in lacking])
        problems.append(
            _at(
                table,
                f"缺少{'、'.join(lacking)}列；表头（第 {header.last + 1} 行）有：{_titles(table)}",
                f"请补上这些列；换了叫法的，{hint}",
            )
        )
    return problems


def _titles(table: TypedTable) -> str:
    """The titles of a table, as they stand."""
    header = table.header
    return "、".join(header.label(c) for c in range(table.grid.width) if header.labels[c])


def _at(table: TypedTable, what: str, remedy: str) -> Problem:
    return Problem(what, remedy, table.grid.source, table.grid.sheet, table.header.last + 1)


def two_headers(table: TypedTable, rows: Sorted) -> list[Problem]:
    """A second header that names the columns otherwise: what follows would be read wrong."""
    again = [index for index, kind in enumerate(rows.kinds) if kind == "again"]
    return [
        Problem(
            f"又出现一个表头，各列与第 {table.header.last + 1} 行的表头不同",
            "请把它下面的数据拆到另一个工作表",
            table.grid.source,
            table.grid.sheet,
            index + 1,
        )
        for index in again
    ]


def one_row_per_fund(table: TypedTable) -> list[Problem]:
    """The platform's long form (setldetail): a row per fund of a settlement, read as stays would pay each alone."""
    heads = {platform.word("".join(head)) for head in table.header.labels}
    if not (heads & _FUND_KIND and heads & _FUND_AMOUNT):
        return []
    return [
        Problem(
            "每个基金一行（基金支付类型、基金支付金额），不是每次结算一行",
            "请从平台导出每次结算一行的结算表，各项基金各占一列",
            table.grid.source,
            table.grid.sheet,
            table.header.last + 1,
        )
    ]


_FUND_KIND = {"fundpaytype", "fundpaytypename", "基金支付类型", "基金支付类型名称"}
_FUND_AMOUNT = {"fundpayamt", "基金支付金额"}


def layout_hint(grid: Grid, key: str, option: str) -> str:
    """How to say once and for all what the reader cannot find out: by hand, or with `onestop inspect`."""
    sheet = f"、sheet = {quoted(grid.sheet)}" if grid.sheet else ""
    return (
        f"在 onestop.toml 加一段 [[layout]]，写 file = {quoted(grid.source)}{sheet}、{key}"
        f"（运行 onestop inspect 该文件 {option} --save 可以代写）"
    )


def columns_hint(grid: Grid, pairs: Sequence[tuple[str, str]]) -> str:
    """`layout_hint` for columns: field title and header text."""
    columns = ", ".join(f"{quoted(title)} = {quoted(text)}" for title, text in pairs)
    options = " ".join(f"--column {title}={text}" for title, text in pairs)
    return layout_hint(grid, f"columns = {{ {columns} }}", options)


def quoted(text: str) -> str:
    """A TOML string."""
    return json.dumps(text, ensure_ascii=False)
