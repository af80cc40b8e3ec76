"""The boards as pages to print: one self-contained HTML file per list."""

from __future__ import annotations

from functools import cache
from html import escape

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from onestop_cli.money import capital, yuan
from onestop_cli.notices.notice_period import Posting
from onestop_cli.resources import template_folder
from onestop_cli.writers.notices.columns import Grid, wraps
from onestop_cli.writers.notices.words import Look, Page, signing
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
    return made


def css_string(text: str) -> Markup:
    """`text` as a CSS string that can end neither itself nor the style element."""
    safe = "".join(char if char.isalnum() else f"\\{ord(char):x} " for char in text)
    return Markup(f'"{safe}"')


def rows(grid: Grid) -> Markup:
    """The rows of a table: one form for all, filled with escaped cells (a template takes four times as long)."""
    form = "".join(_cell_form(column, heads=column.key == grid.head) for column in grid.columns)
    form = f'<tr role="row">{form}</tr>\n'
    links = {
        text: f'<a href="{escape(url)}">{escape(text)}</a>' for text, url in grid.links.items()
    }
    return Markup(
        "".join(
            form.format(*[links.get(text) or escape(text) for text in row]) for row in grid.rows
        )
    )


def _cell_form(column: Column, *, heads: bool) -> str:
    """A cell with a place for its text; on a phone its title stands before it."""
    if heads:
        return '<th role="rowheader" scope="row">{}</th>'
    title = escape(column.title).replace("{", "{{").replace("}", "}}")
    kind = "" if wraps(column) else ' class="m"' if column.kind == "text" else ' class="n"'
    return f'<td role="cell"{kind} data-title="{title}">{{}}</td>'


def board(page: Page, posting: Posting, look: Look) -> str:
    """The HTML of one board."""
    template = templates().get_template("notices/board.html.j2")
    return template.render(
        page=page,
        period=posting.period,
        signing=signing(posting),
        paper=look.paper,
        points=look.points,
    )
