"""Names and files as Windows wants them: no reserved or over-long name, no link, and a file that Excel holds open."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from bundle.install import Refused, check_files, make_environment, sha256

from onestop_cli.batch.doctor import LONGEST_HOME
from onestop_cli.errors import CannotRun
from onestop_cli.writers.toolkit.folder import LONGEST_NAME, safe_name, staged, staged_file

RESERVED = {"CON", "PRN", "AUX", "NUL"} | {f"{p}{n}" for p in ("COM", "LPT") for n in range(1, 10)}
FORBIDDEN = set('<>:"/\\|?*') | {chr(code) for code in range(32)}


def good(name: str) -> bool:
    """Whether Windows takes `name` for a file."""
    return (
        not FORBIDDEN & set(name)
        and name.split(".")[0].upper() not in RESERVED
        and not name.endswith((" ", "."))
        and 0 < len(name) <= 255
    )


def tracked() -> list[str]:
    """Every file of the checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], capture_output=True, text=True, check=True
    ).stdout
    return [name for name in listed.split("\0") if name]


def test_every_file_of_the_checkout_has_a_name_windows_takes():
    assert [name for name in tracked() if not all(good(part) for part in name.split("/"))] == []


def test_no_two_files_differ_only_in_case():
    names = tracked()
    assert len({name.casefold() for name in names}) == len(names)


def test_no_file_of_the_checkout_is_a_link():
    """A USB stick (FAT) and Windows without developer mode have no symlinks."""
    assert [name for name in tracked() if Path(name).is_symlink()] == []


@pytest.mark.parametrize(
    "said",
    ["CON", "con.xlsx", "县医院/内科", 'a:b*c?"<>|', "末尾. ", "..", "长" * 300, "a\tb\n", "LPT1"],
)
def test_a_hospital_s_name_becomes_one_that_windows_takes(said):
    name = safe_name(said)
    assert good(name)
    assert len(name) <= LONGEST_NAME


def test_the_deepest_paper_fits_below_the_longest_county_folder():
    """259 characters: folder, 公示/期 while it is staged, 张贴/村级/乡镇/村.html with the longest names there are."""
    longest = "长" * LONGEST_NAME
    deepest = f"公示/.2010Q4-10.12345678.tmp/张贴/村级/{longest}/{longest}.html"
    assert LONGEST_HOME + 1 + len(deepest) <= 259


def refuse(*args: object, **kwargs: object) -> None:
    """What Windows answers when a program such as Excel holds the file."""
    raise PermissionError(13, "另一个程序正在使用此文件", "x")


def test_a_result_that_excel_holds_open_gets_a_clear_message_and_is_not_lost(tmp_path, monkeypatch):
    """`os.rename` over a held folder is refused by Windows; the old result stays, the new one leaves no trace."""
    (tmp_path / "旧").mkdir()
    (tmp_path / "旧" / "账.xlsx").write_text("旧账")
    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(CannotRun) as caught, staged(tmp_path / "新") as stage:
        (stage / "账.xlsx").write_text("新账")
    assert "Excel" in caught.value.problems[0].remedy
    assert [path.name for path in tmp_path.iterdir()] == ["旧"]
    assert (tmp_path / "旧" / "账.xlsx").read_text() == "旧账"


def test_a_single_file_that_cannot_be_put_in_place_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(CannotRun), staged_file(tmp_path / "名单.xlsx") as stage:
        stage.write_text("一")
    assert list(tmp_path.iterdir()) == []


def test_an_output_that_is_there_is_never_written_over(tmp_path):
    out = tmp_path / "名单.xlsx"
    out.write_text("旧")
    with pytest.raises(CannotRun, match="不会覆盖"), staged_file(out):
        pass
    assert out.read_text() == "旧"


def test_blanks_brackets_and_chinese_in_a_path_are_fine(tmp_path):
    home = tmp_path / "合管办 电脑 (1) & 共享"
    with staged(home / "结果 一" / "2010Q4") as stage:
        (stage / "a.txt").write_text("好")
    assert (home / "结果 一" / "2010Q4" / "a.txt").read_text() == "好"


def test_a_damaged_or_missing_file_of_a_bundle_is_named(tmp_path):
    (tmp_path / "好.txt").write_text("好")
    (tmp_path / "坏.txt").write_text("坏了")
    known = sha256(tmp_path / "好.txt")
    files = [{"path": name, "sha256": known or ""} for name in ("好.txt", "坏.txt", "没有.txt")]
    with pytest.raises(Refused) as caught:
        check_files(tmp_path, files)
    assert "坏.txt" in str(caught.value)
    assert "没有.txt" in str(caught.value)
    assert "好.txt" not in str(caught.value).replace("坏.txt", "")


def test_an_environment_that_cannot_be_made_is_refused(tmp_path):
    """A file stands where the folder should be."""
    (tmp_path / "x").write_text("")
    with pytest.raises(Refused, match="建不了运行环境"):
        make_environment(tmp_path / "x" / ".venv")
