"""`onestop audit` from a run folder to the report: full check, draw, papers, and what comes back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from shutil import copytree, rmtree
from typing import Any
from zipfile import ZipFile

import openpyxl
import polars as pl
import pytest
from typer.testing import CliRunner

from onestop_cli.audit.leads import find_leads
from onestop_cli.audit.leads.frame import cases_of
from onestop_cli.audit.leads.model import Thresholds
from onestop_cli.audit.plan import PlanChoices
from onestop_cli.audit.seeds import plain_digests
from onestop_cli.batch.audit.check import closed_stays
from onestop_cli.batch.audit.draw import Extras, commitments, thresholds_from
from onestop_cli.batch.audit.log import LOG, draws, record_draw
from onestop_cli.batch.audit.verify import verify
from onestop_cli.cli import app
from onestop_cli.county.periods import parse_period
from onestop_cli.errors import CannotRun
from onestop_cli.ledger.accounts import Advance, book_advance
from onestop_cli.ledger.store import opened
from onestop_cli.run import Run
from onestop_cli.writers.audit.columns import SAMPLE_SHEET
from tests.made import books as made_books
from tests.made.cases import run_of, stay
from tests.made.inspection import (
    RealInspection,
    all_true,
    audited,
    fill,
    reported,
    saved,
)
from tests.made.run import made_run

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


@pytest.fixture(scope="module")
def made() -> Run:
    return made_run(300)


@pytest.fixture
def run(made: Run, tmp_path: Path) -> Path:
    return saved(made, tmp_path / "2010Q4")


@pytest.fixture(scope="module")
def drawn(made: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run (2010Q4) and what was drawn from it (out)."""
    home = tmp_path_factory.mktemp("drawn")
    audited(saved(made, home / "2010Q4"), home / "out")
    return home


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
        choices = PlanChoices(seeds=seeds, size=25, method=method)
        samples.append(
            pl.read_parquet(audited(folder, tmp_path / f"{name}-out", choices) / "sample.parquet")
        )
    assert samples[0].equals(samples[1])


def test_another_seed_draws_otherwise(run: Path, tmp_path: Path) -> None:
    one = audited(run, tmp_path / "a", PlanChoices(seeds=(1,), size=20))
    other = audited(run, tmp_path / "b", PlanChoices(seeds=(2,), size=20))
    assert plan_of(one)["sample"]["sha256"] != plan_of(other)["sample"]["sha256"]


def test_without_seed_and_size_the_period_and_the_confidence_decide(
    run: Path, tmp_path: Path
) -> None:
    plan = plan_of(audited(run, tmp_path / "out", PlanChoices()))
    assert (plan["seeds"], plan["seeds_given"]) == ([20101231], False)
    assert (plan["size"], plan["size_given"]) == (60, False)


def test_every_earlier_draw_is_listed(run: Path, tmp_path: Path) -> None:
    """In plan.json and on the cover; the first draw lists none."""
    first = plan_of(audited(run, tmp_path / "a", PlanChoices(seeds=(111222,), size=10)))
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
    assert verify(run, out / "plan.json").drawing.sample.height == 20
    assert len(draws(run)) == 1


def changed_plan(**changes: Any) -> Callable[[Path, Path], None]:
    def change(out: Path, run: Path) -> None:
        plan = plan_of(out) | changes
        (out / "plan.json").write_text(json.dumps(plan), "utf-8")

    return change


def changed_sample(out: Path, run: Path) -> None:
    file = out / "sample.parquet"
    pl.read_parquet(file).with_columns(stay_no=pl.lit("别的")).write_parquet(file)


def spoilt_sample(out: Path, run: Path) -> None:
    (out / "sample.parquet").write_bytes(b"none")


def changed_lead_rows(out: Path, run: Path) -> None:
    file = out / "sample.parquet"
    lead = pl.when(pl.col("reason") == "lead").then(pl.lit("别的")).otherwise("stay_no")
    pl.read_parquet(file).with_columns(stay_no=lead).write_parquet(file)


def changed_leads(out: Path, run: Path) -> None:
    file = out / "leads.parquet"
    pl.read_parquet(file).with_columns(pl.col("score") + 1).write_parquet(file)


def changed_thresholds(out: Path, run: Path) -> None:
    plan = plan_of(out)
    plan["leads"]["thresholds"]["long_stay_days"] = 5
    (out / "plan.json").write_text(json.dumps(plan), "utf-8")


def removed_record(out: Path, run: Path) -> None:
    (run / LOG / "0001.json").unlink()


def another_before(out: Path, run: Path) -> None:
    """The plan says that it was the first draw, and it was the second."""
    record = (run / LOG / "0001.json").rename(run / LOG / "0002.json")
    first = record_draw_alone(run)
    data = json.loads(record.read_text("utf-8")) | {"before": sha256(first).hexdigest()}
    record.write_text(json.dumps(data), "utf-8")
    plan = plan_of(out) | {"draw": 2}
    (out / "plan.json").write_text(json.dumps(plan), "utf-8")


def record_draw_alone(run: Path) -> bytes:
    """A record of another draw, as the first one."""
    text = json.dumps({"seeds": [5], "before": ""})
    (run / LOG / "0001.json").write_text(text, "utf-8")
    return text.encode("utf-8")


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
        (changed_plan(generator="other-1"), "抽样计划用的随机数方法是 other-1，本版本只有"),
        (changed_plan(seed="0"), "合并种子"),
        (changed_plan(seeds="1"), "不完整"),
        (changed_plan(frame={}), "抽样总体不同"),
        (changed_sample, "sample.parquet 与重抽的样本不同"),
        (spoilt_sample, "sample.parquet 读不出来"),
        (changed_lead_rows, "线索附加的行与计划所记不同"),
        (changed_leads, "leads.parquet 与计划所记不同"),
        (changed_thresholds, "线索重查"),
        (removed_record, "抽样记录里没有这次抽样"),
        (another_before, "此前抽样 0 次，抽样记录有 1 次"),
        (changed_run, "data/stays.parquet 改动过"),
    ],
)
def test_verify_names_what_differs(
    drawn: Path, tmp_path: Path, change: Callable[[Path, Path], None], told: str
) -> None:
    copytree(drawn, tmp_path / "copy")
    run, out = tmp_path / "copy" / "2010Q4", tmp_path / "copy" / "out"
    change(out, run)
    with pytest.raises(CannotRun) as caught:
        verify(run, out / "plan.json")
    assert any(told in problem.what + problem.remedy for problem in caught.value.problems)


def test_a_copy_without_records_verifies_the_draw_and_says_so(run: Path, tmp_path: Path) -> None:
    """The other department drew from its own copy of the run."""
    copytree(run, tmp_path / "copy")
    out = audited(run, tmp_path / "out")
    done = verify(tmp_path / "copy", out / "plan.json")
    assert done.leads and not done.logged


def test_a_run_whose_files_were_moved_verifies(made: Run, run: Path, tmp_path: Path) -> None:
    out = audited(run, tmp_path / "out")
    moved = made.stays.with_columns(source=pl.lit("新/").add(pl.col("source")))
    findings = made.findings.with_columns(source=pl.lit("新/").add(pl.col("source")))
    again = saved(replace(made, stays=moved, findings=findings), tmp_path / "again")
    assert verify(again, out / "plan.json").leads


# Seeds that were promised before they were told


def promised(run: Path, *seeds: int) -> tuple[str, ...]:
    return tuple(commitments(run, seeds))


def test_a_commitment_is_the_digest_the_contract_names(run: Path) -> None:
    digest = sha256((run / "run.json").read_bytes()).hexdigest()
    assert promised(run, 8848) == (sha256(f"onestop:{digest}:8848".encode()).hexdigest(),)


def test_committing_writes_nothing(run: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in run.rglob("*")}
    result = CliRunner().invoke(app, ["audit", str(run), "--commit", "--seed", "271828182845904"])
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == promised(run, 271828182845904)[0]
    assert {path: path.stat().st_mtime_ns for path in run.rglob("*")} == before


def test_a_number_that_can_be_tried_out_is_told_to_be_short(run: Path) -> None:
    result = CliRunner().invoke(app, ["audit", str(run), "--commit", "--seed", "8848"])
    assert "12 位以上" in result.stderr


def test_promised_seeds_are_drawn_with_and_stand_in_the_plan(run: Path, tmp_path: Path) -> None:
    """In whatever order, in capitals, with blanks."""
    kept = promised(run, 1, 2)
    typed = plain_digests((kept[1].upper(), f" {kept[0]} "))
    out = audited(run, tmp_path / "out", PlanChoices(seeds=(1, 2), size=9, committed=typed))
    assert sorted(plan_of(out)["committed"]) == sorted(kept)
    cover = openpyxl.load_workbook(out / "检查工作底稿.xlsx")["封面"]
    assert any(kept[0] in str(cell.value) for row in cover.iter_rows() for cell in row)
    assert verify(run, out / "plan.json")


@pytest.mark.parametrize(
    ("seeds", "committed", "told"),
    [
        ((1, 3), (1, 2), "没有种子与承诺摘要"),
        ((1, 2), (1,), "有 2 个种子、1 个承诺摘要"),
        ((1, 1), (1, 2), "没有种子与承诺摘要"),
    ],
)
def test_a_broken_promise_stops_the_draw(
    run: Path, tmp_path: Path, seeds: tuple[int, ...], committed: tuple[int, ...], told: str
) -> None:
    choices = PlanChoices(seeds=seeds, size=9, committed=promised(run, *committed))
    with pytest.raises(CannotRun, match=told):
        audited(run, tmp_path / "out", choices)
    assert draws(run) == []


def test_something_else_than_a_digest_is_named(run: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="“8848”不是承诺摘要"):
        audited(run, tmp_path / "out", PlanChoices(seeds=(8848,), size=9, committed=("8848",)))


def test_committing_without_a_number_is_refused(run: Path) -> None:
    with pytest.raises(CannotRun, match="没有给出要承诺的数"):
        commitments(run, ())


def test_a_promise_holds_for_one_run_only(made: Run, run: Path, tmp_path: Path) -> None:
    other = saved(
        replace(made, info=made.info.model_copy(update={"version": "0.0.9"})), tmp_path / "other"
    )
    choices = PlanChoices(seeds=(1,), size=9, committed=promised(other, 1))
    with pytest.raises(CannotRun, match="没有种子与承诺摘要"):
        audited(run, tmp_path / "out", choices)


def test_all_wrong_choices_are_named_at_once(run: Path, tmp_path: Path) -> None:
    wrong = PlanChoices(seeds=(-1,), size=0, confidence="fünf", leads=-1, method="lottery")
    with pytest.raises(CannotRun) as caught:
        audited(run, tmp_path / "out", wrong)
    assert len(caught.value.problems) == 5
    assert draws(run) == []


def test_more_expected_than_tolerable_is_refused(run: Path, tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="预计差错率不小于可容忍差错率，抽样无法得出结论"):
        audited(run, tmp_path / "out", PlanChoices(tolerable="2", expected="2"))


def test_a_run_in_which_nothing_is_paid_cannot_be_sampled(made: Run, tmp_path: Path) -> None:
    held = made.stays.with_columns(status=pl.lit("held"))
    folder = saved(
        Run(made.info, held, made.findings, made.roster, made.quarantine), tmp_path / "r"
    )
    with pytest.raises(CannotRun, match="本期没有应拨付的住院，无从抽样"):
        audited(folder, tmp_path / "out")


def test_a_name_that_no_font_can_print_is_refused_before_anything_is_written(
    tmp_path: Path,
) -> None:
    folder = saved(run_of([stay(1, name="王\U0003ff00明")]), tmp_path / "r")
    sentence = r"字体里没有“\U0003ff00”（U\+3FF00）这个字，入户核查表的 PDF 印不出来"
    with pytest.raises(CannotRun, match=sentence):
        audited(folder, tmp_path / "out", PlanChoices(size=1), Extras(pdf=True))
    assert not (tmp_path / "out").exists()


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
    fill(home / "out" / "检查工作底稿.xlsx", home / "filled.xlsx", RealInspection())
    reported(home / "run", home / "filled.xlsx", home / "report")
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
    out = audited(run, tmp_path / "out", PlanChoices(size=3, leads=0), Extras(pdf=True))
    assert (out / "入户核查表.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("method", "size", "provable"),
    [("mus", 60, True), ("mus", 40, False), ("random", 60, True), ("stratified", 3, False)],
)
def test_a_sample_that_can_prove_nothing_is_told_so_when_it_is_drawn(
    run: Path, tmp_path: Path, method: str, size: int, provable: bool
) -> None:
    words = ["audit", str(run), "--out", str(tmp_path / "out"), "--seed", "1"]
    told = CliRunner().invoke(app, [*words, "--method", method, "--size", str(size)])
    assert told.exit_code == 0
    assert ("也不能说明在可容忍范围内" in told.output) is not provable


@pytest.mark.parametrize("method", ["mus", "random", "stratified"])
def test_a_clean_inspection_of_the_planned_size_is_within_the_tolerable_rate(
    run: Path, tmp_path: Path, method: str
) -> None:
    """From the draw to the report, without a size: all true."""
    out = audited(run, tmp_path / "out", PlanChoices(seeds=(7, 8), method=method, leads=0))
    filled = fill(out / "检查工作底稿.xlsx", tmp_path / "filled.xlsx", all_true)
    report, target = reported(run, filled, tmp_path / "report")
    assert "在可容忍的 5% 以内" in (target / "联合检查报告.html").read_text("utf-8")
    assert report.over_fen == 0


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


class TestDrawsInTheLedger:
    """A run that was settled anew or copied without its record still lists what was drawn before."""

    @pytest.fixture
    def ledger(self, tmp_path: Path) -> Path:
        path = tmp_path / "台账.sqlite"
        with made_books.new_books(path):
            return path

    def test_a_draw_is_known_when_the_folder_forgot_it(
        self, run: Path, ledger: Path, tmp_path: Path
    ) -> None:
        extras = Extras(ledger=ledger)
        audited(run, tmp_path / "first", PlanChoices(size=5, seeds=(1, 2)), extras)
        rmtree(run / LOG)
        out = audited(run, tmp_path / "second", PlanChoices(size=5, seeds=(3, 4)), extras)
        again = audited(run, tmp_path / "third", PlanChoices(size=5, seeds=(5,)), extras)
        (earlier,) = plan_of(out)["earlier"]
        assert (earlier["seeds"], earlier["where"]) == ([1, 2], "ledger")
        seeds = [record["seeds"] for record in plan_of(again)["earlier"]]
        assert seeds == [[3, 4], [1, 2]]
        verify(run, again / "plan.json", ledger)
        front = openpyxl.load_workbook(out / "检查工作底稿.xlsx").worksheets[0]
        lines = [[cell.value for cell in row] for row in front.iter_rows()]
        assert any(line[0] == "台账 1" and line[-1] == "完整" for line in lines if line)

    def test_a_sample_the_ledger_has_not_is_said(
        self, run: Path, ledger: Path, tmp_path: Path
    ) -> None:
        kept = audited(run, tmp_path / "kept", extras=Extras(ledger=ledger))
        verify(run, kept / "plan.json", ledger)
        out = audited(run, tmp_path / "out", PlanChoices(seeds=(8,)))
        with pytest.raises(CannotRun, match="台账里没有这次抽样"):
            verify(run, out / "plan.json", ledger)

    def test_leads_are_not_held_against_books_that_went_on(
        self, run: Path, ledger: Path, tmp_path: Path
    ) -> None:
        out = audited(run, tmp_path / "out", extras=Extras(ledger=ledger))
        assert verify(run, out / "plan.json", ledger).leads
        with opened(ledger) as books:
            line = Advance(
                "医疗救助资金", parse_period("2000Q1"), 500, date(2000, 1, 1), "", "测试"
            )
            book_advance(books, line, datetime(2000, 1, 9, tzinfo=UTC))
        assert not verify(run, out / "plan.json", ledger).leads


def test_the_county_s_own_ledger_is_taken(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a county folder nobody has to name it, to draw as little as to verify; and it is said."""
    county = tmp_path / "县"
    county.mkdir()
    (county / "onestop.toml").write_text("")
    with made_books.new_books(county / "台账.sqlite"):
        pass
    monkeypatch.chdir(county)
    runner = CliRunner()
    told = runner.invoke(app, ["audit", str(run), "--out", "检查", "--seed", "7"])
    assert told.exit_code == 0 and "台账 台账.sqlite" in told.output
    assert verify(run, county / "检查" / "plan.json").leads
    (county / "台账.sqlite").rename(county / "往年.sqlite")
    assert not verify(run, county / "检查" / "plan.json").leads


def test_days_off_of_the_county_are_kept_with_the_plan(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the leads come out again wherever the plan is verified."""
    county = tmp_path / "县"
    county.mkdir()
    (county / "onestop.toml").write_text("holidays = [2010-11-24]\nworkdays = [2010-11-27]\n")
    with monkeypatch.context() as inside:
        inside.chdir(county)
        out = audited(run, tmp_path / "out")
    about = plan_of(out)["leads"]
    assert (about["holidays"], about["workdays"]) == (["2010-11-24"], ["2010-11-27"])
    assert verify(run, out / "plan.json").leads
