"""The manual as a clerk gets it: one HTML page with its pictures inside, and a PDF to print."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import typst
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from onestop_cli.writers.notices.pdf import STANDARD, printing_fonts

_FILES = Path(__file__).parent / "files"
_IMAGE = re.compile(r'<img src="([^"]+)"')


def write(source: Path, folder: Path, day: datetime) -> None:
    """`手册.html` and `手册.pdf` in `folder`, from the Markdown `source`; the PDF is dated `day`."""
    write_page(source, folder / "手册.html")
    tokens = MarkdownIt("commonmark").enable("table").parse(source.read_text("utf-8"))
    fonts, families = printing_fonts()
    body = "".join(_typst(node) for node in SyntaxTreeNode(tokens).children)
    listed = ", ".join(f'"{family}"' for family in families)
    layout = (_FILES / "manual.typ").read_text("utf-8")
    pdf = typst.compile(  # type: ignore[call-overload]  # its stubs want input and root of one type
        f"#let families = ({listed},)\n{layout}\n{body}".encode(),
        root=source.parent,
        font_paths=fonts,
        format="pdf",
        pdf_standards=[STANDARD],
        timestamp=int(day.timestamp()),
    )
    assert isinstance(pdf, bytes)
    (folder / "手册.pdf").write_bytes(pdf)


def write_page(source: Path, target: Path) -> None:
    """The Markdown `source`, whose first line is its title, as a page with its pictures inside."""
    text = source.read_text("utf-8")
    body = MarkdownIt("commonmark").enable("table").render(text)

    def embedded(match: re.Match[str]) -> str:
        data = (source.parent / match[1]).read_bytes()
        return f'<img src="data:image/png;base64,{base64.b64encode(data).decode()}"'

    page = (_FILES / "manual.html").read_text("utf-8")
    page = page.replace("@TITLE@", text.partition("\n")[0].removeprefix("# "))
    target.write_text(page.replace("@BODY@", _IMAGE.sub(embedded, body)), "utf-8", newline="\n")


def _typst(node: SyntaxTreeNode) -> str:
    """A node of the Markdown tree as Typst code: texts become strings, so nothing in them is markup."""
    return _WRITERS[node.type](node)


def _inside(node: SyntaxTreeNode) -> str:
    return "".join(_typst(child) for child in node.children)


def _string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _block(function: str) -> Callable[[SyntaxTreeNode], str]:
    """Writes a node as `function[…]`."""
    return lambda node: f"{function}[{_inside(node)}]\n"


def _span(function: str) -> Callable[[SyntaxTreeNode], str]:
    """Writes a node as `function[…]` within a line."""
    return lambda node: f"{function}[{_inside(node)}]"


def _paragraph(node: SyntaxTreeNode) -> str:
    """A paragraph; a picture by itself is none."""
    alone = [child.type for child in node.children[0].children] == ["image"]
    return f"{_inside(node)}\n" if alone else f"#par[{_inside(node)}]\n"


def _item(node: SyntaxTreeNode) -> str:
    return f"[{_inside(node)}], "


def _table(node: SyntaxTreeNode) -> str:
    head, *bodies = node.children
    titles = head.children[0].children
    cells = [_inside(cell) for body in bodies for row in body.children for cell in row.children]
    header = ", ".join(f"strong[{_inside(cell)}]" for cell in titles)
    rows = ", ".join(f"[{cell}]" for cell in cells)
    return f"#sheet({len(titles)}, ({header},), ({rows},))\n"


_WRITERS: Mapping[str, Callable[[SyntaxTreeNode], str]] = {
    "heading": lambda node: f"#heading(level: {node.tag[1]})[{_inside(node)}]\n",
    "paragraph": _paragraph,
    "inline": _inside,
    "text": lambda node: f"#text({_string(node.content)})",
    "html_block": lambda node: "",
    "softbreak": lambda node: "",
    "hardbreak": lambda node: "#linebreak()",
    "strong": _span("#strong"),
    "em": _span("#emph"),
    "link": lambda node: _inside(node),
    "image": lambda node: f"#picture({_string(str(node.attrs['src']))}, {_string(node.content)})",
    "code_inline": lambda node: f"#raw({_string(node.content)})",
    "fence": lambda node: f"#screen({_string(node.content.rstrip())})\n",
    "bullet_list": lambda node: f"#list({_inside(node)})\n",
    "ordered_list": lambda node: f"#enum({_inside(node)})\n",
    "list_item": _item,
    "blockquote": _block("#remark"),
    "table": _table,
    "hr": lambda node: "#line(length: 100%)\n",
}
