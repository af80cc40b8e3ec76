"""A run in parts gives what one run gives."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from onestop_cli.batch import buckets, dealing, one_part
from onestop_cli.batch.buckets import reconcile_in_parts
from onestop_cli.batch.engines import run_parts
from onestop_cli.core.parts import added_up, bucket_of, moves, with_keys
from onestop_cli.county.settings import Settings, Synonyms
from onestop_cli.errors import CannotRun
from onestop_cli.run import digests_of, load_run
from samples.fabricate.many import Many, many_stays
from tests.made.parts import tables, tangled, written


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """The tangled county reconciled in one part, in four, and in nine."""
    home = tmp_path_factory.mktemp("parts")
    request = written(tangled(), home)
    outs = {number: home / f"out{number}" for number in (1, 4, 9)}
    for number, out in outs.items():
        reconcile_in_parts(request, out, number, "local")
    return outs


@pytest.mark.parametrize("number", [4, 9])
@pytest.mark.parametrize("table", ["stays", "findings"])
def test_parts_give_the_tables_of_one_run(runs: dict[int, Path], number: int, table: str) -> None:
    """Every stay to the fen, every finding to the letter, however many parts there are."""
    assert_frame_equal(tables(runs[number])[table], tables(runs[1])[table])


def test_parts_give_the_control_totals_of_one_run(runs: dict[int, Path]) -> None:
    """run.json has the same sums, counts and documents; only the number of parts differs."""
    infos = [json.loads((out / "run.json").read_text("utf-8")) for out in runs.values()]
    for info in infos:
        del info["parts"], info["digest"], info["files"]
    assert infos[0] == infos[1] == infos[2]
    assert infos[0]["counts"]["stays"] == len(tangled().stays)


def test_the_same_rows_give_the_same_bytes(runs: dict[int, Path], tmp_path: Path) -> None:
    """Whichever part is done first, and in whatever order people change parts."""
    reconcile_in_parts(written(tangled(), tmp_path), tmp_path / "out", 4, "local")
    assert digests_of(tmp_path / "out") == digests_of(runs[4])


def test_a_row_without_id_is_found_to_be_a_duplicate_across_parts(runs: dict[int, Path]) -> None:
    """5 rows sent twice and 3 without an ID are ST01 in 9 parts too; 30 under another ID are other people."""
    found = tables(runs[9])["findings"].filter(pl.col("code") == "ST01")
    assert len(found) == 8


def bound(many: Many, folder: Path, monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Who is found to belong together with others, as hashes."""
    seen: list[pl.DataFrame] = []
    moving = dealing.moves
    with monkeypatch.context() as patched:
        patched.setattr(
            dealing, "moves", lambda shared, n: (seen.append(shared), moving(shared, n))[1]
        )
        reconcile_in_parts(written(many, folder), folder / "out", 3, "local")
    return set(seen[0]["_person"])


def test_people_of_one_name_and_day_belong_together_only_with_somebody_without_an_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sixty people of one name come to one hospital on one day; one more of the name has no ID, and may be any."""
    many = many_stays(60, people=60)
    admitted = many.stays["admitted_on"].min()
    crowd = many.stays.with_columns(
        name=pl.lit("王强"),
        hospital_raw=pl.lit(many.stays["hospital_raw"][0]),
        admitted_on=pl.lit(admitted),
    )
    somebody = crowd.head(1).with_columns(
        id_raw=pl.lit(None, pl.String), stay_no=pl.lit("无号"), row=pl.lit(999, pl.Int64)
    )
    apart = bound(replace(many, stays=crowd), tmp_path / "apart", monkeypatch)
    both = bound(replace(many, stays=pl.concat([crowd, somebody])), tmp_path / "both", monkeypatch)
    assert apart == set()
    assert len(both) == 61


def test_a_refund_under_another_id_finds_its_stay_across_parts(tmp_path: Path) -> None:
    """Six stays, half of each refunded under the same number by rows of other people: all twelve wait (ST06)."""
    many = tangled()
    others = many.stays.slice(500, 6)
    refunds = many.stays.slice(200, 6).with_columns(
        pl.col("^.*_fen$") * -1 // 2, id_raw=others["id_raw"], name=others["name"]
    )
    rows = pl.concat([many.stays, refunds]).with_columns(row=pl.int_range(2, pl.len() + 2))
    request = written(replace(many, stays=rows), tmp_path)
    reconcile_in_parts(request, tmp_path / "out", 9, "local")
    about = refunds.select("stay_no").unique()
    found = tables(tmp_path / "out")["stays"].join(about, on="stay_no", how="semi")
    assert found.select("status", "codes").rows() == [("held", "ST06")] * 12


def test_what_is_said_of_files_as_a_whole_is_said_of_parts_too(tmp_path: Path) -> None:
    """A hospital that sent nothing, one that nobody knows, a kind that no document names, a synonym for nothing."""
    many = tangled()
    place = pl.int_range(pl.len())
    unknown = pl.when(place < 5).then(pl.lit("外县医院")).otherwise("hospital_raw")
    kind = pl.when(place < 5).then(pl.lit("见义勇为人员")).otherwise("category_raw")
    silent = many.register.head(1).with_columns(hospital=pl.lit("没有来报的医院"))
    odd = Many(
        many.stays.with_columns(hospital_raw=unknown),
        many.roster.with_columns(category_raw=kind),
        pl.concat([many.register, silent]),
        many.why,
    )
    synonyms = Synonyms(hospital={"名册上没有的": ["别名"]})
    request = replace(written(odd, tmp_path), settings=Settings(synonyms=synonyms))
    reconcile_in_parts(request, tmp_path / "out", 3, "local")
    said = "\n".join(load_run(tmp_path / "out").info.warnings)
    for sentence in (
        "没有报来住院：没有来报的医院",
        "外县医院（5 笔）；是名册上机构的另一种写法的",
        "见义勇为人员",
        "[synonyms.hospital] 里，“名册上没有的” 不在定点机构名册上",
    ):
        assert sentence in said


def test_nothing_is_left_of_the_parts(runs: dict[int, Path]) -> None:
    """The run folder holds its data and nothing else."""
    assert {path.name for path in runs[4].iterdir()} == {"run.json", "data"}


def test_csv_with_the_contract_columns_gives_the_same(
    runs: dict[int, Path], tmp_path: Path
) -> None:
    """Text of the same columns, to the fen."""
    request = written(tangled(), tmp_path, "csv")
    reconcile_in_parts(request, tmp_path / "out", 3, "local")
    assert_frame_equal(tables(tmp_path / "out")["stays"], tables(runs[1])["stays"])


def test_a_missing_column_is_said_with_its_file(tmp_path: Path) -> None:
    """Exit 2, nothing written."""
    request = written(tangled(), tmp_path)
    pl.DataFrame({"hospital": ["a"]}).write_parquet(tmp_path / "stays" / "part9.parquet")
    with pytest.raises(CannotRun, match=r"part9.parquet：缺少列：stay_no、name"):
        reconcile_in_parts(request, tmp_path / "out", 2, "local")
    assert not (tmp_path / "out").exists()


def test_a_chain_of_shared_visits_ends_in_one_part() -> None:
    """a–b by one visit, b–c by another: all three meet in the part of the least of them."""
    shared = pl.DataFrame(
        {"_visit": [1, 1, 2, 2], "_person": [10, 21, 21, 35]},
        schema={"_visit": pl.UInt64, "_person": pl.UInt64},
    )
    assert dict(moves(shared, 4).iter_rows()) == {21: 2, 35: 2}


def test_a_person_is_never_divided() -> None:
    """The part hangs on the person alone."""
    rows = pl.DataFrame(
        {
            "person": ["p", "p"],
            "hospital": ["a", "b"],
            "name_key": ["王强", None],
            "id_no": [None, None],
            "stay_no": ["1", "2"],
            "admitted_on": [None, None],
            "discharged_on": [None, None],
        },
        schema_overrides={"admitted_on": pl.Date, "discharged_on": pl.Date, "id_no": pl.String},
    )
    keyed = with_keys(rows, 64)
    assert keyed["_bucket"].n_unique() == 1
    assert keyed["_visit"].null_count() == 2
    assert keyed.select(bucket_of(pl.col("_person"), 64) == pl.col("_bucket")).to_series().all()


def test_sums_of_parts_reach_every_depth() -> None:
    """A key that one part lacks counts as nothing there."""
    parts = [{"a": {"b": 1}, "n": 2}, {"a": {"b": 3, "c": 4}}]
    assert added_up(parts) == {"a": {"b": 4, "c": 4}, "n": 2}


def test_every_part_is_worked_once_here() -> None:
    """The engine of this process is a plain loop."""
    assert run_parts(lambda number: {"n": number}, range(3), "local") == {
        n: {"n": n} for n in range(3)
    }


@pytest.fixture(scope="module")
def with_papers(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """The same with its workbooks, in one part and in four."""
    home = tmp_path_factory.mktemp("papers")
    request = written(tangled(), home)
    outs = {number: home / f"out{number}" for number in (1, 4)}
    for number, out in outs.items():
        reconcile_in_parts(request, out, number, "local", papers=True)
    return outs


def test_workbooks_are_those_of_one_run(with_papers: dict[int, Path]) -> None:
    """County, hospitals, findings and report, byte by byte."""
    digests = [
        {name: sha for name, sha in digests_of(out).items() if not name.startswith("data/")}
        for out in with_papers.values()
    ]
    assert digests[0] == digests[1]
    hospitals = len(load_run(with_papers[4]).stays["hospital"].unique())
    assert len([name for name in digests[0] if name.startswith("结算/机构/")]) == hospitals
    assert {"差错清单.xlsx", "运行报告.html", "结算/县级结算汇总.xlsx"} <= digests[0].keys()


def test_a_run_beyond_a_sheet_has_its_data_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And says so."""
    monkeypatch.setattr(buckets, "MOST_IN_BOOKS", 1_000)
    buckets.run_parts_and_write(
        written(tangled(), tmp_path), tmp_path / "out", 2, "local", quiet=False
    )
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"run.json", "data"}
    assert "超过100万行，一张工作表放不下" in "".join(capsys.readouterr().out.split())


def test_a_part_that_fails_ends_the_run_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the others have done already."""
    whole = one_part.Parts.__call__

    def failing(self: one_part.Parts, number: int) -> one_part.PartDone:
        if number == 2:
            raise MemoryError
        return whole(self, number)

    monkeypatch.setattr(one_part.Parts, "__call__", failing)
    with pytest.raises(MemoryError):
        reconcile_in_parts(written(tangled(), tmp_path), tmp_path / "out", 4, "local")
    assert {path.name for path in tmp_path.iterdir()} == {"stays", "roster.parquet", "register.csv"}


def test_a_table_without_rows_stays_without(tmp_path: Path) -> None:
    """Read again in the order of its places."""
    table = pl.DataFrame(schema={"source": pl.String, "sheet": pl.String, "row": pl.Int64})
    table.write_parquet(tmp_path / "t.parquet")
    assert_frame_equal(buckets._in_order(tmp_path / "t.parquet"), table)
