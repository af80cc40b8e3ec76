"""The boards as pages to print: one self-contained HTML file per list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from html import escape

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from onestop_cli.money import capital, yuan
from onestop_cli.notices.texts import Texts
from onestop_cli.resources import template_folder
from onestop_cli.writers.notices.columns import TextTable, wraps
from onestop_cli.writers.notices.layout import OnPaper, Slot, TableSlots
from onestop_cli.writers.toolkit.columns import Column


@cache
def templates() -> Environment:
    """The page templates; every text is escaped."""
    made = Environment(
        loader=FileSystemLoader(template_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"css_string": css_string, "rows": rows, "yuan": yuan, "capital": capital}
    made.globals |= {"board_table": board_table}
    return made


def css_string(text: str) -> Markup:
    """`text` as a CSS string that can end neither itself nor the style element."""
    safe = "".join(char if char.isalnum() else f"\\{ord(char):x} " for char in text)
    return Markup(f'"{safe}"')


def rows(grid: TextTable) -> Markup:
    """The rows of a table: one form for all, filled with escaped cells (a template takes four times as long)."""
    form = "".join(_cell_form(column, heads=column.key == grid.head) for column in grid.columns)
    form = f'<tr role="row">{form}</tr>\n'
    links = {
        text: f'<a href="{escape(url)}">{escape(text)}</a>' for text, url in grid.links.items()
    }
    return Markup(
        "".join(
            form.format(*[links.get(text) or escape(text) for text in row]) for row in grid.body
        )
    )


def _cell_form(column: Column, *, heads: bool) -> str:
    """A cell with a place for its text; on a phone its title stands before it."""
    if heads:
        return '<th role="rowheader" scope="row">{}</th>'
    title = escape(column.title).replace("{", "{{").replace("}", "}}")
    kind = "" if wraps(column) else ' class="m"' if column.kind == "text" else ' class="n"'
    return f'<td role="cell"{kind} data-title="{title}">{{}}</td>'


def board_table(grid: TextTable, layout: TableSlots) -> Markup:
    """A table of a board, its columns as wide as `layout` says and stacked where it says so."""
    columns = "".join(
        f'<col style="width:{slot.width / layout.width:.2%}">' for slot in layout.slots
    )
    titles = [column.title for column in grid.columns]
    head = "".join(
        f'<th scope="col">{_stack(titles[at] for at in slot.columns)}</th>' for slot in layout.slots
    )
    form = _row_form(grid, layout.slots)
    body = "".join(form.format(*_stacked(row, layout.slots)) for row in grid.body)
    totals = _stacked(grid.totals, layout.slots) if grid.totals else []
    sums = "".join(f'<td class="n">{text}</td>' for text in totals[1:])
    foot = f'<tfoot><tr><th scope="row">{totals[0]}</th>{sums}</tr></tfoot>\n' if totals else ""
    return Markup(
        f"<colgroup>{columns}</colgroup>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{body}</tbody>\n{foot}"
    )


def _row_form(grid: TextTable, slots: Sequence[Slot]) -> str:
    """A row with a place for the text of every slot."""
    cells = []
    for slot in slots:
        inside = [grid.columns[at] for at in slot.columns]
        if any(column.key == grid.head for column in inside):
            cells.append('<th scope="row">{}</th>')
        else:
            kind = "" if wraps(inside[0]) else ' class="n"' if inside[0].kind != "text" else ""
            cells.append(f"<td{kind}>{{}}</td>")
    return f"<tr>{''.join(cells)}</tr>\n"


def _stacked(row: Sequence[str], slots: Sequence[Slot]) -> list[str]:
    """The texts of a row, slot by slot."""
    return [_stack(row[at] for at in slot.columns) for slot in slots]


def _stack(texts: Iterable[str]) -> str:
    return "<br>".join(escape(text) for text in texts)


def board(one: OnPaper, texts: Texts) -> str:
    """The HTML of one board."""
    template = templates().get_template("notices/board.html.j2")
    return template.render(
        page=one.page,
        tables=one.tables,
        period=texts.period,
        paper=f"{one.look.paper} {'landscape' if one.layout.landscape else 'portrait'}",
        points=one.look.points,
    )
