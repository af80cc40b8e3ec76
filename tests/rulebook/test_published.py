"""Examples that offices printed come out to the fen; where a page contradicts itself, the rule's figure stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from onestop_cli.explain.casework import work_out
from onestop_cli.rulebook import check
from onestop_cli.rulebook.cases import load_cases
from onestop_cli.rulebook.library import load_rule
from tests.published.table import Example, examples, page

FILES = sorted(
    path
    for path in (Path(__file__).parents[1] / "published" / "rules").glob("*.toml")
    if not path.name.endswith(".cases.toml")
)
EXAMPLES = examples()


def named(example: Example) -> str:
    return f"{example.loaded.file.id}: {example.case.name}"


def test_there_are_25_of_them() -> None:
    """One rule file each, and every one has a printed result."""
    assert len(FILES) == 25
    assert {path.stem for path in FILES} == {example.loaded.file.id for example in EXAMPLES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_engine_gives_what_the_case_expects(path: Path) -> None:
    """Every case beside the file, to the fen."""
    cases = load_cases(load_rule(path))
    assert cases is not None
    assert [verdict for verdict in work_out(cases) if verdict.differences] == []


@pytest.mark.parametrize("example", [e for e in EXAMPLES if not e.contradicts], ids=named)
def test_the_printed_result_is_reproduced(example: Example) -> None:
    """What the page prints is what the case expects."""
    assert example.expected == example.printed


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.contradicts], ids=named)
def test_a_page_that_contradicts_itself_does_not_bend_the_rule(example: Example) -> None:
    """The rule's figure is another one, and the table says why."""
    assert all(example.expected[what] != value for what, value in example.printed.items())


def test_the_contradictions_are_the_known_ones() -> None:
    """Three pages, six figures."""
    found = {example.loaded.file.id for example in EXAMPLES if example.contradicts}
    assert found == {"jl-changchun-whole", "ncms-ziyang-3", "hb-enshi-2017"}


def test_the_files_are_proved_like_any_document() -> None:
    """No gap, no overlap, every number cited."""
    assert check.problems([load_rule(path) for path in FILES]) == []


def test_the_table_in_the_docs_is_the_data() -> None:
    """docs/published-examples.md is made by `python -m tests.published.table`."""
    written = Path(__file__).parents[2] / "docs" / "published-examples.md"
    assert written.read_text("utf-8") == page()
