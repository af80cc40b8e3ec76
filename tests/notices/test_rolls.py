"""对象公示: who came onto the rosters and who left, as lists and as files."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from onestop_cli.batch.publish import PublishOptions, publish
from onestop_cli.notices.lines import OTHER
from onestop_cli.notices.profile import ON_THE_SITE, USUAL, Profile
from onestop_cli.notices.rolls import COLUMNS, Roll, rolls_of
from tests.made.notices import entry, id_of, run_of, stay
from tests.made.publication import FROM, Tags, manifest, texts

Entries = list[dict[str, Any]]
BOARD = USUAL["village"]


def rolls(before: Entries, after: Entries, profile: Profile = BOARD) -> tuple[Roll, ...]:
    """The rolls between two quarters with these rosters."""
    old, new = run_of(roster=before, period="2010Q3"), run_of(roster=after)
    return rolls_of(old, new, profile)


def names(roll: Roll) -> tuple[list[str], list[str]]:
    """Who came and who left."""
    return roll.people["new"]["name"].to_list(), roll.people["left"]["name"].to_list()


def test_who_is_on_one_roster_only_came_or_left() -> None:
    (roll,) = rolls([entry(1, name="李强"), entry(2)], [entry(2), entry(3, name="张玉兰")])
    assert names(roll) == (["张玉兰"], ["李强"])


def test_who_stayed_is_on_no_roll() -> None:
    assert rolls([entry(1)], [entry(1)]) == ()


def test_another_category_is_leaving_one_and_coming_onto_the_other() -> None:
    (roll,) = rolls([entry(1)], [entry(1, category="五保户")])
    assert roll.people["new"]["category"].to_list() == ["五保户"]
    assert roll.people["left"]["category"].to_list() == ["农村低保户"]


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({"to_on": date(2010, 12, 30)}, True),
        ({"to_on": date(2010, 12, 31)}, False),
        ({"to_on": date(2011, 1, 1)}, False),
        ({"ended": True}, True),
        ({"deceased_on": date(2010, 12, 31)}, True),
        ({"deceased_on": date(2011, 1, 1)}, False),
        ({"from_on": date(2010, 12, 31)}, False),
        ({"from_on": date(2011, 1, 1)}, True),
    ],
)
def test_an_entry_counts_while_it_is_valid_at_the_end_of_the_period(
    change: dict[str, Any], left: bool
) -> None:
    assert bool(rolls([entry(1)], [entry(1, **change)])) is left


def test_an_entry_on_two_sheets_is_one() -> None:
    (roll,) = rolls([], [entry(1), entry(1)])
    assert roll.people["new"]["number"].to_list() == [1]


def test_villages_have_rolls_of_their_own_and_lost_homes_come_last() -> None:
    found = rolls([], [entry(1, township=None, village=None), entry(2, village="下湾村"), entry(3)])
    homes = [(roll.township, roll.village) for roll in found]
    assert homes == [("白土乡", "上湾村"), ("白土乡", "下湾村"), (OTHER, OTHER)]


def test_a_row_has_these_columns_and_no_others() -> None:
    (roll,) = rolls([], [entry(1)])
    assert all(tuple(people.columns) == COLUMNS for people in roll.people.values())


def test_minors_are_masked_and_so_is_everyone_on_the_site() -> None:
    young = entry(1, name="李小花", id_no=id_of(1, born="19950101"))
    (board,) = rolls([], [young, entry(2)])
    (page,) = rolls([], [young, entry(2)], ON_THE_SITE)
    assert sorted(names(board)[0]) == ["李*花", "王小明"]
    assert sorted(names(page)[0]) == ["李*花", "王*明"]


def test_children_have_no_name_on_any_roll() -> None:
    child = entry(1, name="李小花", id_no=id_of(1, born="20000101"))
    for profile in (BOARD, ON_THE_SITE):
        (roll,) = rolls([], [child], profile)
        assert names(roll)[0] == ["（儿童）"]


def test_the_site_has_a_roll_for_each_township_only() -> None:
    homes = [
        (roll.township, roll.village)
        for roll in rolls([], [entry(1), entry(2, village="下湾村")], ON_THE_SITE)
    ]
    assert homes == [("白土乡", None)]


def test_without_names_a_roll_has_counts_only() -> None:
    (roll,) = rolls([entry(1)], [entry(2), entry(3)], Profile("none", "township"))
    assert names(roll) == ([], [])
    assert roll.counts == {"new": 2, "left": 1}


def test_a_category_that_tells_an_illness_is_not_printed() -> None:
    (roll,) = rolls([], [entry(1, category="精神病患者")])
    assert roll.people["new"]["category"].to_list() == ["救助对象"]


def test_people_of_one_name_are_told_apart() -> None:
    (roll,) = rolls([], [entry(1), entry(2)])
    assert sorted(roll.people["new"]["mark"]) == sorted([id_of(1)[-1], id_of(2)[-1]])


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A publication with rolls, one of them from a hostile village."""
    entries = [entry(1), entry(2, village="../<b>&{0}")]
    run, before = run_of(stay(1), roster=entries), run_of(roster=[entry(3, name="李秀英")])
    publish(run, tmp_path / "out", FROM, PublishOptions(pdf=True), before=before)
    return tmp_path / "out"


def test_rolls_are_posted_beside_the_lists_and_do_not_disturb_their_sums(out: Path) -> None:
    posted = {path.suffix for path in (out / "张贴/对象公示/白土乡").iterdir()}
    assert posted == {".html", ".xlsx", ".pdf"}
    assert len(list((out / "张贴/对象公示").rglob("*.html"))) == 2
    lines = [line for line in manifest(out) if line["level"] == "roll"]
    assert [(line["file"], line["rows"], line["total_fen"]) for line in lines] == [
        ("张贴/对象公示/白土乡/_b_&{0}.html", 1, 0),
        ("张贴/对象公示/白土乡/上湾村.html", 2, 0),
    ]


def test_the_site_leads_to_the_rolls_and_masks_them(out: Path) -> None:
    tags = Tags((out / "网站/index.html").read_text("utf-8")).tags
    links = [unquote(attributes["href"] or "") for tag, attributes in tags if tag == "a"]
    assert "changes.html" in links
    for _, text in texts(out / "网站"):
        assert "李秀英" not in text
        assert "王小明" not in text


def test_without_an_earlier_run_there_are_no_rolls(tmp_path: Path) -> None:
    publish(run_of(stay(1), roster=[entry(1)]), tmp_path / "out", FROM, PublishOptions())
    assert not list((tmp_path / "out").rglob("对象公示"))
    assert not list((tmp_path / "out").rglob("changes*"))
