"""The house polices its own imports, and starts at once."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent / "onestop_cli"
EDGES = ("readers", "writers", "batch", "commands", "cli")
"""Parts that may open files, print or ask the clock; everything else is the core."""

HEAVY = ("polars", "openpyxl", "rich", "jinja2", "xlsxwriter", "python_calamine")
"""pydantic is not among them: typer itself brings it."""
MAY_IMPORT = {
    "readers": {"readers"},
    "writers": {"writers"},
    "batch": {"batch", "readers", "writers"},
    "commands": {"commands", "batch", "readers", "writers"},
    "cli": {"cli", "commands", "writers", "batch"},
}
"""Which edges an edge may import; all may import the core. The core imports no edge."""


def modules() -> list[Path]:
    return sorted(path for path in HOUSE.rglob("*.py") if "bundle" not in path.parts)


def part_of(path: Path) -> str:
    """The edge a module belongs to, or `core`."""
    first = path.relative_to(HOUSE).parts[0].removesuffix(".py")
    return "cli" if first == "__main__" else first if first in EDGES else "core"


def imported(path: Path) -> Iterator[tuple[str, bool]]:
    """Every imported module's name, and whether it stands at the top of the file."""
    tree = ast.parse(path.read_text("utf-8"))
    top = {id(node) for node in tree.body}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((name.name, id(node) in top) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, id(node) in top


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_imports_point_one_way(path: Path) -> None:
    """Commands → batch → readers and writers → core; the core imports no edge."""
    part = part_of(path)
    for name, _ in imported(path):
        if name.startswith("onestop_cli."):
            target = name.split(".")[1]
            if target in EDGES:
                assert target in MAY_IMPORT.get(part, set()), f"{path.name} imports {name}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


def test_settle_never_names_a_claim() -> None:
    """The settlement is not handed what hospitals claimed; only `given` knows the word, to take it away."""
    for path in (HOUSE / "settle").glob("*.py"):
        if path.name != "given.py":
            assert "_claimed" not in path.read_text("utf-8"), path.name


@pytest.mark.parametrize("words", [["--help"], ["findings", "ID03"], ["reconcile", "--help"]])
def test_starting_imports_nothing_heavy(words: list[str]) -> None:
    code = (
        "import sys\nfrom onestop_cli.cli import app\n"
        f"try:\n    app({words!r})\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().splitlines()[-1] == "[]"
