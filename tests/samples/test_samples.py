"""The made-up counties: independent of the tool, the same every time, and showing what they promise."""

from __future__ import annotations

import ast
import json
from collections import Counter
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from onestop_cli.tables.schema import READ_ROSTER, READ_STAYS
from samples import fabricate
from samples.fabricate import County, FaultPlan, make_county, write_county
from samples.fabricate.many import FAULTS, many_stays
from samples.fabricate.model import DEFAULT_SHARES
from samples.fabricate.people import check_character
from samples.fabricate.pricing import fair, progressive, whole

PACKAGE = Path(fabricate.__file__).parent
MAY_IMPORT = {"onestop_cli.county.periods"}


@pytest.fixture(scope="module")
def county() -> County:
    return make_county(seed=7, people=400, stays=900, hospitals=20)


def test_the_generator_shares_no_rule_with_the_tool() -> None:
    """Claims can only disagree with the tool when they are priced without it: every import is looked at."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
            elif isinstance(node, ast.Import):
                found |= {name.name for name in node.names}
    assert {name for name in found if name.startswith("onestop_cli")} <= MAY_IMPORT


@pytest.mark.parametrize(
    ("rest", "due"),
    [
        ("500.00", "300.00"), ("500.01", "300.01"), ("500.50", "300.33"), ("1000.00", "625.00"),
        ("1320.00", "849.00"), ("2000.01", "1350.01"), ("5000.01", "3750.01"),
        ("7647.05", "5999.99"), ("7647.06", "6000.00"), ("12000.00", "6000.00"),
    ],
)  # fmt: skip
def test_first_class_assistance_follows_the_published_vectors(rest: str, due: str) -> None:
    """The boundary vectors of the document, with the yearly cap on one stay."""
    terms = fair("county", "农村低保户")
    aid = terms.aid(Decimal(rest), Decimal(rest), Decimal(0))
    assert min(aid, terms.aid_cap) == Decimal(due)


def test_whole_bands_take_one_percentage_for_all() -> None:
    """The habit that hospitals are suspected of, on both sides of an edge."""
    assert (whole(Decimal(500)), whole(Decimal(501))) == (Decimal(300), Decimal("325.65"))
    assert progressive(Decimal(501)) == Decimal("300.65")


def test_roster_people_of_the_second_and_third_class() -> None:
    """五保户 get all of the rest, 重点优抚对象 80 percent of it."""
    rest = Decimal("20000.00")
    assert fair("city", "五保户").aid(rest, rest, Decimal(0)) == rest
    assert fair("city", "重点优抚对象").aid(rest, rest, Decimal(0)) == Decimal("16000.00")


def test_check_characters_agree_with_known_numbers() -> None:
    """Two synthetic numbers with a digit and with X at the end."""
    assert check_character("63012219800101123") == "6"
    assert check_character("63012219520315002") == "X"


def test_id_numbers_are_valid_and_unique(county: County) -> None:
    """County code 6399, GB 11643, nobody twice."""
    people = {stay.person for stay in county.stays} | {entry.person for entry in county.roster}
    numbers = [person.id_no for person in people]
    assert len(set(numbers)) == len(numbers)
    assert all(n.startswith("6399") and check_character(n[:17]) == n[17] for n in numbers)


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    """Samples can be made again, byte for byte; another seed gives another county."""
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        write_county(make_county(seed=seed, people=60, stays=80), tmp_path / name)
    assert _bytes(tmp_path / "a") == _bytes(tmp_path / "b") != _bytes(tmp_path / "c")


def _bytes(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_committed_county_is_what_the_generator_makes(tmp_path: Path) -> None:
    """`make samples` changes nothing in a fresh checkout."""
    write_county(make_county(), tmp_path)
    assert _bytes(tmp_path) == _bytes(PACKAGE.parent / "county")


def test_every_kind_of_fault_is_laid_in(county: County) -> None:
    """A county of some hundred stays shows each kind of the plan at least once."""
    assert set(DEFAULT_SHARES) <= {stay.fault for stay in county.stays}


def test_a_county_without_faults_claims_exactly_what_is_due() -> None:
    """No finding but those that follow from dates and rosters alone."""
    county = make_county(seed=5, people=300, stays=500, faults=FaultPlan.none())
    for stay in county.stays:
        for layer, due in stay.due.items():
            assert due is None or stay.claimed[layer] == due
        assert not stay.written and not stay.codes and stay.status == "settled"


def test_parts_add_up_unless_they_were_made_not_to(county: County) -> None:
    """Total = both layers + self-pay on every row but those of the kind `parts`."""
    gaps = {
        stay.fault
        for stay in county.stays
        if stay.total != sum(stay.claimed.values()) + stay.self_paid
    }
    assert gaps == {"parts"}


def test_no_year_is_due_more_than_its_cap() -> None:
    """Dues of one person and year stay within 35,000 and, for the first class, 6,000."""
    county = make_county(seed=9, people=300, stays=900)
    sums: Counter[tuple[str, str]] = Counter()
    for stay in county.stays:
        for layer, due in stay.due.items():
            counts = layer == "basic" or stay.category not in ("五保户", "重点优抚对象")
            sums[stay.person.id_no, layer] += int((due or 0) * 100) if counts else 0
    most = {layer: max(v for (_, of), v in sums.items() if of == layer) for _, layer in sums}
    assert most == {"basic": 3_500_000, "assistance": 600_000}


def test_one_person_is_in_one_bed_at_a_time() -> None:
    """Only the rows that were laid in overlap."""
    county = make_county(seed=5, people=300, stays=900, faults=FaultPlan.none())
    spans: dict[str, list[tuple[object, object]]] = {}
    for stay in county.stays:
        spans.setdefault(stay.person.id_no, []).append((stay.admitted, stay.discharged))
    for own in spans.values():
        own.sort()
        for (_, left), (came, _) in pairwise(own):
            assert left <= came  # type: ignore[operator]


def test_a_year_can_be_handed_in_month_by_month(tmp_path: Path) -> None:
    """The months' lists together hold every row of the year once."""
    county = make_county(seed=6, people=40, stays=200, period="2010", hospitals=5)
    months = [f"2010-{month:02d}" for month in range(1, 13)]
    parts = [row for m in months for row in write_county(county, tmp_path / m, m)]
    assert sorted(map(_identity, parts)) == sorted(
        map(_identity, write_county(county, tmp_path / "y"))
    )


def _identity(row: dict[str, object]) -> tuple[str, ...]:
    return tuple(str(row[key]) for key in ("hospital", "stay_no", "id_no", "fault", "status"))


def test_twenty_hospitals_show_every_shape(county: County) -> None:
    """Workbooks and three encodings, lists without hospital, level, 结算日期 or 可补偿费用, both kinds of total."""
    shapes = [hospital.shape for hospital in county.hospitals]
    assert {s.container for s in shapes} == {"xlsx", "utf-8-sig", "utf-8", "gb18030"}
    for field in ("hospital", "level", "settled", "eligible", "born", "address", "village"):
        assert {s.has(field) for s in shapes} == {True, False}, field
    assert {s.total_row for s in shapes} == {"right", "wrong", ""}
    assert {s.title or s.has("hospital") or "{hospital}" in s.stem for s in shapes} == {True}


def test_the_truth_names_every_row_of_a_list(tmp_path: Path) -> None:
    """Places are those a spreadsheet shows: the stay number of each truth row stands in that line."""
    rows = write_county(make_county(seed=8, people=60, stays=200), tmp_path)
    text = {p.name: p for p in (tmp_path / "hospitals").glob("*.csv")}
    for row in rows:
        if path := text.get(str(row["source"])):
            encoding = "gb18030" if _is_gb18030(path) else "utf-8-sig"
            line = path.read_text(encoding).splitlines()[int(str(row["row"])) - 1]
            assert str(row["stay_no"]) in line


def _is_gb18030(path: Path) -> bool:
    try:
        path.read_text("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def test_the_committed_truth_fits_its_lists() -> None:
    """Three thousand stays and more, some held, some reversed, most without any finding."""
    truth = json.loads((PACKAGE.parent / "county" / "truth.json").read_text("utf-8"))
    states = Counter(row["status"] for row in truth["stays"])
    assert states.total() >= 3000 and set(states) == {"settled", "held", "rejected", "reversed"}
    assert sum(not row["codes"] for row in truth["stays"]) > 2000


def test_many_stays_have_the_readers_columns() -> None:
    """What benchmarks feed in is a part of what the readers hand on, in the same types."""
    many = many_stays(4_000, people=1_000)
    assert many.stays.height == 4_000
    assert set(many.stays.schema.items()) <= set(READ_STAYS.items())
    assert set(many.roster.schema.items()) <= set(READ_ROSTER.items())
    assert set(many.stays["hospital_raw"]) <= set(many.register["hospital"])


def test_many_stays_are_valid_and_repeatable() -> None:
    """Valid numbers, one person per number, the share of faults asked for, the same frame twice."""
    many = many_stays(20_000, people=4_000, seed=3)
    numbers = many.roster["id_raw"]
    assert numbers.n_unique() == numbers.len()
    assert all(check_character(n[:17]) == n[17] for n in numbers.head(500))
    assert 0.03 < many.why.is_not_null().mean() < 0.055  # type: ignore[operator]
    assert set(many.why.drop_nulls()) == set(FAULTS)
    assert many.stays.equals(many_stays(20_000, people=4_000, seed=3).stays)


def test_many_stays_keep_within_the_caps() -> None:
    """What is claimed rightly never exceeds a year's cap, summed over a person's stays."""
    many = many_stays(20_000, people=1_000)
    right = many.stays.filter(many.why.is_null())
    first = ["农村低保户", "60年代精简退职人员", "定期定量救济人员"]
    most = right.group_by("id_raw", "category_raw").agg(
        pl.col("basic_claimed_fen", "assistance_claimed_fen").sum()
    )
    listed = most.filter(pl.col("category_raw").is_not_null())
    assert listed["basic_claimed_fen"].max() <= 3_500_000  # type: ignore[operator]
    assert (
        most.filter(pl.col("category_raw").is_in(first))["assistance_claimed_fen"].max() == 600_000
    )
