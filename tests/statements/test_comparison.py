"""Two runs of one period beside each other: what changed, why, and that no stay is lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from onestop_cli.batch.compare import compare_runs, with_the_one_before
from onestop_cli.batch.papers import write_run
from onestop_cli.county.settings import Settings
from onestop_cli.errors import CannotRun
from onestop_cli.run import Run
from onestop_cli.statements.comparison import compare
from onestop_cli.statements.paired import paired
from onestop_cli.writers.comparison.screen import signed
from onestop_cli.writers.toolkit.columns import text_width
from tests.ledger.test_ledger import a_stay, taken_back
from tests.made.books import new_books, post, run_period, stays
from tests.made.run import made_run, with_info

SIZE = 40


@pytest.fixture(scope="module")
def run() -> Run:
    return made_run(SIZE)


def with_stays(run: Run, change: Callable[[pl.DataFrame], pl.DataFrame]) -> Run:
    return replace(run, stays=change(run.stays))


def first(**values: Any) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Other values in the first row."""

    def change(stays: pl.DataFrame) -> pl.DataFrame:
        here = pl.int_range(pl.len()) == 0
        return stays.with_columns(
            pl.when(here).then(pl.lit(value)).otherwise(pl.col(name)).alias(name)
            for name, value in values.items()
        )

    return change


def settled_first(run: Run) -> Run:
    return with_stays(run, lambda stays: stays.sort(pl.col("status") != "settled", "row"))


def test_a_run_is_the_same_as_itself(run: Run) -> None:
    found = compare(run, run)
    assert found.same
    assert found.inputs == ()
    assert all(before == after for _, before, after in found.totals)


def test_what_changes_for_closed_stays_is_a_difference(tmp_path: Path) -> None:
    """The October stay, 1,680.00 + 1,320.00, is taken back in November."""
    with new_books(tmp_path / "台账.sqlite") as books:
        stay = a_stay(10, assistance_claimed_fen=132_000)
        post(books, run_period(stays([stay]), "2010-10", books))
        with_it = run_period(stays([taken_back(stay, 11)]), "2010-11", books)
    again = with_info(with_it, recomputed=("2010-10",))
    found = compare(replace(with_it, adjustments=with_it.adjustments.clear()), again)
    assert not found.same
    assert ("上期调整 应拨", 0, -300_000) in found.totals
    assert ("上期调整（笔）", 0, 1) in found.counted
    assert found.inputs == (("重算", "按现在的资料重算的以前各期（--recompute）：没有 → 2010-10"),)
    (line,) = found.stays.to_dicts()
    assert (line["why"], line["status_after"]) == ("上期调整", "上期调整（红冲）")
    assert line["change_fen"] == -300_000
    assert compare(again, again).same


def test_rows_in_another_order_and_other_files_are_the_same_stays(run: Run) -> None:
    moved = with_stays(
        run,
        lambda stays: stays.sample(fraction=1, shuffle=True, seed=3).with_columns(
            source=pl.lit("重报.xlsx"), row=pl.int_range(2, SIZE + 2, dtype=pl.Int64)
        ),
    )
    findings = run.findings.clear()
    assert compare(replace(run, findings=findings), replace(moved, findings=findings)).same


@pytest.mark.parametrize("left", [0, 7, SIZE])
def test_every_stay_of_either_run_stands_in_one_pair(run: Run, left: int) -> None:
    """Copies of a row included."""
    before = pl.concat([run.stays, run.stays.head(3)])
    pairs = paired(before, run.stays.tail(left))
    assert sorted(pairs["before_at"].drop_nulls()) == list(range(SIZE + 3))
    assert sorted(pairs["after_at"].drop_nulls()) == list(range(left))
    assert len(pairs) == SIZE + 3


def test_a_stay_that_came_and_one_that_went(run: Run) -> None:
    run = settled_first(run)
    shorter = with_stays(run, lambda stays: stays.tail(SIZE - 1))
    (gone,) = compare(run, shorter).stays.to_dicts()
    (come,) = compare(shorter, run).stays.to_dicts()
    paid = sum(run.stays[0, f"{layer}_payable_fen"] for layer in ("basic", "assistance"))
    paid += sum(run.stays[0, f"{layer}_offset_fen"] for layer in ("basic", "assistance"))
    assert (gone["why"], gone["change_fen"]) == ("没有再报的住院", -paid)
    assert (come["why"], come["change_fen"]) == ("新报来的住院", paid)


@pytest.mark.parametrize(
    ("values", "why", "what"),
    [
        ({"name": "王改"}, "医院改报", "王改"),
        ({"total_fen": 123_45}, "医院改报", "总费用"),
        ({"category": "某类", "status": "held"}, "花名册变动", "某类"),
        ({"level": "city", "status": "held"}, "机构名册变动", "级别 乡级 → 市级"),
        ({"rule_id": "other", "status": "held"}, "政策文件变动", "other"),
        ({"status": "held"}, "同一人别的住院、政策或设置变动", "年度累计"),
    ],
)
def test_a_change_is_put_down_to_what_lies_nearest(
    run: Run, values: dict[str, Any], why: str, what: str
) -> None:
    run = settled_first(run)
    (row,) = compare(run, with_stays(run, first(**values))).stays.to_dicts()
    assert row["why"] == why
    assert what in row["what"]


def test_a_decision_on_the_stay_goes_before_everything(run: Run) -> None:
    run = settled_first(run)
    stay = run.stays.row(0, named=True)
    line = {
        "hospital": stay["hospital"],
        "stay_no": stay["stay_no"],
        "code": "ID01",
        "decision": "放行",
    }
    later = with_stays(run, first(status="held"))
    later = with_info(later, decisions={"path": "处理意见.xlsx", "sha256": "1", "lines": [line]})
    found = compare(run, later)
    assert found.inputs == (("处理意见", "处理意见.xlsx：新增"),)
    assert [(row["why"], row["what"]) for row in found.stays.to_dicts()] == [
        ("处理意见", "放行（ID01）")
    ]
    back = compare(later, run).stays.row(0, named=True)
    assert back["what"] == "不再放行（ID01）"


def test_an_id_number_never_stands_whole_in_a_change(run: Run) -> None:
    (row,) = compare(run, with_stays(run, first(id_no=None))).stays.to_dicts()
    assert run.stays[0, "id_no"] not in str(row)
    assert run.stays[0, "id_no"][-4:] in row["what"]


def test_files_that_changed_came_went_or_were_renamed_are_named(run: Run) -> None:
    def inputs(**files: str) -> Run:
        given = [{"path": name, "kind": "stays", "sha256": sha} for name, sha in files.items()]
        return with_info(run, inputs=given)

    found = compare(inputs(甲="1", 乙="2", 丙="3"), inputs(甲="9", 丁="2", 戊="5"))
    assert [text for _, text in found.inputs] == [
        "甲：内容改过",
        "乙 → 丁：改了名，内容没变",
        "戊：新增",
        "丙：没有了",
    ]


def test_findings_are_counted_by_code_where_their_number_differs(run: Run) -> None:
    code = run.findings[0, "code"]
    fewer = replace(run, findings=run.findings.filter(pl.col("code") != code))
    (row,) = compare(run, fewer).codes.to_dicts()
    assert (row["code"], row["before"], row["after"]) == (
        code,
        run.findings.filter(code=code).height,
        0,
    )


@pytest.mark.parametrize(("fen", "text"), [(100, "+1.00"), (-100, "-1.00"), (0, "0.00")])
def test_a_difference_has_its_sign(fen: int, text: str) -> None:
    assert signed(fen) == text


@pytest.fixture(scope="module")
def folders(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2010Q4 and, with a stay less, 2010Q4-2; 2010Q3 beside them."""
    home = tmp_path_factory.mktemp("结果")
    write_run(with_info(run, made_at="2011-01-10T09:00:00"), home / "2010Q4", Settings())
    shorter = with_stays(run, lambda stays: stays.tail(SIZE - 1))
    write_run(with_info(shorter, made_at="2011-01-11T09:00:00"), home / "2010Q4-2", Settings())
    write_run(with_info(run, period="2010Q3"), home / "2010Q3", Settings())
    return home


def test_the_command_shows_and_writes_every_changed_stay(
    folders: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import openpyxl

    compare_runs(folders / "2010Q4", folders / "2010Q4-2", tmp_path / "比较.xlsx")
    shown = capsys.readouterr().out
    assert "2010Q4 → 2010Q4-2" in shown
    assert "没有再报的住院" in shown
    assert max(map(text_width, shown.splitlines()[:-2])) <= 80
    book = openpyxl.load_workbook(tmp_path / "比较.xlsx")
    assert book.sheetnames == ["汇总", "逐笔"]
    assert any(
        "没有再报的住院" in map(str, row) for row in book["逐笔"].iter_rows(values_only=True)
    )


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("2010Q4", "2010Q3", "两次核对不是同一期"),
        ("没有", "2010Q4", "没有“没有”这个结果文件夹"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    folders: Path, before: str, after: str, said: str
) -> None:
    with pytest.raises(CannotRun, match=said):
        compare_runs(folders / before, folders / after, None)


def test_a_comparison_is_written_over_nothing_and_as_a_workbook(
    folders: Path, tmp_path: Path
) -> None:
    (tmp_path / "有.xlsx").touch()
    with pytest.raises(CannotRun, match="已经存在"):
        compare_runs(folders / "2010Q4", folders / "2010Q4-2", tmp_path / "有.xlsx")
    with pytest.raises(CannotRun, match="只能写成"):
        compare_runs(folders / "2010Q4", folders / "2010Q4-2", tmp_path / "比较.csv")


def test_the_report_of_a_second_run_says_what_changed_since_the_first(folders: Path) -> None:
    second = (folders / "2010Q4-2/运行报告.html").read_text("utf-8")
    assert "与上一次核对（2010Q4）比较" in second
    assert "没有再报的住院" in second
    assert "与上一次核对" not in (folders / "2010Q4/运行报告.html").read_text("utf-8")


def test_a_folder_that_was_changed_by_hand_is_nothing_to_compare_with(
    run: Run, tmp_path: Path
) -> None:
    write_run(run, tmp_path / "2010Q4", Settings())
    (tmp_path / "2010Q4/data/stays.parquet").write_bytes(b"")
    assert with_the_one_before(run, tmp_path / "2010Q4-2") is None
