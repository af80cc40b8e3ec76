"""What is refused, sentence by sentence: the smallest thing that provokes each, and what the clerk then reads.

Refusals that need a county, a book or a run stand with those; these need no more than a word, a number or a file.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from openpyxl import Workbook

from onestop_cli.audit.leads.model import Thresholds
from onestop_cli.audit.plan import PlanChoices, _differences, _unusable, checked
from onestop_cli.batch import publish as publishing
from onestop_cli.batch.audit import verify
from onestop_cli.batch.audit.draw import thresholds_from
from onestop_cli.batch.audit.verify import read_plan
from onestop_cli.batch.engines import _on_ray
from onestop_cli.batch.ledger_open import _first_day, _usual
from onestop_cli.batch.ledger_pay import _refuse_day
from onestop_cli.batch.papers import _forms
from onestop_cli.batch.rules import _one, show
from onestop_cli.batch.rules_copy import copy_rules
from onestop_cli.batch.stay_papers import write_stay_papers
from onestop_cli.cli import run
from onestop_cli.commands.endings import refusal
from onestop_cli.county.periods import parse_period
from onestop_cli.county.settings import FileLayout, Settings, load_settings
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.explain.explanation import _same_book
from onestop_cli.explain.which_stay import the_stay
from onestop_cli.ledger.final_account import report
from onestop_cli.ledger.owed import pay
from onestop_cli.ledger.payouts import send
from onestop_cli.ledger.reopening import last_closing, reopen
from onestop_cli.ledger.second import SecondPosting, book_second
from onestop_cli.ledger.store import _refusal, opened
from onestop_cli.notices.notice_period import NoticePeriod
from onestop_cli.readers.audit_paper import SheetSpec, read_filled
from onestop_cli.readers.containers import limits
from onestop_cli.readers.containers.delimited import read_delimited
from onestop_cli.readers.containers.folders import files_behind
from onestop_cli.readers.containers.grid import Unreadable
from onestop_cli.readers.containers.limits import check_texts
from onestop_cli.readers.containers.locked import passwords_in
from onestop_cli.readers.containers.ooxml import one_part_each
from onestop_cli.readers.containers.sniff import open_grids
from onestop_cli.readers.guard import named
from onestop_cli.readers.register import read_register
from onestop_cli.readers.running_bill import read_running_bill
from onestop_cli.readers.stays import read_stays
from onestop_cli.rulebook.book import Rulebook
from onestop_cli.rulebook.change import changed
from onestop_cli.rulebook.library import load_rules
from onestop_cli.rulebook.usable import unusable
from onestop_cli.writers.notices import pdf as notices_pdf
from onestop_cli.writers.toolkit.folder import staged_file
from onestop_cli.writers.toolkit.form import fill_form
from onestop_cli.writers.toolkit.layout_block import append_layouts
from tests.core.test_decisions import a_stay
from tests.made.books import new_books, post, run_period, stays
from tests.made.reader_files import xlsx_bytes, zip_bytes
from tests.made.spoken import said

# Drawing a sample


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ({"seeds": (-1,)}, "抽样种子不能是负数，也不能超过 32 位"),
        ({"seeds": (10**32,)}, "抽样种子不能是负数，也不能超过 32 位"),
        ({"size": 0}, "样本量 0 不成立"),
        ({"leads": -1}, "附加的线索数不能是负数"),
        ({"tolerable": "0"}, "可容忍差错率应大于 0、小于 100"),
        ({"tolerable": "100"}, "可容忍差错率应大于 0、小于 100"),
        ({"confidence": "49"}, "置信水平应在 50 到 100 之间"),
        ({"confidence": "很高"}, "看不懂置信水平“很高”"),
        ({"method": "随便"}, "没有“随便”这种抽样方法"),
    ],
)
def test_choices_that_give_no_sample(choice: dict[str, Any], sentence: str) -> None:
    assert sentence in said(lambda: checked(PlanChoices(**choice)))


def test_thresholds_that_are_none() -> None:
    assert "看不懂阈值“七天”" in said(lambda: thresholds_from(["七天"]))
    assert "看不懂阈值“readmission_days=-1”" in said(
        lambda: thresholds_from(["readmission_days=-1"])
    )
    assert "阈值 peer_stays 不能是 0" in said(lambda: Thresholds().with_values({"peer_stays": 0}))
    assert "没有“days”这个阈值" in said(lambda: Thresholds().with_values({"days": 3}))


def test_plans_that_are_none(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    assert "抽样计划读不出来" in said(lambda: read_plan(plan))
    plan.write_text("{", "utf-8")
    assert "抽样计划读不出来" in said(lambda: read_plan(plan))
    plan.write_text(json.dumps(["seed"]), "utf-8")
    assert "这不是抽样计划" in said(lambda: read_plan(plan))


# The books


def test_a_first_day_that_nobody_can_read() -> None:
    problems: list[Problem] = []
    for text in ("开春", "2010-10-08"):
        _first_day(text, problems)
    assert [problem.what for problem in problems] == [
        "起始日“开春”看不懂", "起始日 2010-10-08 不是月初"
    ]  # fmt: skip


def test_books_that_nobody_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "没有给出台账文件" in said(_usual)


def test_books_that_are_not_there(tmp_path: Path) -> None:
    def look() -> None:
        with opened(tmp_path / "台账.sqlite"):
            pass

    assert "没有找到台账" in said(look)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        ("database is locked", "台账正被另一个程序使用"),
        ("database or disk is full", "磁盘已满或写不进去，台账没有改动"),
        ("disk I/O error", "磁盘已满或写不进去，台账没有改动"),
        ("attempt to write a readonly database", "台账打不开或不能写入，台账没有改动"),
        ("unable to open database file", "台账打不开或不能写入，台账没有改动"),
        ("file is not a database", "不是 onestop 的台账"),
        ("database disk image is malformed", "台账文件不完整或已损坏"),
    ],
)
def test_what_the_database_says_in_a_clerks_words(error: str, sentence: str) -> None:
    told = _refusal(sqlite3.DatabaseError(error), Path("台账.sqlite"))
    assert isinstance(told, CannotRun)
    assert sentence in told.problems[0].what


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (sqlite3.OperationalError("unable to open database file"), "台账打不开或不能写入"),
        (sqlite3.OperationalError("database or disk is full"), "磁盘已满"),
        (MemoryError(), "内存不够"),
    ],
)
def test_a_computer_at_its_end_is_no_bug(error: BaseException, sentence: str) -> None:
    told = refusal(error)
    assert told is not None and told.what == sentence


# Files and settings


def test_a_folder_without_files(tmp_path: Path) -> None:
    assert [p.what for p in files_behind([tmp_path]).problems] == ["文件夹里没有可读的文件"]


def test_passwords_that_cannot_be_read(tmp_path: Path) -> None:
    assert "读不到密码文件" in said(lambda: passwords_in(tmp_path / "没有.txt"))


def test_a_file_like_none_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ONESTOP_TRACEBACK", raising=False)

    def read() -> None:
        with named(tmp_path / "怪.xlsx"):
            raise ZeroDivisionError

    assert "这份文件的写法没有料到" in said(read)


def test_settings_that_are_not_there_or_wrong(tmp_path: Path) -> None:
    file = tmp_path / "onestop.toml"
    assert "读不到设置文件" in said(lambda: load_settings(file))
    file.write_text("[county]\nnam = 1\n", "utf-8")
    assert "设置项 county.nam：没有这个设置项" in said(lambda: load_settings(file))
    file.write_bytes("[county]".encode("utf-16"))
    assert "设置文件不是 UTF-8 编码→请用记事本另存为 UTF-8" in said(lambda: load_settings(file))


def test_settings_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "onestop.toml"
    file.write_text('[county]\nname = "示例县"\ncode = "6399"\n', "utf-8")
    monkeypatch.setattr(Path, "replace", _in_use)
    layouts = [FileLayout(file="甲.xlsx", skip=True)]
    assert "设置文件写不进去" in said(lambda: append_layouts(file, layouts))
    assert [path.name for path in tmp_path.iterdir()] == ["onestop.toml"]


def _in_use(path: Path, target: Path) -> None:
    raise PermissionError(13, "in use", str(target))


# Runs, rules and papers


def test_forms_of_papers_that_we_do_not_write() -> None:
    assert "不认识表样“奖状”" in said(
        lambda: _forms(Settings(templates={"奖状": Path("奖状.xlsx")}))
    )


def test_a_form_that_is_none_or_asks_for_what_there_is_not(tmp_path: Path) -> None:
    form, book = tmp_path / "表样.xlsx", Workbook()
    book.active["B2"] = "{{天气}}"
    book.save(form)
    out = tmp_path / "填好.xlsx"
    assert "表样单元格 B2 要填“天气”，没有这个字段" in said(
        lambda: fill_form(form, {"total": 1}, [], out)
    )
    assert not out.exists()


def test_papers_of_one_stay_or_of_one_hospital(tmp_path: Path) -> None:
    assert "要么指明一笔住院，要么指明一家机构" in said(
        lambda: write_stay_papers(tmp_path, "ZY1", "甲医院", tmp_path / "out")
    )


def test_a_day_on_which_nothing_was_in_force() -> None:
    assert "1949-10-01 这一天没有规则文件有效" in said(lambda: show("1949-10-01", []))


def test_an_area_is_not_one_document() -> None:
    assert "”不是一份文件" in said(lambda: _one("zhengan"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("ZY9", "没有找到“ZY9”这笔住院"),
        ("ZY1", "“ZY1”对应 2 笔住院，这是其中一笔：甲医院，住院号 ZY1"),
    ],
)
def test_a_stay_that_is_not_there_or_not_the_only_one(text: str, sentence: str) -> None:
    row = {"source": "甲.csv", "sheet": None, "hospital": "甲医院", "stay_no": "ZY1", "name": "人1",
           "id_no": None, "id_raw": None, "discharged_on": date(2010, 10, 5)}  # fmt: skip
    stays = pl.DataFrame([{**row, "row": 2}, {**row, "row": 3}]).cast(
        {"sheet": pl.String, "id_no": pl.String, "id_raw": pl.String}
    )
    told = said(lambda: the_stay(stays, text))
    assert sentence in told


@pytest.mark.parametrize(
    ("first", "objections", "sentence"),
    [
        (None, 0, "不知道公示是哪一天开始的"),
        (date(2011, 1, 6), None, "没有写明收到几件异议"),
        (date(2011, 1, 6), -1, "没有写明收到几件异议"),
        (date(2999, 1, 6), 0, "还没有满"),
    ],
)
def test_a_notice_that_cannot_end_yet(
    first: date | None, objections: int | None, sentence: str
) -> None:
    assert sentence in said(lambda: publishing._result(NoticePeriod(first), objections))


# Files that are none, or not what they were meant for


@pytest.mark.parametrize(
    ("read", "sentence"),
    [
        (lambda: read_delimited("甲.csv", b"a\0b\0c,d" + b"e" * 5000), "不是表格文件"),
        (lambda: open_grids("甲.xml", b"<?xml version='1.0'?><a/>"), "是一份看不懂的 XML 文件"),
        (lambda: open_grids("甲.docx", _zip(**{"word/document.xml": b""})), "Word、PPT 或版式文件"),
        (lambda: open_grids("甲.odt", _zip(mimetype=_ODT)), "ODF 文字或演示文件"),
        (lambda: check_texts([["王\0强"]]), "单元格里的文字已损坏"),
        (lambda: check_texts([["字" * 32_768]]), "单元格里的文字已损坏"),
        (lambda: one_part_each(["xl/a.xml", None, "xl/a.xml"]), "两个工作表指着同一份数据"),
    ],
)
def test_a_file_that_holds_no_table_says_what_it_is(
    read: Callable[[], object], sentence: str
) -> None:
    with pytest.raises(Unreadable) as stopped:
        read()
    assert sentence in stopped.value.problem("甲").what


_ODT = b"application/vnd.oasis.opendocument.text"


def _zip(**parts: bytes) -> bytes:
    return zip_bytes(parts)


def test_a_file_too_large_to_be_an_export(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LARGEST_FILE", 3 << 20)
    with pytest.raises(Unreadable) as stopped:
        limits.check_size(bytes((4 << 20) + 1))
    assert "文件太大（4 MB）" in stopped.value.problem("甲").what


def test_more_than_a_package_may_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_FILES", 1)
    with pytest.raises(Unreadable) as stopped:
        limits.open_package(_zip(甲=b"", 乙=b""))
    assert "压缩内容异常庞大" in stopped.value.problem("甲").what


@pytest.mark.parametrize(
    ("sheets", "sentence"),
    [
        ({"表": []}, "文件里没有内容"),
        ({"甲": [["说明"]]}, "没有找到"),
    ],
)
def test_a_workbook_without_a_list(
    tmp_path: Path, sheets: dict[str, list[list[object]]], sentence: str
) -> None:
    (tmp_path / "甲.xlsx").write_bytes(xlsx_bytes(sheets))
    told = read_stays([tmp_path], Settings(), []).problems
    assert [sentence in problem.what for problem in told] == [True]


def test_a_workbook_whose_list_is_hidden(tmp_path: Path) -> None:
    book = Workbook()
    book.create_sheet("藏").append(["姓名", "身份证号"])
    book["藏"].sheet_state = "hidden"
    book.save(tmp_path / "甲.xlsx")
    (told,) = read_stays([tmp_path], Settings(), []).problems
    assert "看得见的工作表里没有数据，只有隐藏的工作表" in told.what


def test_a_hospital_without_a_name(tmp_path: Path) -> None:
    register = tmp_path / "名册.csv"
    register.write_text("医疗机构,机构级别\n云谷卫生院,乡级\n,县级\n", "utf-8")
    assert "没有机构名称→请补上" in said(lambda: read_register(register, Settings()))


def test_a_running_bill_that_is_not_there(tmp_path: Path) -> None:
    assert "找不到这个文件→请检查路径是否写对" in said(
        lambda: read_running_bill(tmp_path / "没有.xlsx")
    )


def test_a_paper_that_lost_a_sheet(tmp_path: Path) -> None:
    paper = tmp_path / "底稿.xlsx"
    paper.write_bytes(xlsx_bytes({"抽样计划": [["种子", 1]]}))
    sheets = [SheetSpec(name, {"序号": "number"}, {"number"}) for name in ("抽查结果", "入户核查")]
    told = said(lambda: read_filled(paper, "抽样计划", *sheets))
    assert "没有工作表“抽查结果”" in told
    assert "没有工作表“入户核查”" in told


# Documents


def _documents(*ids: str) -> list[Any]:
    return list(load_rules(ids))


def test_documents_that_hold_at_once() -> None:
    loaded = _documents("huangzhong-2009")
    twin = replace(loaded[0], file=loaded[0].file.model_copy(update={"id": "another"}))
    told = "；".join(problem.what for problem in unusable([*loaded, twin]))
    assert "政策文件 huangzhong-2009 与 another 的有效期重叠" in told


def test_a_shared_limit_and_a_households_in_two_documents_of_one_run(tmp_path: Path) -> None:
    """In one document it is refused where it stands; a run has the limits of all its documents."""
    made = Path(__file__).parent / "made" / "rules" / "quanhu-2024.toml"
    text = made.read_text("utf-8").replace('id = "quanhu-2024"', 'id = "gongyong-2023"')
    text = text.replace("from = 2024-01-01", "from = 2023-01-01\nto = 2023-12-31")
    begin, end = text.index("[[layer.household_cap]]"), len(text)
    pool = '[[pool]]\nid = "both"\nname = "共用"\nlayers = ["basic", "assistance"]\n\n'
    pool += '[[pool.cap]]\namount = 60000\nquote = "两项全年合计不超过六万元"\n'
    other = tmp_path / "gongyong-2023.toml"
    other.write_text(
        (text[:begin] + pool + text[end:]).replace('also = ["household_cap"]\n', ""), "utf-8"
    )
    loaded = load_rules([str(made), str(other)])
    assert [p.what for p in unusable(loaded) if "全户" in p.what] == [
        "“医疗救助”有全户年度限额，政策文件 gongyong-2023 又把它放进共用限额“both”"
    ]


def test_a_number_that_the_document_has_not() -> None:
    table = {"layer": [{"id": "basic", "rate": [{"rate": 0.7}]}]}
    assert "规则文件里没有“layer.basic.top[1].rate”这一项" in said(
        lambda: changed(table, {"layer.basic.top[1].rate": 1})
    )


def test_a_result_of_another_program() -> None:
    book = Rulebook(tuple(rule.file for rule in _documents("huangzhong-2009")))
    row: dict[str, Any] = {"term": 10**6, "level": "county", "category": "五保户", "rule": 0}
    told = said(lambda: _same_book({**row, "rule_id": "huangzhong-2009"}, book))
    assert "结算结果与现在的程序对不上，无法逐步说明" in told


def test_a_rule_that_was_copied_before(tmp_path: Path) -> None:
    copy_rules("huangzhong-2009", tmp_path)
    told = said(lambda: copy_rules("huangzhong-2009", tmp_path))
    assert "已经有同名的文件，不会覆盖→请直接改它" in told


# Programs that are not there


def test_an_engine_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    assert "没有安装 Ray→请先 pip install onestop-cli[ray]" in said(
        lambda: _on_ray(lambda number: {}, [1])
    )


def test_a_computer_without_a_chinese_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices_pdf, "FONTS", ("没有这种字体",))
    assert "本机没有可用的中文字体→请安装其中一种字体" in said(notices_pdf.printing_fonts)


# The inspection's own plan


def test_a_plan_that_was_tampered_with() -> None:
    told = [problem.what for problem in _unusable({"seeds": "一", "size": 3})]
    assert told[0].startswith("抽样计划不完整或被改动（")


def test_a_redraw_that_is_not_the_plan() -> None:
    again = {"frame": {"sha256": "a", "rows": 3}, "sample": {"sha256": "b"}, "seed": 1}
    again |= {"strata": [], "interval_fen": 5}
    assert _differences(again, again) == []
    for key, title in (("seed", "合并种子"), ("strata", "分层"), ("interval_fen", "抽样间隔")):
        (told,) = _differences({**again, key: "改过"}, again)
        assert told.what == f"计划所记的{title}与重抽的不同"


def test_a_record_of_draws_that_was_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / verify.LOG).mkdir()
    plan = {"sample": {"sha256": "s"}, "seeds": [1], "draw": 2, "earlier": []}
    first = {"number": 1, "whole": False, "sample": "o", "seeds": [7]}
    own = {"number": 2, "whole": True, "sample": "s", "seeds": [1]}
    monkeypatch.setattr(verify, "draws", lambda folder: [first, own])
    told = [problem.what for problem in verify._record(tmp_path, plan)]
    assert told == [
        "第 1 次抽样的记录缺失或被改动",
        "计划列出此前抽样 0 次，抽样记录有 1 次或内容不同",
    ]


# Words of the command line


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("audit 结果", "没有说检查材料写到哪里"),
        ("inspect 甲.csv --column 总费用", "“总费用”应写成 字段=表头文字"),
        ("roster premium 参合.csv --year 12", "请写四位年份，如 2011"),
    ],
)
def test_options_that_say_too_little(
    typed: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert run(typed.split()) == 2
    assert sentence in "".join(capsys.readouterr().err.split("\n   "))


# Books that are not as they were


def test_books_whose_guards_were_taken_away(tmp_path: Path) -> None:
    path = tmp_path / "账"
    with new_books(path):
        pass
    with closing(sqlite3.connect(path)) as raw:
        name = raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchone()[0]
        raw.execute(f"DROP TRIGGER {name}")
        raw.commit()

    def look() -> None:
        with opened(path):
            pass

    assert "台账的表结构或防改触发器改动过" in said(look)


def test_books_of_a_later_version(tmp_path: Path) -> None:
    path = tmp_path / "账"
    with new_books(path) as books:
        books.execute("PRAGMA user_version = 99")

    def look() -> None:
        with opened(path):
            pass

    assert "这本台账由更新版本的 onestop 写成→请先升级 onestop" in said(look)


def test_books_where_there_is_a_file_already(tmp_path: Path) -> None:
    (tmp_path / "账").touch()

    def make() -> None:
        with new_books(tmp_path / "账"):
            pass

    assert "这个文件已经存在，不会覆盖→已有台账的不用再开" in said(make)


def test_books_where_there_is_no_folder(tmp_path: Path) -> None:
    def make(path: str) -> str:
        with new_books(tmp_path / path):
            return ""

    (tmp_path / "文件").touch()
    refusal = "台账建立不了：路径中间有一段不是文件夹"
    assert refusal in said(lambda: make("文件/台账/账"))
    assert refusal in said(lambda: make("文件/账"))


def test_books_that_moved_while_something_was_made_ready(tmp_path: Path) -> None:
    """99 is no number of a posting of theirs: somebody booked meanwhile."""
    moment = datetime(2010, 12, 1, tzinfo=UTC)
    nobody, day = pl.DataFrame(), date(2010, 12, 1)
    with new_books(tmp_path / "账") as books:
        post(books, run_period(stays([a_stay()]), "2010Q4", books))
        line = SecondPosting("新农合基金", parse_period("2011-01"), 1, day, "", "测试", year=2010)
        stale = last_closing(books)
        stale = replace(stale, entry=replace(stale.entry, number=99))
        booking = "台账刚刚有变动，没有记账→请再运行一次"
        assert booking in said(lambda: pay(books, [], {"path": "单"}, "测试", moment, 99))
        assert booking in said(lambda: send(books, [], "测试", moment, 99))
        assert booking in said(lambda: book_second(books, line, nobody, moment, 99))
        undone = said(lambda: reopen(books, stale, "测试", moment, "错"))
        assert undone == "台账刚刚有变动，没有撤销→请再运行一次"


def test_a_payment_that_has_not_been_made_yet() -> None:
    first, today = date(2010, 10, 1), date(2010, 12, 1)
    assert "支付日期 2010-12-02 还没有到→请核对 --on" in said(
        lambda: _refuse_day(date(2010, 12, 2), first, today)
    )


def test_a_report_of_less_than_what_was_closed(tmp_path: Path) -> None:
    with new_books(tmp_path / "账") as books:
        post(books, run_period(stays([a_stay()]), "2010Q4", books))
        told = said(lambda: report(books, parse_period("2010-11")))
    assert "台账按 2010Q4 关账，比2010年11月长，分不出2010年11月的数" in told


def test_a_file_that_would_lie_below_a_file(tmp_path: Path) -> None:
    def write(path: str) -> str:
        with staged_file(tmp_path / path):
            return ""

    (tmp_path / "文件").touch()
    assert "路径中间有一段不是文件夹" in said(lambda: write("文件/清单/甲.xlsx"))
    assert "路径中间有一段不是文件夹" in said(lambda: write("文件/甲.xlsx"))
