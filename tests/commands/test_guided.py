"""Guided use: the task shortcuts, where the quarter stands, and the doctor."""

from __future__ import annotations

import json
import os
import shutil
import sys
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest

from onestop_cli import cli
from onestop_cli.batch import doctor
from onestop_cli.batch.init import Answers, start_county
from onestop_cli.batch.program_folder import look_at_program
from onestop_cli.batch.status import standing
from onestop_cli.commands import desktop
from onestop_cli.commands import guided as desk
from onestop_cli.county.periods import parse_period
from onestop_cli.county.progress import InboxSummary, LastRun, Progress, next_step, period_of
from onestop_cli.county.settings import load_settings
from onestop_cli.errors import Problem
from tests.made.books import new_books, post, run_period, stays

EXPORT = """医疗机构,住院号,姓名,身份证号,入院日期,出院日期,总费用,可补偿费用,新农合补偿,医疗救助
云谷卫生院,1,甲某,,2010-11-01,2010-11-05,1000,800,640,0
云谷卫生院,2,乙某,,2010-12-01,2010-12-05,1000,800,640,0
"""
ROSTER = "姓名,身份证号,救助类别,乡镇,村\n丙某,63990019800101123X,五保户,云谷乡,一村\n"
REGISTER = "机构名称,机构级别\n云谷卫生院,乡级\n白土卫生院,乡级\n"


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new county folder that we stand in."""
    start_county(tmp_path / "结 算", Answers("示例县", "6399", ["huangzhong-2009"]))
    monkeypatch.chdir(tmp_path / "结 算")
    return tmp_path / "结 算"


def fill(county: Path) -> None:
    """Register, one export and one roster."""
    (county / "定点机构名册.csv").write_text(REGISTER, "utf-8")
    (county / "收件箱" / "住院" / "云谷.csv").write_text(EXPORT, "utf-8")
    (county / "收件箱" / "花名册" / "五保.csv").write_text(ROSTER, "utf-8")


def seen(county: Path) -> Progress:
    return standing(load_settings(county / "onestop.toml"))


def fake_run(county: Path, period: str, files: list[str]) -> Path:
    """A run folder as far as `status` looks at one."""
    folder = county / "结果" / period
    folder.mkdir(parents=True)
    inputs = [{"path": "a.csv", "kind": "stays", "sha256": sha} for sha in files]
    info = {"period": period, "inputs": inputs, "counts": {"status": {"held": 3, "settled": 9}}}
    (folder / "run.json").write_text(json.dumps(info), "utf-8")
    return folder


def test_a_new_county_folder_is_told_to_fill_its_register_first(county):
    found = seen(county)
    assert [problem.what for problem in found.inbox.problems] == ["名册里没有一家医疗机构"]
    assert "补齐" in next_step(found).what


def test_an_empty_inbox_is_told_what_to_bring(county):
    (county / "定点机构名册.csv").write_text(REGISTER, "utf-8")
    assert next_step(seen(county)).what.startswith("把住院报表和花名册放进收件箱")
    (county / "收件箱" / "住院" / "云谷.csv").write_text(EXPORT, "utf-8")
    assert next_step(seen(county)).what.startswith("把花名册放进收件箱")


def test_a_full_inbox_says_its_period_and_who_is_silent(county):
    fill(county)
    inbox = seen(county).inbox
    assert inbox.period == parse_period("2010Q4")
    assert (inbox.stays, inbox.people, inbox.hospitals) == (2, 1, 2)
    assert inbox.silent == ("白土卫生院",)
    assert (inbox.first, inbox.last) == (date(2010, 11, 5), date(2010, 12, 5))
    assert next_step(seen(county)).commands == ("onestop reconcile --period 2010Q4",)


def test_after_a_run_comes_the_publication_until_a_file_changes(county):
    fill(county)
    hashes = [f.sha256 for f in _files(county)]
    fake_run(county, "2010Q4", hashes)
    found = seen(county)
    assert found.run is not None
    assert (found.run.held, found.run.rejected, found.run.changed) == (3, 0, 0)
    assert next_step(found).commands == ("onestop publish 结果/2010Q4 --out 公示/2010Q4",)
    (county / "收件箱" / "住院" / "白土.csv").write_text(EXPORT.replace("云谷", "白土"), "utf-8")
    assert next_step(seen(county)).commands == ("onestop reconcile --period 2010Q4",)


def _files(county: Path):
    from onestop_cli.county.settings import Settings
    from onestop_cli.readers.containers.inbox import open_files

    opened_files = open_files([county / "收件箱"], Settings()).opened
    return [file.file for file in opened_files]


def test_after_the_publication_comes_the_closing(county):
    fill(county)
    fake_run(county, "2010Q4", [f.sha256 for f in _files(county)])
    (county / "公示" / "2010Q4").mkdir(parents=True)
    (county / "公示" / "2010Q4" / "manifest.json").write_text("[]")
    step = next_step(seen(county))
    assert step.commands == ("onestop close 结果/2010Q4 --ledger 台账.sqlite",)


@pytest.mark.parametrize(
    ("like", "period"),
    [(None, "2010Q4"), ("2010Q1", "2010Q4"), ("2010-03", "2010-11"), ("2009H2", "2010H2"), ("2009", "2010")],
)  # fmt: skip
def test_a_county_keeps_to_its_kind_of_period(like, period):
    assert period_of(date(2010, 11, 30), like).id == period


def test_a_county_of_today_settles_by_the_month():
    assert period_of(date(2024, 1, 31), None).id == "2024-01"


def test_a_run_of_a_doubtful_period_does_not_tell_the_kind_of_period(county):
    fill(county)
    run = fake_run(county, "2010-01", []) / "run.json"
    doubt = {"warnings": ["9 行里有 9 行不属本期（ST04），超过一半，是不是结算期写错了"]}
    run.write_text(json.dumps(json.loads(run.read_text("utf-8")) | doubt), "utf-8")
    assert seen(county).period.id == "2010Q4"


def test_books_that_were_there_before_are_missed(county, capsys):
    fill(county)
    run = fake_run(county, "2010Q4", []) / "run.json"
    books = {"ledger": {"runs": 1, "head": "x"}}
    run.write_text(json.dumps(json.loads(run.read_text("utf-8")) | books), "utf-8")
    assert cli.run([]) == 0
    shown = capsys.readouterr().out.replace("\n", "")
    assert "2010Q4 核对时用过台账，现在没有找到 台账.sqlite：请先放回县文件夹" in shown


def test_a_closed_period_waits_for_the_next_one():
    inbox = InboxSummary(1, 10, 1, 10, period=parse_period("2010Q4"))
    run = LastRun("结果/2010Q4", "2011-01-10 09:30", 0, 0, 0)
    step = next_step(Progress("示例县", inbox, closed=("2010Q4",), run=run))
    assert step.commands == ()
    assert "下一期" in step.what


def test_problems_of_the_inbox_come_first():
    inbox = InboxSummary(period=parse_period("2010Q4"), problems=(Problem("坏了", "换一个"),))
    assert "补齐" in next_step(Progress("示例县", inbox)).what


def test_onestop_alone_shows_where_the_quarter_stands_in_a_county_folder(county, capsys):
    fill(county)
    assert cli.run([]) == 0
    shown = capsys.readouterr().out
    assert "名册里 2 家，1 家没有报表：白土卫生院" in shown
    assert shown.rstrip().endswith("onestop reconcile --period 2010Q4")


def test_a_run_of_a_period_that_nobody_meant_is_named(county, capsys):
    fill(county)
    fake_run(county, "2010Q3", [f.sha256 for f in _files(county)])
    assert cli.run([]) == 0
    shown = capsys.readouterr().out
    assert "结果/2010Q3 核对的是 2010Q3，收件箱里多数住院不属于那一期" in shown.replace("\n", "")
    assert shown.rstrip().endswith("onestop reconcile --period 2010Q4")


def test_a_run_of_the_inbox_is_not_astray(county):
    fill(county)
    fake_run(county, "2010Q4", [f.sha256 for f in _files(county)])
    assert seen(county).astray is None


def test_a_missing_option_shows_the_line_for_the_settings(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.run(["reconcile", "--period", "2010Q4"]) == 2
    said = "".join(capsys.readouterr().err.split())
    assert '[reconcile]加一行roster=["收件箱/花名册"]' in said
    assert said.count("加一行") == 5


def test_onestop_alone_elsewhere_is_the_help(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.run([]) == 0
    shown = capsys.readouterr().out
    assert "reconcile" in shown
    assert shown.rstrip().endswith("第一次用：onestop init 结算        建一个县文件夹，名字自己取")


def test_onestop_beside_the_county_folder_says_where_it_is(county, monkeypatch, capsys):
    monkeypatch.chdir(county.parent)
    assert cli.run([]) == 0
    assert "请先进入县文件夹：cd 结 算" in capsys.readouterr().out


# The doctor


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def test_the_doctor_is_content_with_a_new_county_folder(county, capsys):
    assert cli.run(["doctor"]) == 0
    assert "可以使用" in said(capsys)


def test_the_doctor_minds_a_county_without_phones(county, capsys):
    cli.run(["doctor"])
    shown = said(capsys)
    assert "[注意] 本县：还没有填监督举报电话" in shown
    assert f"可以使用；另有 {shown.count('[注意]')} 处请留意。" in shown


def test_the_doctor_names_a_wrong_setting(county, capsys):
    path = county / "onestop.toml"
    path.write_text(path.read_text("utf-8").replace("[county]", "[county]\nnamme = 1"), "utf-8")
    assert cli.run(["doctor"]) == 2
    assert "namme" in said(capsys)


def test_the_doctor_names_a_folder_that_is_gone_and_a_rule_that_is_unknown(county, capsys):
    shutil.rmtree(county / "收件箱" / "住院")
    path = county / "onestop.toml"
    path.write_text(path.read_text("utf-8").replace("huangzhong-2009", "huangzong"), "utf-8")
    assert cli.run(["doctor"]) == 2
    shown = said(capsys)
    assert "收件箱/住院" in shown
    assert "huangzong" in shown


def test_the_doctor_names_a_damaged_ledger(county, capsys):
    (county / "台账.sqlite").write_bytes(b"not a ledger" * 100)
    assert cli.run(["doctor"]) == 2
    assert "台账" in said(capsys)


def test_the_doctor_sees_a_clock_that_runs_before_the_last_closing(county, capsys):
    later = datetime.now().astimezone() + timedelta(days=400)
    with new_books(county / "台账.sqlite") as books:
        post(books, run_period(stays([]), "2010Q4", books), later)
    assert cli.run(["doctor"]) == 0
    assert "[注意] 时钟" in said(capsys)


def test_the_doctor_minds_a_missing_pdf_part_but_not_more(county, capsys, monkeypatch):
    from onestop_cli.writers.notices import pdf as notice_pdf

    monkeypatch.setattr(notice_pdf, "find_spec", lambda name: None)
    assert cli.run(["doctor"]) == 0
    assert "[注意] 中文字体" in said(capsys)


def test_the_doctor_minds_a_path_too_long_for_windows(tmp_path, monkeypatch):
    deep = tmp_path / ("a" * doctor.LONGEST_HOME)
    deep.mkdir()
    monkeypatch.chdir(deep)
    assert doctor.NOTE in [check.state for check in doctor.place() if check.name == "路径"]


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An unpacked bundle that the program runs from, without a Python."""
    home = tmp_path / "onestop-1"
    program = home / "app" / "onestop" / "onestop.exe"
    program.parent.mkdir(parents=True)
    program.write_bytes(b"program")
    entry = {"path": "app/onestop/onestop.exe", "sha256": sha256(b"program").hexdigest()}
    sample = {"path": "示例县/register.csv", "sha256": "0"}
    (home / "app" / "manifest.json").write_text(json.dumps({"files": [entry, sample]}), "utf-8")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(program))
    return home


def test_the_doctor_finds_a_bundle_whole_whatever_became_of_the_sample_county(bundle, tmp_path):
    (check,) = look_at_program(tmp_path)
    assert check.state == doctor.FINE
    assert "1 个文件和清单一致" in check.said


@pytest.mark.parametrize("content", [b"other", None])
def test_the_doctor_names_a_program_file_that_is_changed_or_gone(content, bundle, tmp_path):
    program = bundle / "app" / "onestop" / "onestop.exe"
    program.unlink()
    if content:
        program.write_bytes(content)
    (check,) = look_at_program(tmp_path)
    assert (check.state, check.remedy[:7]) == (doctor.BAD, "请重新解压安装")
    assert "app/onestop/onestop.exe" in check.said


def test_the_doctor_minds_a_county_inside_the_program_s_folder(bundle):
    assert [check.state for check in look_at_program(bundle / "我县")] == [doctor.FINE, doctor.NOTE]
    assert [check.state for check in look_at_program(bundle / "示例县")] == [doctor.FINE]


def test_in_a_checkout_there_is_no_bundle_to_look_at(tmp_path):
    assert list(look_at_program(tmp_path)) == []


# The shortcuts


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch):
    """Set what the clerk answers; gives back the commands that are run, with their folder."""
    ran: list[tuple[list[str], Path]] = []

    def call(command: list[str], cwd: Path, **_: object) -> int:
        ran.append(([part for part in command if part != sys.executable][2:], Path(cwd)))
        return 0

    monkeypatch.setattr(desk.subprocess, "call", call)

    def answer(*answers: str):
        waiting = iter(answers)
        monkeypatch.setattr("builtins.input", lambda question: next(waiting))
        return ran

    return answer


def test_the_first_shortcut_makes_a_county_folder_and_the_next_ones_remember_it(
    typed, county, tmp_path
):
    ran = typed(str(county))
    assert desk.run("init", tmp_path) == 0
    assert ran == [(["init", str(county)], tmp_path)]
    assert desk.run("status", tmp_path) == 0
    assert ran[1] == ([], county)


def test_a_folder_dragged_onto_a_shortcut_is_the_county_and_its_inbox_tells_the_period(
    typed, county, tmp_path
):
    fill(county)
    ran = typed("")
    desk.run("reconcile", tmp_path, [str(county)])
    assert ran == [(["reconcile", "--period", "2010Q4"], county)]


def test_closing_leaves_the_last_question_to_the_command_and_begins_a_ledger(
    typed, county, tmp_path
):
    """The command knows what would be posted."""
    fake_run(county, "2010Q4", [])
    ran = typed("", "2010-10-01")
    assert desk.main(["close", str(tmp_path), str(county)]) == 0
    opening = ["ledger", "open", "台账.sqlite", "--from", "2010-10-01"]
    assert [command for command, _ in ran] == [opening, ["close", "结果/2010Q4"]]


def test_an_advance_goes_into_the_ledger_that_is_there(typed, county, tmp_path):
    with new_books(county / "台账.sqlite"):
        pass
    ran = typed("", "2010Q4", "1000000", "2010-10-08", "")
    desk.run("advance", tmp_path, [str(county)])
    assert [command for command, _ in ran] == [
        ["ledger", "advance", "--fund", "医疗救助资金", "--period", "2010Q4", "--amount", "1000000",
         "--date", "2010-10-08"]
    ]  # fmt: skip


def test_a_final_account_never_writes_over_the_last_one(typed, county, tmp_path):
    (county / "决算").mkdir()
    (county / "决算" / "2010.xlsx").touch()
    ran = typed("2010")
    desk.run("report", tmp_path, [str(county)])
    assert ran[0][0] == ["ledger", "report", "--period", "2010", "--out", "决算/2010-2.xlsx"]


def test_decisions_are_begun_from_the_list_of_findings_and_go_into_the_next_run(
    typed, county, tmp_path
):
    fill(county)
    (fake_run(county, "2010Q4", []) / "差错清单.xlsx").write_bytes(b"x")
    ran = typed("", "")
    assert desk.run("decisions", tmp_path, [str(county)]) == 0
    assert (county / "处理意见.xlsx").read_bytes() == b"x"
    desk.run("reconcile", tmp_path, [str(county)])
    assert ran == [(["reconcile", "--period", "2010Q4", "--decisions", "处理意见.xlsx"], county)]


def test_decisions_that_are_begun_are_never_written_over(typed, county, tmp_path):
    (county / "处理意见.xlsx").write_bytes(b"mine")
    typed()
    assert desk.run("decisions", tmp_path, [str(county)]) == 0
    assert (county / "处理意见.xlsx").read_bytes() == b"mine"


def test_without_a_result_there_is_nothing_to_decide(typed, county, tmp_path, capsys):
    typed("")
    assert desk.main(["decisions", str(tmp_path), str(county)]) == 1
    assert "请先用“核对本期”" in capsys.readouterr().out


def test_files_dragged_onto_a_shortcut_are_the_ones_it_takes(typed, county, tmp_path):
    fill(county)
    ran = typed("")
    files = [str(tmp_path / "甲 院.xls"), str(tmp_path / "乙院.xls")]
    desk.run("inspect", tmp_path, [files[0], str(county), files[1]])
    desk.run("reconcile", tmp_path, files)
    assert ran[0] == (["inspect", *files], county)
    chosen = ["--stays", files[0], "--stays", files[1]]
    assert ran[1] == (["reconcile", "--period", "2010Q4", *chosen], county)


def test_a_result_dragged_onto_a_shortcut_is_the_one_it_is_for(typed, county, tmp_path):
    old = fake_run(county, "2010Q3", [])
    fake_run(county, "2010Q4", [])
    ran = typed("", "是")
    desk.run("publish", tmp_path, [str(county), str(old)])
    assert ran[0][0] == ["publish", str(old), "--out", "公示/2010Q3", "--pdf"]


def opened_by(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    opened: list[Path] = []
    monkeypatch.setattr(desk, "open_result", opened.append)
    return opened


def test_what_came_out_is_opened(typed, county, tmp_path, monkeypatch):
    fake_run(county, "2010Q4", [])
    opened = opened_by(monkeypatch)
    typed("2010Q4", "", "", "", "", "8", "", "")
    for task in ("reconcile", "publish", "audit"):
        desk.run(task, tmp_path, [str(county)])
    assert [path.relative_to(county).as_posix() for path in opened] == [
        "结果/2010Q4/运行报告.html", "公示/2010Q4", "检查/2010Q4",
    ]  # fmt: skip


def test_a_command_that_failed_opens_nothing_and_stops_the_task(
    typed, county, tmp_path, monkeypatch
):
    fake_run(county, "2010Q4", [])
    opened = opened_by(monkeypatch)
    typed("", "是", "2010-10-01")
    ran: list[object] = []
    monkeypatch.setattr(desk.subprocess, "call", lambda command, **_: ran.append(command) or 2)
    assert desk.run("close", tmp_path, [str(county)]) == 2
    assert (len(ran), opened) == (1, [])


def test_a_bundle_that_cannot_be_written_to_still_works(typed, county, tmp_path):
    """On a stick that is locked, or for a second user of the computer."""
    ran = typed()
    assert desk.run("status", tmp_path / "没有这里", [str(county)]) == 0
    assert ran == [([], county)]


@pytest.mark.parametrize(
    ("terminals", "system", "environment", "there"),
    [
        (True, "nt", {}, True),
        (True, "posix", {"DISPLAY": ":0"}, True),
        (True, "posix", {}, False),
        (True, "nt", {"SSH_CONNECTION": "x"}, False),
        (False, "nt", {}, False),
    ],
)
def test_results_open_only_before_a_desktop(terminals, system, environment, there, monkeypatch):
    stream = SimpleNamespace(isatty=lambda: terminals)
    monkeypatch.setattr(desktop, "sys", SimpleNamespace(stdin=stream, stdout=stream))
    monkeypatch.setattr(desktop, "os", SimpleNamespace(name=system, environ=environment))
    assert desktop.on_desktop() is there


def test_a_frozen_program_runs_itself_and_not_a_python(typed, county, tmp_path, monkeypatch):
    called: list[list[str]] = []
    typed()
    monkeypatch.setattr(desk.subprocess, "call", lambda words, **_: called.append(words) or 0)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    desk.run("doctor", tmp_path, [str(county)])
    assert called == [[sys.executable, "doctor"]]


def test_a_frozen_program_is_its_own_shortcut(typed, county, tmp_path, monkeypatch):
    ran = typed()
    monkeypatch.setattr(sys, "argv", ["onestop", cli.TASK, "status", str(tmp_path), str(county)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert (ended.value.code, ran) == (0, [([], county)])


def test_a_folder_that_is_none_is_said_and_nothing_is_run(typed, tmp_path, capsys):
    ran = typed(str(tmp_path))
    assert desk.run("reconcile", tmp_path) == 2
    assert ran == []
    assert "不是县文件夹" in capsys.readouterr().out


def test_the_newest_result_is_offered_for_publishing(typed, county, tmp_path):
    fake_run(county, "2010Q3", [])
    newest = fake_run(county, "2010Q4", [])
    os.utime(newest / "run.json", (2e9, 2e9))
    ran = typed("", "2011-01-06", "")
    desk.run("publish", tmp_path, [str(county)])
    assert ran[0][0] == [
        "publish", "结果/2010Q4", "--out", "公示/2010Q4", "--from", "2011-01-06",
    ]  # fmt: skip


def test_both_seeds_go_into_a_draw(typed, county, tmp_path):
    fake_run(county, "2010Q4", [])
    ran = typed("", "8", "9", "")
    desk.run("audit", tmp_path, [str(county)])
    assert ran[0][0][4:] == ["--seed", "8", "--seed", "9", "--size", "60"]


def test_a_hospital_checks_its_list_without_a_county_folder(typed, tmp_path):
    ran = typed('"/报 表/云谷.xls"', "huangzhong-2009", "乡级")
    assert desk.run("precheck", tmp_path) == 0
    assert ran[0][0] == [
        "precheck", str(Path("/报 表/云谷.xls").absolute()), "--rules", "huangzhong-2009", "--level", "乡级",
        "--out", str(Path("/报 表/云谷自查清单.xlsx").absolute()),
    ]  # fmt: skip


def test_a_path_dragged_into_the_window_loses_its_quotes(typed, county, tmp_path):
    ran = typed('"C:\\报 表\\一.xls"')
    desk.run("inspect", tmp_path, [str(county)])
    assert ran[0][0] == ["inspect", "C:\\报 表\\一.xls"]


@pytest.mark.parametrize("task", desk.TASKS)
def test_every_shortcut_ends_quietly_when_the_clerk_gives_up(task, county, tmp_path, monkeypatch):
    def give_up(question: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", give_up)
    monkeypatch.setattr(desk.subprocess, "call", lambda *_, **__: 0)
    assert desk.main([task, str(tmp_path), str(county)]) in (0, 1)
