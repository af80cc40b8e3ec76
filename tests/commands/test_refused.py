"""What commands refuse, sentence by sentence, where no test of their product provokes it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from openpyxl import Workbook

from onestop_cli import __version__
from onestop_cli.batch.archive import archive
from onestop_cli.batch.audit.check import check_of
from onestop_cli.batch.audit.log import LOG, record_draw
from onestop_cli.batch.books import the_ledger
from onestop_cli.batch.buckets import reconcile_in_parts
from onestop_cli.batch.guards import Candidate, refuse_changed_inputs, refuse_doubts
from onestop_cli.batch.ledger_open import _balances
from onestop_cli.batch.precheck import PrecheckOptions, precheck
from onestop_cli.batch.premium import PremiumOptions, premium_list
from onestop_cli.batch.reconcile import reconcile
from onestop_cli.batch.request import Request
from onestop_cli.batch.roster import _write
from onestop_cli.batch.run_rules import loaded_rules
from onestop_cli.batch.same_books import refuse_closed
from onestop_cli.batch.simulate import SimulateOptions, simulate
from onestop_cli.batch.status import _register
from onestop_cli.batch.stay_papers import write_stay_papers
from onestop_cli.batch.typed_money import typed_money
from onestop_cli.cli import run as onestop
from onestop_cli.core.identify import make_id
from onestop_cli.county.periods import parse_period
from onestop_cli.county.settings import Reconcile, Settings
from onestop_cli.errors import Problem
from onestop_cli.rulebook.library import load_rule, load_rules, read_toml
from onestop_cli.rulebook.named import find_spot
from onestop_cli.run import Run
from onestop_cli.simulation.budget import seek
from onestop_cli.simulation.proposal import Proposal
from onestop_cli.tables.inspection import Spelling
from onestop_cli.writers.toolkit.form import fill_form
from onestop_cli.writers.toolkit.run_folder import write_data
from onestop_cli.writers.toolkit.synonym_block import add_synonyms
from samples.fabricate.many import many_stays
from tests.ledger.test_ledger import NOW, a_stay
from tests.made.books import new_books, post, run_period, stays
from tests.made.parts import written
from tests.made.run import with_info
from tests.made.small_layers import BASIC, HEAD
from tests.made.spoken import flat, said
from tests.readers.test_clearing import detail

HEADS = (
    "机构名称,机构级别,住院号,姓名,身份证号,入院日期,出院日期,总费用,可补偿费用,新农合补偿,医疗救助"
)


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """We stand in no county folder."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def unassisted() -> Run:
    """A month of one stay, of a person who is on no roster."""
    stranger = {"id_raw": make_id("63990019520315002"), "assistance_claimed_fen": 0}
    return run_period(stays([a_stay(9, **stranger)]), "2010-09")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("inspect 甲.csv --as 名单", "只能是 stays、roster、register 或 enrolment"),
        ("reconcile --period 2010 --engine 云", "只能是 local 或 ray"),
        ("reconcile --period 2010 --fail-on 错", "只能是 blocks、differs 或 any"),
    ],
)
def test_words_that_are_none_of_the_choices(
    typed: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert onestop(typed.split()) == 2
    assert flat(sentence) in flat(capsys.readouterr().err)


# Reading


def test_lists_without_a_stay(tmp_path: Path) -> None:
    """The platform's statement belongs beside a list, and is none."""
    (tmp_path / "3202.txt").write_text(detail(1), "utf-8")
    (tmp_path / "名册.csv").write_text("机构名称,机构级别\n云谷卫生院,乡级\n", "utf-8")
    lists, rules = [tmp_path / "3202.txt"], ["huangzhong-2009"]
    asked = Request("2010", lists, [], tmp_path / "名册.csv", rules, Settings())
    assert "没有读到一行住院记录→请检查 --stays" in said(lambda: reconcile(asked))
    told = said(lambda: precheck(PrecheckOptions(lists)))
    assert told == "没有读到一行住院记录→请检查给出的文件"


def test_parts_without_a_stay(tmp_path: Path) -> None:
    asked = written(many_stays(9, people=3), tmp_path / "in")
    for file in (tmp_path / "in/stays").iterdir():
        pl.read_parquet(file).clear().write_parquet(file)
    told = said(lambda: reconcile_in_parts(asked, tmp_path / "out", 2, "local"))
    assert "没有读到一行住院记录" in told


def test_a_list_of_a_hospital_without_a_day(tmp_path: Path) -> None:
    sheet = tmp_path / "甲.csv"
    who = make_id("63990019520315002")
    sheet.write_text(f"{HEADS}\n云谷,乡级,1,王强,{who},,,100,100,80,0\n", "utf-8")
    told = said(lambda: precheck(PrecheckOptions([sheet])))
    assert told == "没有一行写有出院日期或结算日期→请补上日期后再查"


def test_a_table_of_sums_without_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "信.csv").write_text("各位领导,您好\n", "utf-8")
    assert onestop(["check-table", "信.csv"]) == 2
    assert flat("没有找到汇总表：应有一行表头") in flat(capsys.readouterr().err)


def test_a_county_that_named_no_register() -> None:
    names, (problem,) = _register(Settings())
    assert (names, problem.what) == ([], "onestop.toml 没有写定点机构名册")


# Writing


def test_one_place_for_two_papers(tmp_path: Path) -> None:
    out = tmp_path / "名单.xlsx"
    asked = PremiumOptions([], 2011, out=out, board=out)
    assert "--out 和 --board 是同一个文件→请分别给出文件名" in said(lambda: premium_list(asked))


def test_a_list_that_would_lie_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "文件").touch()
    told = said(lambda: _write(tmp_path / "文件" / "名单.xlsx", Path.touch))
    assert "写不进去，没有留下文件→请检查磁盘空间和文件夹权限" in told


def test_spellings_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def in_use(path: Path, target: Path) -> None:
        raise PermissionError(13, "in use", str(target))

    file = tmp_path / "onestop.toml"
    file.write_text("", "utf-8")
    monkeypatch.setattr(Path, "replace", in_use)
    wanted = [Spelling("village", "双泉村", ("双泉",))]
    assert "设置文件写不进去→请检查文件夹权限" in said(lambda: add_synonyms(file, wanted))


def test_a_form_that_is_no_workbook_or_repeats_two_rows(tmp_path: Path) -> None:
    form, out = tmp_path / "表样.xlsx", tmp_path / "填好.xlsx"
    form.write_text("机构,金额\n", "utf-8")
    assert "打不开本县表样→请用 Excel 或 WPS 另存为 .xlsx" in said(
        lambda: fill_form(form, {"total": 1}, [], out)
    )
    book = Workbook()
    book.active["A1"] = book.active["A3"] = "{{row.name}}"
    book.save(form)
    assert "表样有 2 行含 {{row.…}} 字段→每个工作表只能有一行" in said(
        lambda: fill_form(form, {"total": 1}, [{"row.name": "甲"}], out)
    )


# Beginning with a run


def test_papers_of_assistance_where_nobody_was_assisted(
    unassisted: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "run"
    write_data(replace(unassisted, quarantine=unassisted.findings), folder)
    told = said(lambda: archive(folder, tmp_path / "卷.xlsx", None))
    assert "2010年9月没有核定了医疗救助的住院→没有案卷可立" in told
    told = said(lambda: write_stay_papers(folder, None, "县级医院", tmp_path / "单"))
    assert "“县级医院”本期没有核定了医疗救助的住院→没有需要打印的审批表" in told


def test_a_document_that_changed_after_the_run(unassisted: Run) -> None:
    rule = unassisted.info.rules[0].model_copy(update={"sha256": "0" * 64})
    info = unassisted.info.model_copy(update={"rules": (rule,)})
    told = said(lambda: loaded_rules(replace(unassisted, info=info)))
    assert "（huangzhong-2009）在结算之后改动过，不能用来解释这份结果→请找回结算时的文件" in told


def test_a_record_of_draws_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / LOG).touch()
    assert "抽样记录写不进结算结果文件夹（" in said(lambda: record_draw(tmp_path, lambda _: {}))


def test_a_plan_whose_thresholds_somebody_spoilt() -> None:
    plan = {"version": __version__, "leads": {"sha256": "", "ledger": "", "thresholds": {}}}
    assert "抽样计划不完整或被改动（leads）" in said(lambda: check_of(plan, None))


# Rules


def test_a_number_that_stands_in_several_clauses() -> None:
    (rule,) = load_rules(["huangzhong-2009"])
    table = read_toml(rule.path, rule.data)[1]
    told = said(lambda: find_spot(rule.file, table, "basic.rate"))
    assert "“basic.rate”在 huangzhong-2009 里有 8 处，不知道指哪一处→请写其中一处：" in told


def test_a_budget_of_days(tmp_path: Path) -> None:
    text = HEAD + BASIC + 'also = ["transfer"]\ntransfer = [{ days = 3 }]\n'
    (tmp_path / "shape.toml").write_text(text, "utf-8")
    proposal = Proposal("shape", (load_rule(tmp_path / "shape.toml"),), "as-before")
    told = said(lambda: seek(None, proposal, "basic.transfer", 1))  # type: ignore[arg-type]
    assert "“basic.transfer”不是金额、比例或百分点，不能求解→请换一个封顶线" in told


def test_two_documents_for_one_budget_and_a_growth_nobody_understands() -> None:
    rules = ["huangzhong-2009", "huangzhong-2009"]
    asked = SimulateOptions([], rules, volume=["很多"], budget="1", find="basic.cap")
    told = said(lambda: simulate(asked))
    assert "求解时只能有一份 --rules→请一次对一份文件求解" in told
    assert "看不懂 --volume “很多”→请写成 +10% 或 county=+10%" in told


# The books


def test_books_that_nobody_named() -> None:
    assert "没有给出 --ledger→请写上台账文件" in said(lambda: the_ledger(None))


def test_money_that_was_not_typed_to_the_fen() -> None:
    told = said(lambda: typed_money({"--fund": None}, "0.001", None, NOW))
    assert "没有给出 --fund→请加上 --fund" in told
    assert "看不懂金额“0.001”，或不到一分→请写元" in told


def test_a_balance_without_a_fund() -> None:
    problems: list[Problem] = []
    assert list(_balances(["1000"], problems)) == []
    assert [problem.what for problem in problems] == ["看不懂 --balance “1000”"]


def test_a_quarter_of_which_a_month_is_closed(tmp_path: Path) -> None:
    with new_books(tmp_path / "账") as books:
        post(books, run_period(stays([a_stay(10)]), "2010-10", books))
    told = said(lambda: refuse_closed(tmp_path / "账", parse_period("2010Q4")))
    assert "2010年第4季度与已关账的 2010-10 重叠，核对了也不能关账→请按关过账的期间长短" in told


def test_anyway_needs_a_reason() -> None:
    told = said(lambda: refuse_doubts(["没有一笔"], anyway=True, reason=""))
    assert told == "--anyway 要写明原因→请加上 --reason 原因"


def test_decisions_that_changed_after_the_run(unassisted: Run, tmp_path: Path) -> None:
    (tmp_path / "处理意见.xlsx").write_bytes(b"other")
    settings = Settings(folder=tmp_path, reconcile=Reconcile(decisions=Path("处理意见.xlsx")))
    about = {"path": "处理意见.xlsx", "sha256": "0" * 64, "lines": []}
    run = with_info(unassisted, decisions=about)
    told = said(lambda: refuse_changed_inputs(Candidate(tmp_path, run, settings)))
    assert "处理意见.xlsx 在核对以后改动过" in told
