"""`onestop audit` from a run folder to the report: full check, draw, papers, and what comes back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import polars as pl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from typer.testing import CliRunner

from onestop_cli.audit.leads import find_leads
from onestop_cli.audit.leads.frame import cases_of
from onestop_cli.audit.leads.model import Thresholds
from onestop_cli.audit.plan import Choices
from onestop_cli.batch.audit.closed import closed_stays
from onestop_cli.batch.audit.draw import Extras, audit_folder, thresholds_from, verify
from onestop_cli.batch.audit.log import LOG, draws, record_draw
from onestop_cli.batch.audit.returned import evaluate_returned
from onestop_cli.cli import app
from onestop_cli.errors import CannotRun
from onestop_cli.readers.decisions import read_decisions
from onestop_cli.run import Run
from onestop_cli.writers.audit.columns import HOUSEHOLD_SHEET, SAMPLE_SHEET
from onestop_cli.writers.toolkit.run_folder import write_data
from tests.made import books as made_books
from tests.made.run import made_run

NOW = datetime(2011, 1, 10, 9, 30, tzinfo=UTC)
SEEDS = Choices(seeds=(20101231, 8848), size=20)
PAPERS = {
    "plan.json",
    "leads.parquet",
    "sample.parquet",
    "检查工作底稿.xlsx",
    "入户核查表.html",
    "病房核查表.html",
}
SAMPLE = ["source", "sheet", "row", "stay_no", "hospital", "stratum", "reason", "amount"]
LEAD = ["rule", "score", "stays", "hospital", "village", "amount", "why"]


def saved(run: Run, folder: Path) -> Path:
    """`run` as a folder that `load_run` reads."""
    folder.mkdir(parents=True)
    write_data(run, folder)
    return folder


@pytest.fixture(scope="module")
def made() -> Run:
    return made_run(300)


@pytest.fixture
def run(made: Run, tmp_path: Path) -> Path:
    return saved(made, tmp_path / "2010Q4")


def audited(run: Path, out: Path, choices: Choices = SEEDS, extras: Extras | None = None) -> Path:
    audit_folder(run, out, choices, {}, extras or Extras(), NOW)
    return out


def plan_of(out: Path) -> dict[str, Any]:
    return dict(json.loads((out / "plan.json").read_text("utf-8")))


def texts_in(folder: Path) -> Iterator[tuple[str, str]]:
    """Everything people or programs read in the files below `folder`."""
    for path in folder.rglob("*"):
        if path.suffix in (".html", ".json"):
            yield path.name, path.read_text("utf-8")
        elif path.suffix == ".xlsx":
            with ZipFile(path) as book:
                for part in book.namelist():
                    yield f"{path.name}/{part}", book.read(part).decode("utf-8", "replace")
        elif path.suffix == ".parquet":
            yield path.name, str(pl.read_parquet(path).to_dicts())


def test_an_audit_writes_all_its_files(run: Path, tmp_path: Path) -> None:
    out = audited(run, tmp_path / "out")
    assert {path.name for path in out.iterdir()} == PAPERS
    assert pl.read_parquet(out / "sample.parquet").columns == SAMPLE
    assert pl.read_parquet(out / "leads.parquet").columns == LEAD


def test_the_sample_is_as_large_as_asked_and_leads_are_marked(run: Path, tmp_path: Path) -> None:
    sample = pl.read_parquet(audited(run, tmp_path / "out") / "sample.parquet")
    reasons = dict(sample["reason"].value_counts().iter_rows())
    assert reasons["random"] + reasons.get("certainty", 0) == 20
    assert 0 < reasons["lead"] <= 20
    assert sample.select("source", "sheet", "row").is_unique().all()


@pytest.mark.parametrize("method", ["mus", "random", "stratified"])
def test_the_same_run_seed_and_options_give_the_same_sample(
    made: Run, tmp_path: Path, method: str
) -> None:
    """Also when the rows lie in another order and the departments name their seeds the other way round."""
    shuffled = Run(
        made.info,
        made.stays.sample(fraction=1, shuffle=True, seed=7),
        made.findings.reverse(),
        made.roster,
        made.quarantine,
    )
    samples = []
    for name, one, seeds in (("a", made, (1, 2)), ("b", shuffled, (2, 1))):
        folder = saved(one, tmp_path / name)
        choices = Choices(seeds=seeds, size=25, method=method)
        samples.append(
            pl.read_parquet(audited(folder, tmp_path / f"{name}-out", choices) / "sample.parquet")
        )
    assert samples[0].equals(samples[1])


def test_another_seed_draws_otherwise(run: Path, tmp_path: Path) -> None:
    one = audited(run, tmp_path / "a", Choices(seeds=(1,), size=20))
    other = audited(run, tmp_path / "b", Choices(seeds=(2,), size=20))
    assert plan_of(one)["sample"]["sha256"] != plan_of(other)["sample"]["sha256"]


def test_without_seed_and_size_the_period_and_the_confidence_decide(
    run: Path, tmp_path: Path
) -> None:
    plan = plan_of(audited(run, tmp_path / "out", Choices()))
    assert (plan["seeds"], plan["seeds_given"]) == ([20101231], False)
    assert (plan["size"], plan["size_given"]) == (60, False)


def test_every_earlier_draw_is_listed(run: Path, tmp_path: Path) -> None:
    """In plan.json and on the cover; the first draw lists none."""
    first = plan_of(audited(run, tmp_path / "a", Choices(seeds=(111222,), size=10)))
    second_out = audited(run, tmp_path / "b")
    second = plan_of(second_out)
    assert first["earlier"] == []
    assert [draw["seeds"] for draw in second["earlier"]] == [[111222]]
    cover = openpyxl.load_workbook(second_out / "检查工作底稿.xlsx")["封面"]
    assert any("111222" in str(cell.value) for row in cover.iter_rows() for cell in row)


def test_draws_at_the_same_time_are_all_recorded(run: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda seed: record_draw(run, lambda _: {"seeds": [seed]}), range(12)))
    records = draws(run)
    assert sorted(record["seeds"][0] for record in records) == list(range(12))
    assert [record["number"] for record in records] == list(range(1, 13))
    assert all(record["whole"] for record in records)


@pytest.mark.parametrize(
    ("spoil", "broken"),
    [
        (lambda log: (log / "0002.json").unlink(), [3]),
        (lambda log: (log / "0001.json").write_text("{}", "utf-8"), [1, 2]),
        (lambda log: (log / "0003.json").write_bytes(b"\xff"), [3]),
    ],
)
def test_a_record_that_was_removed_or_changed_shows(
    run: Path, spoil: Callable[[Path], Any], broken: list[int]
) -> None:
    for seed in range(3):
        record_draw(run, lambda _, seed=seed: {"seeds": [seed]})  # type: ignore[misc]
    spoil(run / LOG)
    assert [record["number"] for record in draws(run) if not record["whole"]] == broken


def test_a_run_that_cannot_keep_the_record_is_not_drawn_from(run: Path, tmp_path: Path) -> None:
    (run / LOG).write_text("", "utf-8")
    with pytest.raises(CannotRun, match="抽样记录写不进"):
        audited(run, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_existing_folder_is_never_written_to_nor_a_draw_made(run: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "x.txt").write_text("mine", "utf-8")
    with pytest.raises(CannotRun, match="已经存在"):
        audited(run, tmp_path / "out")
    assert draws(run) == []


def test_verify_draws_the_same_again(run: Path, tmp_path: Path) -> None:
    out = audited(run, tmp_path / "out")
    assert verify(run, out / "plan.json").sample.height == 20
    assert len(draws(run)) == 1


def changed_plan(**changes: Any) -> Callable[[Path, Path], None]:
    def change(out: Path, run: Path) -> None:
        plan = plan_of(out) | changes
        (out / "plan.json").write_text(json.dumps(plan), "utf-8")

    return change


def changed_sample(out: Path, run: Path) -> None:
    file = out / "sample.parquet"
    pl.read_parquet(file).with_columns(stay_no=pl.lit("别的")).write_parquet(file)


def changed_run(out: Path, run: Path) -> None:
    file = run / "data" / "stays.parquet"
    stays = pl.read_parquet(file)
    stays.with_columns(pl.col("basic_payable_fen") + 1).write_parquet(file)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (changed_plan(seeds=[1, 2]), "样本与计划所记不同"),
        (changed_plan(size=21), "样本与计划所记不同"),
        (changed_plan(method="lottery"), "没有“lottery”这种抽样方法"),
        (changed_plan(generator="other-1"), "随机数方法"),
        (changed_plan(seed="0"), "合并种子"),
        (changed_plan(seeds="1"), "不完整"),
        (changed_plan(frame={}), "抽样总体不同"),
        (changed_sample, "样本文件可能被改动"),
        (changed_run, "data/stays.parquet 改动过"),
    ],
)
def test_verify_names_what_differs(
    run: Path, tmp_path: Path, change: Callable[[Path, Path], None], told: str
) -> None:
    out = audited(run, tmp_path / "out")
    change(out, run)
    with pytest.raises(CannotRun) as caught:
        verify(run, out / "plan.json")
    assert any(told in problem.what + problem.remedy for problem in caught.value.problems)


def test_all_wrong_choices_are_named_at_once(run: Path, tmp_path: Path) -> None:
    wrong = Choices(seeds=(-1,), size=0, confidence="fünf", leads=-1, method="lottery")
    with pytest.raises(CannotRun) as caught:
        audited(run, tmp_path / "out", wrong)
    assert len(caught.value.problems) == 5
    assert draws(run) == []


def test_more_expected_than_tolerable_is_refused(run: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="预计差错率不小于"):
        audited(run, tmp_path / "out", Choices(tolerable="2", expected="2"))


def test_a_run_in_which_nothing_is_paid_cannot_be_sampled(made: Run, tmp_path: Path) -> None:
    held = made.stays.with_columns(status=pl.lit("held"))
    folder = saved(
        Run(made.info, held, made.findings, made.roster, made.quarantine), tmp_path / "r"
    )
    with pytest.raises(CannotRun, match="无从抽样"):
        audited(folder, tmp_path / "out")


def test_thresholds_come_as_texts() -> None:
    assert thresholds_from(["readmission_days=7"]) == {"readmission_days": 7}
    with pytest.raises(CannotRun) as caught:
        thresholds_from(["readmission_days", "group_people=viele"])
    assert len(caught.value.problems) == 2


# What the papers may say


@pytest.fixture(scope="module")
def cycle(made: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An audit, its paper filled by script, and the report: run, out, filled.xlsx, report."""
    home = tmp_path_factory.mktemp("cycle")
    saved(made, home / "run")
    audited(home / "run", home / "out")
    fill(home / "out" / "检查工作底稿.xlsx", home / "filled.xlsx", a_real_inspection)
    evaluate_returned(home / "run", home / "filled.xlsx", home / "report")
    return home


def test_outputs_speak_of_leads_and_never_judge(cycle: Path) -> None:
    for folder in ("out", "report"):
        texts = dict(texts_in(cycle / folder))
        assert [name for name, text in texts.items() if "违规" in text] == []
        assert any("线索" in text for text in texts.values())


def test_no_full_id_leaves_the_run(cycle: Path, made: Run) -> None:
    """Papers, report, plan and tables show the last four characters at most."""
    ids = made.stays["id_no"].unique().to_list()
    for folder in ("out", "report"):
        for name, text in texts_in(cycle / folder):
            assert not [id_ for id_ in ids if id_ in text], name


def test_texts_from_files_are_neither_formulas_nor_markup(tmp_path: Path) -> None:
    folder = saved(made_run(60, hostile=True), tmp_path / "r")
    out = audited(folder, tmp_path / "out")
    for name, text in texts_in(out):
        if name.endswith(".html"):
            assert "<script>alert" not in text
    book = openpyxl.load_workbook(out / "检查工作底稿.xlsx")
    formulas = {
        cell.value
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }
    assert all(
        re.fullmatch(r"=SUM\([A-Z]+\d+:[A-Z]+\d+\)|=SUBTOTAL\(.*\)", text) for text in formulas
    )


def test_there_is_a_page_for_each_sampled_patient(cycle: Path, made: Run) -> None:
    sample = pl.read_parquet(cycle / "out" / "sample.parquet")
    places = ["source", "sheet", "row"]
    people = made.stays.join(sample, on=places, how="semi")["id_no"].n_unique()
    html = (cycle / "out" / "入户核查表.html").read_text("utf-8")
    assert html.count('<section class="page">') == people
    assert html.count("五核查") == people


def test_cells_to_fill_offer_their_choices(cycle: Path) -> None:
    sheet = openpyxl.load_workbook(cycle / "out" / "检查工作底稿.xlsx")[SAMPLE_SHEET]
    offers = [rule.formula1 for rule in sheet.data_validations.dataValidation]
    assert '"属实,部分属实,不属实,无法核查"' in offers


# What comes back

Fill = Callable[[int, Callable[[str, Any], None], float], None]


def fill(source: Path, target: Path, how: Fill) -> None:
    """Fill the sample of a working paper row by row, and every household's answers."""
    book = openpyxl.load_workbook(source)
    for number, put, amount in printed(book[SAMPLE_SHEET], "核查结果", "应付金额"):
        put("核查结果", "属实")
        put("检查人（卫生）", "李卫")
        put("检查人（民政）", "赵民")
        put("核查日期", date(2011, 1, 20))
        how(number, put, amount)
    for number, put, _ in printed(book[HOUSEHOLD_SHEET], "满意度", "页号"):
        if number % 4:
            put("家庭人口", 4)
            put("参合人数", 3)
            put("上年家庭收入（元）", 8000 + number)
            put("满意度", "满意" if number % 2 else "不满意")
    book.save(target)


def printed(
    sheet: Worksheet, known: str, amount: str
) -> Iterator[tuple[int, Callable[[str, Any], None], float]]:
    """The numbered rows below the header that has the title `known`: number, a setter by title, the amount."""
    titles: dict[str, int] = {}
    for row in sheet.iter_rows():
        if any(cell.value == known for cell in row):
            titles = {str(cell.value): at for at, cell in enumerate(row) if cell.value}
        elif titles and isinstance(row[0].value, int | float):
            yield (
                int(row[0].value),
                lambda title, value, row=row, at=titles: setattr(row[at[title]], "value", value),
                float(row[titles[amount]].value),
            )


def a_real_inspection(number: int, put: Callable[[str, Any], None], amount: float) -> None:
    """A fifth too much at 3, all of it at 5, 100 yuan too little at 7, nobody found at 9."""
    if number == 3:
        put("核查结果", "部分属实")
        put("核实应付（元）", round(amount * 0.8, 2))
        put("差错原因", "天数不符")
    elif number == 5:
        put("核查结果", "不属实")
        put("核实应付（元）", "0")
        put("差错原因", "其他")
        put("情况说明", "本人说没有住过院")
    elif number == 7:
        put("核查结果", "部分属实")
        put("核实应付（元）", f"{amount + 100:,.2f}")
        put("差错原因", "金额计算有误")
        put("核查日期", "2011年1月21日")
    elif number == 9:
        put("核查结果", "无法核查")
        put("情况说明", "外出务工")


def test_a_full_cycle_ends_in_a_report(cycle: Path) -> None:
    """Audit, fill, return: errors found, projected and limited; deductions per hospital; households tallied."""
    report, _ = evaluate_returned(cycle / "run", cycle / "filled.xlsx", cycle / "again")
    rows = {row["number"]: row for row in report.rows.iter_rows(named=True)}
    deducted = {number: rows[number]["diff_fen"] for number in (3, 5)}
    third = rows[3]["amount"]
    assert abs(deducted[3] * 5 - third) <= 5 and deducted[5] == rows[5]["amount"]
    assert rows[7]["diff_fen"] == -10_000 and rows[9]["diff_fen"] is None
    assert report.hospitals["deduct_fen"].sum() == sum(deducted.values())
    assert report.deductions["number"].sort().to_list() == [3, 5]
    total = report.evaluation.total
    drawn = [rows[number] for number in (3, 5, 7, 9) if rows[number]["reason"] != "lead"]
    assert total.errors == len(drawn) and total.looked == 20
    assert total.over <= total.upper <= total.amount
    visited = report.households.filter(pl.col("township") == "合计").row(0, named=True)
    assert visited["insured"] == 3 * visited["households"] > 0
    assert {path.name for path in (cycle / "report").iterdir()} == {
        "联合检查报告.html",
        "联合检查报告.xlsx",
    }


def test_suggested_deductions_can_be_handed_back_as_decisions(cycle: Path, tmp_path: Path) -> None:
    """With two names and a date the sheet is a 处理意见 that adds up to the deductions."""
    book = openpyxl.load_workbook(cycle / "report" / "联合检查报告.xlsx")
    for row in book["扣款建议"].iter_rows():
        if row[3].value == "扣款":
            row[8].value, row[9].value, row[10].value = "王会", "陈审", date(2011, 2, 1)
    book.save(tmp_path / "处理意见.xlsx")
    decisions = read_decisions(
        tmp_path / "处理意见.xlsx", {"新农合补偿": "basic", "医疗救助": "assistance"}
    )
    report, _ = evaluate_returned(cycle / "run", cycle / "filled.xlsx", tmp_path / "again")
    settled = report.deductions.join(
        pl.read_parquet(cycle / "run" / "data" / "stays.parquet").filter(
            pl.col("status") == "settled"
        ),
        on=["source", "sheet", "row"],
        how="semi",
    )
    assert decisions["amount_fen"].sum() == settled["diff_fen"].sum() > 0
    assert decisions["layer"].is_in(["basic", "assistance"]).all()


def test_the_report_goes_into_the_audit_folder_when_that_is_there(cycle: Path) -> None:
    _, target = evaluate_returned(cycle / "run", cycle / "filled.xlsx", cycle / "out")
    assert target == cycle / "out" / "联合检查报告"


WRONG: dict[str, tuple[Fill, str]] = {
    "empty": (lambda number, put, amount: put("核查结果", None), "没有填核查结果"),
    "other word": (lambda number, put, amount: put("核查结果", "还行"), "不在可选项中"),
    "no amount": (lambda number, put, amount: put("核查结果", "部分属实"), "没有填核实应付金额"),
    "negative": (lambda number, put, amount: put("核实应付（元）", -1), "不是金额"),
    "words": (lambda number, put, amount: put("核实应付（元）", "很多"), "不是金额"),
    "contradiction": (
        lambda number, put, amount: put("核实应付（元）", amount + 1),
        "填了属实，核实应付却",
    ),
    "one inspector": (lambda number, put, amount: put("检查人（民政）", ""), "各一人签名"),
    "same inspector": (lambda number, put, amount: put("检查人（民政）", "李卫"), "不能是同一人"),
    "no day": (lambda number, put, amount: put("核查日期", None), "没有填核查日期"),
    "bad day": (lambda number, put, amount: put("核查日期", "前天"), "看不懂核查日期"),
    "early day": (lambda number, put, amount: put("核查日期", date(2001, 1, 1)), "早于入院"),
    "other stay": (lambda number, put, amount: put("住院号", "别的"), "与抽样时不同"),
    "other amount": (lambda number, put, amount: put("应付金额", amount + 1), "与抽样时不同"),
    "other number": (lambda number, put, amount: put("编号", 999), "不在本次样本中"),
    "twice": (lambda number, put, amount: put("编号", 1), "出现了两次"),
}


def test_all_problems_of_a_paper_are_named_at_once_with_their_rows(
    cycle: Path, tmp_path: Path
) -> None:
    """Another mistake in each row from the second on, and a household with more insured than members."""
    mistakes = dict(enumerate(WRONG.values(), start=2))

    def careless(number: int, put: Callable[[str, Any], None], amount: float) -> None:
        if number in mistakes:
            mistakes[number][0](number, put, amount)

    fill(cycle / "out" / "检查工作底稿.xlsx", tmp_path / "filled.xlsx", careless)
    book = openpyxl.load_workbook(tmp_path / "filled.xlsx")
    for number, put, _ in printed(book[HOUSEHOLD_SHEET], "满意度", "页号"):
        if number == 1:
            put("参合人数", 9)
    book.save(tmp_path / "filled.xlsx")
    with pytest.raises(CannotRun) as caught:
        evaluate_returned(cycle / "run", tmp_path / "filled.xlsx", tmp_path / "report")
    *found, household = caught.value.problems
    told = {row: [p.what for p in found if p.row == row] for row in {p.row for p in found}}
    first = min(row for row in told if row)
    assert sorted(told) == list(range(first, first + len(WRONG)))
    for at, (_, words) in enumerate(WRONG.values()):
        assert any(words in what for what in told[first + at])
    assert "参合人数多于" in household.what
    assert not (tmp_path / "report").exists()


def test_a_missing_row_is_named(cycle: Path, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(cycle / "filled.xlsx")
    sheet = book[SAMPLE_SHEET]
    sheet.delete_rows(next(r[0].row for r in sheet.iter_rows() if r[0].value == 1))
    book.save(tmp_path / "filled.xlsx")
    with pytest.raises(CannotRun) as caught:
        evaluate_returned(cycle / "run", tmp_path / "filled.xlsx", tmp_path / "report")
    assert "缺少编号 1" in str(caught.value) or "线索附加的行" in str(caught.value)


@pytest.mark.parametrize("sheet", [SAMPLE_SHEET, HOUSEHOLD_SHEET, "抽样计划（勿改）"])
def test_a_missing_sheet_is_named(cycle: Path, tmp_path: Path, sheet: str) -> None:
    book = openpyxl.load_workbook(cycle / "filled.xlsx")
    del book[sheet]
    book.save(tmp_path / "filled.xlsx")
    with pytest.raises(CannotRun, match=re.escape(sheet)):
        evaluate_returned(cycle / "run", tmp_path / "filled.xlsx", tmp_path / "report")


def test_something_else_than_a_paper_is_refused(cycle: Path, tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_text("no workbook", "utf-8")
    with pytest.raises(CannotRun, match="打不开"):
        evaluate_returned(cycle / "run", tmp_path / "x.xlsx", tmp_path / "report")


# Beside the run


def test_closed_stays_of_the_ledger_make_leads(tmp_path: Path) -> None:
    """A stay that ended in the closed quarter, and one four days later in this one."""

    def row(number: int, first: date, last: date) -> dict[str, Any]:
        return {
            "row": number,
            "hospital_raw": "乡级医院",
            "stay_no": f"N{number}",
            "name": "人0",
            "id_raw": made_books.PEOPLE[0],
            "admitted_on": first,
            "discharged_on": last,
            "settled_on": last,
            "total_fen": 100_000,
            "eligible_fen": 80_000,
            "basic_claimed_fen": 64_000,
            "assistance_claimed_fen": 21_700,
        }

    past = made_books.stays([row(1, date(2010, 9, 20), date(2010, 9, 29))])
    now = made_books.stays([row(2, date(2010, 10, 3), date(2010, 10, 9))])
    with made_books.new_books(tmp_path / "台账.db") as books:
        made_books.post(books, made_books.run_period(past, "2010Q3"))
        run = made_books.run_period(now, "2010Q4", books)
    closed = closed_stays(tmp_path / "台账.db", run)
    assert closed.height == 1
    alone, beside = (
        find_leads(cases_of(run, stays), Thresholds())["rule"].to_list() for stays in (None, closed)
    )
    assert "readmission" not in alone
    assert "readmission" in beside


def test_a_summary_table_is_held_to_the_run(run: Path, made: Run, tmp_path: Path) -> None:
    """A hospital's own summary: one figure wrong, one right, the total of both rows wrong."""
    claimed = (
        made.stays.group_by("hospital").agg(pl.len(), pl.col("total_fen").sum()).sort("hospital")
    )
    one, other = claimed.head(2).rows()
    lines = ["上报汇总表,,", "医疗机构,人次,总费用（元）"]
    lines += [f"{name},{count},{fen / 100:.2f}" for name, count, fen in (one, other)]
    lines[3] = f"{other[0]},{other[1] + 1},{other[2] / 100:.2f}"
    lines.append(f"合计,{one[1] + other[1]},{(one[2] + other[2]) / 100:.2f}")
    (tmp_path / "汇总.csv").write_text("\n".join(lines), "utf-8-sig")
    out = audited(
        run, tmp_path / "out", extras=Extras(tables=(tmp_path / "汇总.csv",), against_run=True)
    )
    sheet = openpyxl.load_workbook(out / "检查工作底稿.xlsx")["汇总表核对"]
    told = [row[4].value for row in sheet.iter_rows(min_row=4) if row[4].value]
    assert told.count("合计不符") == 1
    assert told.count("与明细不符") >= 1


def test_a_summary_table_is_left_alone_by_the_run_unless_asked(run: Path, tmp_path: Path) -> None:
    (tmp_path / "汇总.csv").write_text("类别,人次,总费用\n合计,1,2.00\n五保户,1,2.00\n", "utf-8")
    out = audited(run, tmp_path / "out", extras=Extras(tables=(tmp_path / "汇总.csv",)))
    assert "汇总表核对" not in openpyxl.load_workbook(out / "检查工作底稿.xlsx").sheetnames


def test_summary_tables_that_cannot_be_read_are_all_named(run: Path, tmp_path: Path) -> None:
    (tmp_path / "空.csv").write_bytes(b"")
    (tmp_path / "信.csv").write_text("您好\n此致\n", "utf-8")
    files = (tmp_path / "空.csv", tmp_path / "信.csv", tmp_path / "没有.csv")
    with pytest.raises(CannotRun) as caught:
        audited(run, tmp_path / "out", extras=Extras(tables=files))
    assert len(caught.value.problems) == 3
    assert draws(run) == []


def test_the_household_pages_come_as_pdf_too(run: Path, tmp_path: Path) -> None:
    out = audited(run, tmp_path / "out", Choices(size=3, leads=0), Extras(pdf=True))
    assert (out / "入户核查表.pdf").read_bytes().startswith(b"%PDF")


def test_the_command_draws_verifies_and_reports(cycle: Path, tmp_path: Path) -> None:
    """The three ways to call it, and what each says."""
    runner, run, out = CliRunner(), str(cycle / "run"), tmp_path / "out"
    words = [
        "--out",
        str(out),
        "--seed",
        "1",
        "--seed",
        "2",
        "--size",
        "9",
        "--threshold",
        "group_people=4",
    ]
    drawn = runner.invoke(app, ["audit", run, *words])
    assert drawn.exit_code == 0 and "抽 9 笔" in drawn.output and "此前已抽样" in drawn.output
    assert plan_of(out)["leads"]["thresholds"]["group_people"] == 4
    again = runner.invoke(app, ["audit", run, "--verify", str(out / "plan.json")])
    assert again.exit_code == 0 and "重抽一致" in again.output
    filled = str(cycle / "filled.xlsx")
    told = runner.invoke(app, ["audit", run, "--returned", filled, "--out", str(tmp_path / "r")])
    assert told.exit_code == 0 and "95% 的把握" in told.output
