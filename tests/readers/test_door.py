"""The door: what lies in an inbox is read, named or refused, and no file takes more than its limits."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from onestop_cli import workers
from onestop_cli.county.settings import InboxSettings, ReadingLimits, Settings
from onestop_cli.readers.containers import limits
from onestop_cli.readers.containers.door import enter
from onestop_cli.readers.containers.folders import files_behind
from onestop_cli.readers.containers.inbox import open_files
from onestop_cli.readers.stays import read_stays
from onestop_cli.writers.toolkit.workbook import Book
from tests.made.reader_files import (
    HOSPITALS,
    QUARTER,
    csv_bytes,
    read,
    stay,
    table,
    written,
    xlsx_bytes,
    zip_bytes,
)


def inbox(folder: Path, settings: Settings | None = None) -> tuple[list[str], list[str], str]:
    """Files opened, what the problems say, and all notes."""
    found = open_files([folder], settings or Settings())
    said = [f"{problem.file}：{problem.what}" for problem in found.problems]
    return [file.file.path for file in found.opened], said, "\n".join(found.notes)


def test_scans_letters_and_locks_are_named_once_and_stop_nothing(tmp_path: Path) -> None:
    written(
        tmp_path,
        {
            "a.csv": csv_bytes(QUARTER),
            "扫描.pdf": b"%PDF-1.4",
            "章.jpg": b"\xff\xd8\xff\xe0",
            "~$a.xlsx": b"x",
            ".~lock.a.ods#": b"x",
            "Thumbs.db": b"x",
        },
    )
    opened, problems, notes = inbox(tmp_path)
    assert (opened, problems) == (["a.csv"], [])
    assert "扫描.pdf（PDF 文件）、章.jpg（图片）不是表格，没有读" in notes
    assert ".~lock.a.ods#、Thumbs.db、~$a.xlsx 是系统或临时文件，没有读" in notes


def test_a_scan_that_was_asked_for_is_a_problem(tmp_path: Path) -> None:
    reading = read(tmp_path, {"扫描.pdf": b"%PDF-1.4"})
    assert "不是表格，是PDF 文件" in reading.problems[0].what


def test_a_folder_of_scans_alone_is_a_problem(tmp_path: Path) -> None:
    written(tmp_path, {"扫描.pdf": b"%PDF-1.4"})
    _, problems, _ = inbox(tmp_path)
    assert "没有一份表格" in problems[0]


def test_what_the_county_ignores_is_passed_over_and_said(tmp_path: Path) -> None:
    written(
        tmp_path, {"a.csv": csv_bytes(QUARTER), "旧/b.csv": csv_bytes(QUARTER), "信.txt": b"dear"}
    )
    settings = Settings(inbox=InboxSettings(ignore=("旧/*", "*.txt")))
    opened, problems, notes = inbox(tmp_path, settings)
    assert (opened, problems) == (["a.csv"], [])
    assert "信.txt、旧按 [inbox] ignore 没有读" in notes


def test_our_own_papers_and_run_folders_are_passed_over_and_said(tmp_path: Path) -> None:
    written(tmp_path, {"a.csv": csv_bytes(QUARTER), "结算/run.json": b"{}", "结算/data/x": b""})
    with Book(tmp_path / "差错清单.xlsx", title="差错清单"):
        pass
    opened, problems, notes = inbox(tmp_path)
    assert (opened, problems) == (["a.csv"], [])
    assert "结算、差错清单.xlsx 是 onestop 写出的结果，没有读" in notes


def test_a_form_of_ours_that_somebody_filled_in_is_read(tmp_path: Path) -> None:
    with Book(tmp_path / "上报表.xlsx", title="上报表", result=False):
        pass
    assert inbox(tmp_path)[0] == ["上报表.xlsx"]


def test_notes_reach_the_reading(tmp_path: Path) -> None:
    written(tmp_path, {"云谷卫生院.csv": csv_bytes(QUARTER), "扫描.pdf": b"%PDF-1.4"})
    reading = read_stays([tmp_path], Settings(), HOSPITALS)
    assert reading.warnings[0].startswith("扫描.pdf")


def test_a_shortcut_of_windows_is_no_file(tmp_path: Path) -> None:
    written(tmp_path, {"a.lnk": b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(80)})
    assert "快捷方式" in inbox(tmp_path)[1][0]


def test_linked_folders_are_followed_once(tmp_path: Path) -> None:
    written(tmp_path / "别处", {"a.csv": csv_bytes(QUARTER)})
    home = tmp_path / "收件箱"
    home.mkdir()
    (home / "十月").symlink_to(tmp_path / "别处")
    (tmp_path / "别处" / "圈").symlink_to(tmp_path / "别处")
    assert inbox(home)[:2] == (["十月/a.csv"], [])


def test_a_dangling_link_is_a_problem(tmp_path: Path) -> None:
    written(tmp_path, {"a.csv": csv_bytes(QUARTER)})
    (tmp_path / "b.csv").symlink_to(tmp_path / "没有.csv")
    assert inbox(tmp_path)[1] == ["b.csv：链接指向的文件不在了，或没有权限"]


@pytest.mark.parametrize("named_itself", [False, True])
def test_a_pipe_is_a_problem_and_nobody_waits_for_it(tmp_path: Path, named_itself: bool) -> None:
    pipe = tmp_path / "收件箱" / "a.csv"
    pipe.parent.mkdir()
    os.mkfifo(pipe)
    lying = files_behind([pipe if named_itself else pipe.parent])
    assert ["不是普通文件" in problem.what for problem in lying.problems] == [True]


def test_a_folder_that_may_not_be_opened_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, {"a.csv": csv_bytes(QUARTER), "锁/b.csv": csv_bytes(QUARTER)})
    plain = Path.iterdir

    def refused(self: Path):
        if self.name == "锁":
            raise PermissionError(13, "no")
        return plain(self)

    monkeypatch.setattr(Path, "iterdir", refused)
    problems = files_behind([tmp_path]).problems
    assert [(p.file, p.what) for p in problems] == [("锁", "文件夹打不开（没有权限）")]


def test_two_members_of_one_name_are_both_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("明细.csv", csv_bytes(table(stay(1))))
        archive.writestr("明细.csv", csv_bytes(table(stay(2))))
    reading = read_stays([path], Settings(), HOSPITALS)
    assert reading.rows.select("source", "stay_no").rows() == [
        ("a.zip/明细.csv", "ZY001"),
        ("a.zip/明细.csv（同名第 2 个）", "ZY002"),
    ]


def test_a_workbook_with_two_parts_of_one_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(xlsx_bytes(QUARTER))
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/workbook.xml", b"<workbook/>")
    assert "两份同名的内容" in read_stays([path], Settings(), HOSPITALS).problems[0].what


def test_archives_inside_archives_are_counted_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = zip_bytes({"a.csv": csv_bytes(QUARTER)})
    written(tmp_path, {"a.zip": zip_bytes({f"{n}.zip": inner for n in range(9)})})
    monkeypatch.setattr(limits, "LARGEST_UNPACKED", 9 * len(inner) + 3 * len(csv_bytes(QUARTER)))
    found = enter("a.zip", str(tmp_path / "a.zip"), (), limits.MOST_CELLS)
    assert [file.trouble is None for file in found] == [True] * 3 + [False] * 6
    assert found[-1].trouble and "异常庞大" in found[-1].trouble.what


def test_files_of_a_run_have_so_many_cells_together(tmp_path: Path) -> None:
    written(tmp_path, {"a.csv": csv_bytes(QUARTER), "b.csv": csv_bytes(QUARTER)})
    cells = len(QUARTER) * len(QUARTER[0])
    enough = Settings(limits=ReadingLimits(cells=2 * cells))
    assert inbox(tmp_path, enough)[0] == ["a.csv", "b.csv"]
    opened, problems, _ = inbox(tmp_path, Settings(limits=ReadingLimits(cells=2 * cells - 1)))
    assert opened == ["a.csv"]
    assert "b.csv：到这份文件为止，本次的单元格已超过 139 个" in problems[0]


def test_one_file_of_too_many_cells_is_refused_with_the_setting_to_raise(tmp_path: Path) -> None:
    settings = Settings(limits=ReadingLimits(cells=10))
    reading = read(tmp_path, {"a.csv": csv_bytes(QUARTER)}, settings)
    assert "范围异常" in reading.problems[0].what
    assert "[limits]" in reading.problems[0].remedy


@pytest.mark.parametrize(
    ("why", "words"), [("seconds", "30 秒"), ("memory", "1024 MB"), ("died", "中断")]
)
def test_a_worker_that_is_stopped_names_the_file_and_the_others_are_read(
    why: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, {"a.csv": csv_bytes(QUARTER), "b.csv": csv_bytes(QUARTER)})
    real = workers.call_all

    def stopped(function: str, calls, limits):
        return [workers.Stopped(why), *real(function, calls[1:], limits)]

    monkeypatch.setattr(workers, "call_all", stopped)
    opened, problems, _ = inbox(tmp_path)
    assert opened == ["b.csv"]
    assert problems[0].startswith("a.csv")
    assert words in problems[0]


def test_an_endless_number_of_strings_ends_in_words(tmp_path: Path) -> None:
    whole = xlsx_bytes(QUARTER)
    path = tmp_path / "a.xlsx"
    path.write_bytes(whole)
    bomb = b'<sst uniqueCount="99999999999" count="1"><si><t>a</t></si></sst>'
    with zipfile.ZipFile(path) as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    path.write_bytes(zip_bytes(kept | {"xl/sharedStrings.xml": bomb}))
    reading = read_stays([path], Settings(), HOSPITALS)
    assert [problem.file for problem in reading.problems] == ["a.xlsx"]
