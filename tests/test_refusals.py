"""What is refused, sentence by sentence: the smallest thing that provokes each, and what the clerk then reads.

Refusals that need a county, a book or a run stand with those; these need no more than a word, a number or a file.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from openpyxl import Workbook

from onestop_cli.audit.leads.model import Thresholds
from onestop_cli.audit.plan import PlanChoices, checked
from onestop_cli.batch import publish as publishing
from onestop_cli.batch.audit.draw import thresholds_from
from onestop_cli.batch.audit.verify import read_plan
from onestop_cli.batch.buckets import reconcile_in_parts
from onestop_cli.batch.ledger_open import _first_day, _usual
from onestop_cli.batch.papers import _forms
from onestop_cli.batch.reconcile import Request
from onestop_cli.batch.rules import _one, show
from onestop_cli.batch.stay_papers import write_stay_papers
from onestop_cli.commands.endings import refusal
from onestop_cli.county.settings import FileLayout, Settings, load_settings
from onestop_cli.errors import CannotRun, Problem
from onestop_cli.explain.which_stay import the_stay
from onestop_cli.ledger.store import _refusal, opened
from onestop_cli.notices.notice_period import NoticePeriod
from onestop_cli.readers.containers.folders import files_behind
from onestop_cli.readers.containers.locked import passwords_in
from onestop_cli.readers.guard import named
from onestop_cli.writers.toolkit.form import fill_form
from onestop_cli.writers.toolkit.layout_block import append_layouts


def said(refused: Callable[[], object]) -> str:
    """The problems of what is refused, and their remedies, one text."""
    with pytest.raises(CannotRun) as stopped:
        refused()
    return "；".join(f"{problem.what}→{problem.remedy}" for problem in stopped.value.problems)


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
        "看不懂起始日“开春”", "起始日 2010-10-08 不是月初"
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


def test_parts_know_no_books_and_no_decisions(tmp_path: Path) -> None:
    asked = Request("2010Q4", [], [], tmp_path, [], Settings(), ledger=tmp_path / "台账.sqlite")
    sentence = "分批核对不能同时使用台账或处理意见"
    assert sentence in said(lambda: reconcile_in_parts(asked, tmp_path / "out", 2, "local"))


def test_papers_of_one_stay_or_of_one_hospital(tmp_path: Path) -> None:
    for stay, hospital in ((None, None), ("ZY1", "甲医院")):
        assert "要么指明一笔住院，要么指明一家机构" in said(
            lambda stay=stay, hospital=hospital: write_stay_papers(
                tmp_path, stay, hospital, tmp_path / "out"
            )
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
