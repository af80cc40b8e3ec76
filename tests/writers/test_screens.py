"""What commands show: sentences are broken between characters, so that no number is parted from what it counts."""

from __future__ import annotations

import pytest

from onestop_cli.county.progress import InboxSummary, LastRun, Progress
from onestop_cli.tables.inspection import SheetInfo
from onestop_cli.tables.reading import SheetAccount
from onestop_cli.writers.screens import inspect, status

NAME = "金坪镇中心卫生院住院部（含康复病区和门诊统筹窗口）"


def test_a_line_of_inspect_is_as_full_as_it_can_be(capsys: pytest.CaptureFixture[str]) -> None:
    account = SheetAccount("a.csv", None, 3, 3, 0, {}, header=(3, 3), hospital=NAME)
    inspect.show([SheetInfo("text", "住院明细", account)])
    assert "  按住院明细读（文本文件），表头第 3 行，医疗机构“金坪镇" in capsys.readouterr().out


def test_a_line_to_be_copied_is_not_broken(capsys: pytest.CaptureFixture[str]) -> None:
    line = f'"{NAME}" = "{NAME}二部"'
    account = SheetAccount("a.csv", None, 3, 3, 0, {}, header=(3, 3))
    inspect.show([SheetInfo("text", "住院明细", account, doubts=(f"写法不同\n{line}",))])
    assert f"    {line}\n" in capsys.readouterr().out


def test_a_line_of_the_standing_goes_on_under_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    run = LastRun("结果/2010Q4", "2011-01-10 09:30", 50, 6, 0)
    status.show_standing(Progress("示例县", InboxSummary(), run=run))
    lines = capsys.readouterr().out.splitlines()
    place = next(n for n, line in enumerate(lines) if line.startswith("核对"))
    assert lines[place].endswith("拒付 6 笔；此后收件没有变")
    assert lines[place + 1].rstrip() == "          动"
