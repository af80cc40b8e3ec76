"""The Windows zip and its check: shortcuts, libraries, licences, and a table that says when something is wrong."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from bundle.wheels import Wheel
from openpyxl import Workbook, load_workbook
from windows import assemble, build, chain, check, desk, freeze, pictures, wine

from onestop_cli.batch.init import Answers, start_county
from onestop_cli.commands.guided import TASKS
from onestop_cli.workers.pool import FROZEN
from tests.packaging.test_bundle import make_wheel

DAY = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(scope="module")
def zip_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shortcuts and texts as they stand in the zip."""
    folder = tmp_path_factory.mktemp("zip")
    build.write_shortcuts(folder)
    return folder


def test_every_task_has_a_shortcut_that_starts_the_program_and_stays_open(zip_folder):
    for task, title in TASKS.items():
        (path,) = (zip_folder / "任务").glob(f"* {title}.bat")
        text = path.read_bytes()
        assert text.isascii()
        assert text.count(b"\n") == text.count(b"\r\n")
        lines = text.decode("ascii").splitlines()
        assert f'"%~dp0..\\app\\onestop\\onestop.exe" --task {task} "%~dp0.." %*' in lines
        assert "pause" in lines


def test_paths_in_shortcuts_are_quoted(zip_folder):
    for path in zip_folder.rglob("*.bat"):
        for line in path.read_text("ascii").splitlines():
            assert "%~dp0" not in re.sub(r'"[^"]*"', "", line), path


def test_what_to_read_first_is_filled_in_and_says_how_to_go(zip_folder):
    text = (zip_folder / "先看这里.txt").read_bytes().decode("utf-8-sig")
    assert not re.search(r"@[A-Z]+@", text)
    for word in ("不用安装", "升级", "卸载", "体检", "不需要管理员权限"):
        assert word in text
    for title in re.findall(r"“\d\d ([^”]+)”", text):
        assert title in TASKS.values()


def test_the_bill_names_the_interpreter_and_what_is_inside_its_build(tmp_path):
    make_wheel(tmp_path, "onestop-cli", extra="License-Expression: MIT")
    make_wheel(tmp_path, "fast")
    wheels = [Wheel(path) for path in sorted(tmp_path.glob("*.whl"))]
    bill = build.bill(wheels, DAY)
    names = [part["name"] for part in bill["components"]]
    assert {"fast", "cpython", "msvc-runtime", "openssl", "sqlite"} <= set(names)
    assert len(names) == len(set(names))
    assert json.dumps(bill)


def test_a_library_that_a_new_windows_lacks_is_named(tmp_path, monkeypatch):
    for name in ("a.pyd", "B.dll", "text.txt"):
        (tmp_path / name).touch()
    asked = {
        "a.pyd": ["b.DLL", "KERNEL32.dll", "VCRUNTIME140_1.dll"],
        "B.dll": ["api-ms-win-x.dll"],
    }
    monkeypatch.setattr(freeze, "imported", lambda path: asked[path.name])
    assert list(freeze.missing_libraries(tmp_path)) == ["VCRUNTIME140_1.dll (a.pyd)"]


def test_wheels_are_laid_as_pip_lays_them(tmp_path):
    with ZipFile(tmp_path / "x-1.0-py3-none-any.whl", "w") as archive:
        archive.writestr("x/__init__.py", "1")
        archive.writestr("x-1.0.data/purelib/y.py", "2")
        archive.writestr("x-1.0.data/scripts/x.exe", "3")
    assemble.unpack(Wheel(tmp_path / "x-1.0-py3-none-any.whl"), tmp_path / "site")
    laid = [
        path.relative_to(tmp_path / "site").as_posix() for path in (tmp_path / "site").rglob("*.*")
    ]
    assert sorted(laid) == ["x/__init__.py", "y.py"]


def test_programs_under_wine_get_a_code_page_and_nothing_of_python_s_settings(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "here")
    monkeypatch.setenv("LC_CTYPE", "C")
    settings = wine.Wine(Path("home"), "UTF-8").settings
    assert (settings["LC_ALL"], settings["WINEPREFIX"]) == ("hi_IN.UTF-8", str(Path("home/prefix")))
    assert "PYTHONPATH" not in settings
    assert "LC_CTYPE" not in settings


REPORT = """<testsuites><testsuite>
<testcase classname="tests.core.test_a" name="test_one"/>
<testcase classname="tests.core.test_a" name="test_two"><failure message="x"/></testcase>
<testcase classname="tests.core.test_a" name="test_three"><error message="x"/></testcase>
<testcase classname="tests.core.test_a" name="test_four"><skipped message="x"/></testcase>
</testsuite></testsuites>"""


def test_the_suite_s_outcome_names_what_failed_and_what_was_skipped(tmp_path):
    (tmp_path / "report.xml").write_text(REPORT)
    found = check.counted(tmp_path / "report.xml", 7.4)
    assert found.said.splitlines() == [
        "suite: 1 passed, 2 failed, 1 skipped, 7 min",
        "    tests/core/test_a.py::test_two",
        "    tests/core/test_a.py::test_three",
        "    tests/core/test_a.py::test_four (skipped)",
    ]
    assert not check.good(found.said)


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        ({"a.parquet": b"1"}, "tables: 1 .parquet files, the same bytes as Linux"),
        ({"a.parquet": b"2"}, "tables: DIFFERENT a.parquet"),
        ({"a.parquet": b"1", "b.parquet": b""}, "tables: DIFFERENT b.parquet"),
        ({}, "tables: DIFFERENT a.parquet"),
    ],
)
def test_tables_are_compared_to_the_byte(theirs, said):
    line = check.compared({"a.parquet": b"1"}, theirs)
    assert line == said
    assert check.good(line) is ("same bytes" in said)


def test_no_tables_at_all_are_no_agreement():
    assert not check.good(check.compared({}, {}))


def test_a_command_that_fails_ends_the_quarter_and_is_shown(tmp_path):
    lines = list(check.quarter(lambda words, where: (2, "没有运行"), tmp_path))
    assert lines[0].startswith("EXIT 2")
    assert lines[1:] == ["没有运行"]
    assert not check.good(lines[0])


def test_a_quarter_by_hand_clicks_every_shortcut_that_ends(tmp_path):
    """The command window only ends when its user types exit."""
    clicked = {task for task, _, _ in desk._clicks(tmp_path)}
    assert clicked == set(TASKS) - {"window"}


def test_a_shortcut_that_fails_ends_the_quarter_by_hand(tmp_path, monkeypatch):
    monkeypatch.setattr(desk, "click", lambda *_: (2, "没有运行"))
    lines = list(desk.quarter_by_hand(wine.Wine(tmp_path), tmp_path, tmp_path, tmp_path))
    assert (lines[0].split()[:2], lines[1:]) == (["EXIT", "2"], ["没有运行"])


def test_papers_that_are_missing_at_the_end_are_no_success(tmp_path, monkeypatch):
    monkeypatch.setattr(desk, "click", lambda *_: (0, ""))
    monkeypatch.setattr(desk, "_before", lambda *_: None)
    *_, last = desk.quarter_by_hand(wine.Wine(tmp_path), tmp_path, tmp_path, tmp_path)
    assert not check.good(last)


def test_every_picture_of_the_shortcuts_stands_in_the_manual():
    manual = Path("docs/手册.md").read_text("utf-8")
    for name in (pictures.SHORTCUTS, *pictures.SHOWN):
        assert f"](pictures/{name}.png)" in manual


def test_what_is_filled_in_before_the_pictures_stands_blank_in_the_settings(tmp_path):
    start_county(tmp_path / "县", Answers("", "", []))
    settings = (tmp_path / "县" / "onestop.toml").read_text("utf-8")
    for blank in pictures._FILLED:
        assert settings.count(blank) == 1


def test_a_text_that_never_comes_ends_the_taking_of_pictures(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "_DRAWN", 0)
    (tmp_path / "said").write_text("没有运行", "utf-8")
    with pytest.raises(SystemExit, match="没有运行"):
        pictures._wait_for("请按任意键继续", tmp_path / "said")


def test_the_program_knows_the_word_that_makes_it_a_worker():
    """Before anything else is imported, so it is written there once more."""
    launch = Path(freeze.__file__).parent / "files" / "launch.py"
    assert f'["{FROZEN}"]' in launch.read_text("utf-8")


def test_decisions_release_one_stay_with_two_names(tmp_path):
    book = Workbook()
    book.active.append(["差错清单"])
    book.active.append(["代码", "处理决定", "理由", "依据", "经办人", "复核人", "日期"])
    book.active.append(["RO01"])
    book.active.append([chain._RELEASED])
    book.save(tmp_path / "差错清单.xlsx")
    chain.decide(tmp_path / "差错清单.xlsx", tmp_path / "处理意见.xlsx")
    rows = list(load_workbook(tmp_path / "处理意见.xlsx").active.iter_rows(values_only=True))
    assert rows[2][1] is None
    assert rows[3][1] == "放行"
    assert rows[3][4] != rows[3][5]


def test_every_test_that_is_left_out_on_windows_is_there():
    """A name that is no test any more would leave out nothing and say that it did."""
    for names in check.NOT_HERE.values():
        for name in names:
            file, *inside = name.split("::")
            text = Path(file).read_text("utf-8")
            words = [f"class {group}:" for group in inside[:-1]]
            words += [f"def {test.partition('[')[0]}(" for test in inside[-1:]]
            assert all(word in text for word in words), name
