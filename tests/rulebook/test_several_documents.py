"""Several documents in one run: each stay by its own, names of both where two schemes run side by side."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
import typer

from onestop_cli.cli import app
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.in_force import View, by_view, views
from onestop_cli.rulebook.library import load_rules
from tests.second.areas import two_schemes

PAIR = Rulebook(tuple(loaded.file for loaded in two_schemes()))
CHAIN = Rulebook(tuple(one.file for one in load_rules(["dafang-2008", "dafang-2009"])))


def test_a_layer_of_two_schemes_has_the_names_of_both_funds() -> None:
    basic, assistance = PAIR.steps
    assert (basic.fund, basic.name) == ("新农合基金、职工医保基金", "新农合补偿")
    assert assistance.fund == "医疗救助资金"


def test_the_layer_that_statements_and_books_speak_of_is_both_schemes() -> None:
    assert PAIR.layer("basic").fund == "新农合基金、职工医保基金"
    assert PAIR.layer("assistance").fund == "医疗救助资金"


def test_documents_of_one_scheme_after_another_keep_the_first_name() -> None:
    assert [(step.name, step.fund) for step in CHAIN.steps] == [("新农合补偿", "新农合基金")]
    assert CHAIN.layer("basic").fund == "新农合基金"


def test_documents_that_look_at_people_alike_are_one_view() -> None:
    assert list(views(CHAIN).values()) == [[0, 1]]
    assert [view.day for view in views(PAIR)] == ["admission", "settlement"]


def test_each_stay_is_looked_at_as_its_document_says_and_stays_in_its_place() -> None:
    """One without a document, here without a scheme, as under the first."""
    schemes = ["职工医保", "新农合", None, "职工医保", "新农合"]
    day = date(2010, 3, 1)
    stays = pl.DataFrame(
        {"scheme_raw": schemes, "admitted_on": day, "discharged_on": day, "settled_on": day}
    ).with_row_index()

    def look(part: pl.DataFrame, view: View) -> pl.DataFrame:
        return part.with_columns(day=pl.lit(view.day))

    found = by_view(stays, PAIR, look)
    assert found["index"].to_list() == [0, 1, 2, 3, 4]
    wanted = ["settlement", "admission", "admission", "settlement", "admission"]
    assert found["day"].to_list() == wanted


@pytest.mark.parametrize(
    "words",
    ["--rules a b", "--rules a --rules b", "--rules=a b", "--rules a b --period 2010", "-h --rules a b"],
)  # fmt: skip
def test_an_option_that_may_be_repeated_takes_several_values(words: str) -> None:
    """`--rules A B`; what follows another option is that option's."""
    command = typer.main.get_command(app).commands["reconcile"]  # type: ignore[attr-defined]
    period = [] if "--period" in words else ["--period", "2010"]
    given = [*period, *words.replace("-h ", "--stays x y ").split()]
    params = command.make_context("reconcile", given).params
    assert params["rules"] == ["a", "b"]
    assert params["period"] == "2010"
