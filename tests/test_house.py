"""The house polices its own imports, and starts at once."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent / "onestop_cli"

ROOMS = (
    "errors",
    "outcome",
    "money",
    "privacy",
    "resources",
    "workers",
    "tables",
    "county",
    "rulebook",
    "core",
    "run",
    "working",
    "statements",
    "explain",
    "ledger",
    "notices",
    "audit",
    "rosters",
    "simulation",
    "readers",
    "writers",
    "batch",
    "commands",
    "cli",
    "__main__",
)
"""Rooms in the order of a row's way and of what is made of it; a room imports only rooms before it."""

PURE = (
    "privacy",
    "tables",
    "core",
    "working",
    "statements",
    "explain",
    "notices",
    "audit",
    "rosters",
)
"""Rooms of pure functions: no file, no book, no screen, no clock."""

OUTSIDE = {
    "pathlib.Path",
    "sqlite3",
    "tomllib",
    "io",
    "os",
    "shutil",
    "tempfile",
    "subprocess",
}
WORLDLY_CALLS = {"open", "print", "input"}
CLOCKS = {"today", "now", "utcnow", "monotonic", "perf_counter", "time"}

HEAVY = ("polars", "openpyxl", "rich", "jinja2", "xlsxwriter", "python_calamine")
"""pydantic is not among them: typer itself brings it."""


def modules() -> list[Path]:
    return sorted(HOUSE.rglob("*.py"))


def room_of(path: Path) -> str:
    """The room a module lies in; of `onestop_cli/__init__.py` none."""
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[tuple[str, bool]]:
    """Every imported module's name, and whether it stands at the top of the file."""
    tree = ast.parse(path.read_text("utf-8"))
    top = {id(node) for node in tree.body}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((name.name, id(node) in top) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, id(node) in top


def test_every_room_has_its_place_in_the_order() -> None:
    found = {room_of(path) for path in modules()}
    assert found - {"__init__"} == set(ROOMS)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_imports_point_one_way(path: Path) -> None:
    """Nothing runs back between rooms."""
    room = room_of(path)
    for name, _ in imported(path):
        if name.startswith("onestop_cli."):
            target = name.split(".")[1]
            assert ROOMS.index(target) <= ROOMS.index(room), f"{path.name} imports {name}"


@pytest.mark.parametrize(
    "path",
    [path for path in modules() if room_of(path) in PURE],
    ids=lambda path: str(path.relative_to(HOUSE)),
)
def test_pure_rooms_touch_nothing_outside(path: Path) -> None:
    """No file, no book, no screen and no clock where rows become amounts and papers."""
    tree = ast.parse(path.read_text("utf-8"))
    froms = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names = {f"{node.module}.{name.name}" for node in froms for name in node.names}
    names |= {name for name, _ in imported(path)}
    assert not names & OUTSIDE
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert not {call.id for call in calls if isinstance(call, ast.Name)} & WORLDLY_CALLS
    assert not {call.attr for call in calls if isinstance(call, ast.Attribute)} & CLOCKS


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(HOUSE)))
def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


def test_no_two_classes_have_one_name() -> None:
    named = [
        (node.name, str(path.relative_to(HOUSE)))
        for path in modules()
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef)
    ]
    counts = Counter(name for name, _ in named)
    assert [one for one in named if counts[one[0]] > 1] == []


@pytest.mark.parametrize("folder", ["onestop_cli", "packaging", "samples", "docs", "benchmarks"])
def test_a_text_file_is_written_with_its_line_ends_decided(folder: str) -> None:
    """Else they are the system's own, and CRCRLF where CRLF stood. A county's files are written by one function."""
    for path in (HOUSE.parent / folder).rglob("*.py"):
        calls = [n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)]
        for call in calls:
            said = {word.arg for word in call.keywords}
            if isinstance(call.func, ast.Attribute) and call.func.attr == "write_text":
                assert "newline" in said, f"{path}:{call.lineno}"
                assert folder != "onestop_cli" or path.name == "text.py", f"{path}:{call.lineno}"


def test_days_are_printed_without_what_only_some_systems_know() -> None:
    """`%-d` of strftime is an error on Windows. (`dt.strftime` of Polars is its own and knows it everywhere.)"""
    for folder in ("onestop_cli", "packaging", "samples", "docs"):
        for path in (HOUSE.parent / folder).rglob("*.py"):
            text = path.read_text("utf-8").replace(".dt.strftime(", "")
            assert not re.search(r"(strftime\([^)]*|\{[^{}]*:[^{}]*)%[-#]", text), path


def test_settle_never_names_a_claim() -> None:
    """The settlement is not handed what hospitals claimed; only `inputs` knows the word, to take it away."""
    for path in (HOUSE / "core" / "settle").glob("*.py"):
        if path.name != "inputs.py":
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


def test_the_first_line_of_a_run_does_not_wait_for_polars() -> None:
    code = "import sys, onestop_cli.batch.start; print('polars' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
