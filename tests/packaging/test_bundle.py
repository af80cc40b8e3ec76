"""The offline bundle: the right wheels for each computer, hashes, licences, scripts that Windows can read."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from bundle import build, install
from bundle.licences import entries, licences, sizes
from bundle.sbom import sbom
from bundle.targets import PYTHONS, Target, targets
from bundle.wheels import Wheel, build_wheel, lock, needed, pinned, wheels_in

from onestop_cli.commands import guided as desk

DAY = datetime(2026, 11, 22, tzinfo=UTC)
WINDOWS = Target("Windows x86-64", "Windows", "AMD64", "3.12")
LINUX = Target("Linux x86-64", "Linux", "x86_64", "3.12")
ARM = Target("Linux aarch64", "Linux", "aarch64", "3.12")


def make_wheel(
    folder: Path, name: str, *needs: str, tag: str = "py3-none-any", extra: str = ""
) -> Wheel:
    """A wheel with metadata, a licence and one module."""
    path = folder / f"{name.replace('-', '_')}-1.0-{tag}.whl"
    info = f"{name.replace('-', '_')}-1.0.dist-info"
    lines = ["Metadata-Version: 2.4", f"Name: {name}", "Version: 1.0", "Summary: 试", extra]
    lines += [f"Requires-Dist: {need}" for need in needs]
    with ZipFile(path, "w") as archive:
        archive.writestr(f"{info}/METADATA", "\n".join(line for line in lines if line) + "\n\n")
        archive.writestr(f"{info}/licenses/LICENSE.txt", "MIT")
        archive.writestr(f"{info}/RECORD", "")
    return Wheel(path)


@pytest.fixture
def wheels(tmp_path: Path) -> list[Wheel]:
    """onestop with an extra, a Windows-only need and a need with wheels per system."""
    make_wheel(
        tmp_path, "onestop-cli", "fast", 'pretty; extra == "pdf"', 'never; extra == "dev"',
        extra="Provides-Extra: pdf",
    )  # fmt: skip
    make_wheel(
        tmp_path, "fast", 'colours; platform_system == "Windows"', tag="cp312-cp312-win_amd64"
    )
    make_wheel(
        tmp_path, "fast", 'colours; platform_system == "Windows"',
        tag="cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64",
    )  # fmt: skip
    make_wheel(tmp_path, "colours")
    make_wheel(tmp_path, "pretty", 'old; python_version < "3.12"')
    return wheels_in(tmp_path)


def test_a_windows_only_need_is_asked_for_on_windows_only(wheels):
    """pip itself answers markers for the computer it runs on, so this is worked out here."""
    assert needed(WINDOWS, wheels) == {"onestop-cli", "fast", "pretty", "colours"}
    assert needed(LINUX, wheels) == {"onestop-cli", "fast", "pretty"}


def test_a_need_of_an_older_python_is_asked_for_there(wheels):
    old = Target("Windows x86-64", "Windows", "AMD64", "3.11")
    assert "old" in needed(old, wheels)


def test_a_wheel_fits_its_own_system_only(wheels):
    windows, linux = (wheel for wheel in wheels if wheel.name == "fast")
    if "win" not in windows.path.name:
        windows, linux = linux, windows
    assert [windows.fits(t) for t in (WINDOWS, LINUX, ARM)] == [True, False, False]
    assert [linux.fits(t) for t in (WINDOWS, LINUX, ARM)] == [False, True, False]


def test_abi3_wheels_fit_every_later_python():
    wheel = Wheel(Path("polars_runtime_32-2.1.0-cp311-abi3-win_amd64.whl"))
    fits = [wheel.fits(target) for target in targets() if target.system == "Windows"]
    assert fits == [True] * len(PYTHONS)


@pytest.mark.parametrize("tag", ["win32", "win_arm64", "macosx_11_0_arm64", "musllinux_1_2_x86_64"])
def test_no_target_takes_a_wheel_of_another_system(tag):
    wheel = Wheel(Path(f"fast-1.0-cp312-cp312-{tag}.whl"))
    assert not any(wheel.fits(target) for target in targets())


def test_the_lock_has_every_hash_and_says_what_is_for_windows(wheels):
    text = lock(wheels, [WINDOWS, LINUX])
    assert 'colours==1.0 ; platform_system == "Windows" \\\n' in text
    assert "onestop-cli[crypt,pdf]==1.0 \\\n" in text
    assert text.count("--hash=sha256:") == len(wheels)
    assert all(wheel.sha256 in text for wheel in wheels)


def test_the_pinned_versions_are_all_of_the_constraints():
    assert pinned(Path("constraints.txt"))["polars-runtime-32"]


def test_every_licence_text_is_kept_and_a_wheel_without_one_is_refused(tmp_path, wheels):
    assert dict(licences(wheels[0])) == {"LICENSE.txt": b"MIT"}
    bare = tmp_path / "bare-1.0-py3-none-any.whl"
    with ZipFile(bare, "w") as archive:
        archive.writestr("bare-1.0.dist-info/METADATA", "Name: bare\n")
    with pytest.raises(LookupError, match="no licence"):
        list(licences(Wheel(bare)))


def test_a_licence_that_a_wheel_only_names_is_put_beside_it_with_its_author(tmp_path):
    said = "Author: Lin Mou\nClassifier: License :: OSI Approved :: MIT License"
    path = tmp_path / "named-1.0-py3-none-any.whl"
    with ZipFile(path, "w") as archive:
        archive.writestr("named-1.0.dist-info/METADATA", f"Name: named\n{said}\n")
    ((name, text),) = licences(Wheel(path))
    assert name == "LICENSE.txt"
    assert b"MIT" in text
    assert b"Copyright (c) Lin Mou\n" in text
    assert text.count(b"Copyright") == 1


def test_the_bill_of_materials_names_every_wheel_with_hash_and_licence(wheels):
    ours, *others = sorted(wheels, key=lambda wheel: wheel.name != "onestop-cli")
    bill = sbom(ours, others, DAY)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert bill["metadata"]["component"]["name"] == "onestop-cli"
    listed = {part["hashes"][0]["content"] for part in bill["components"]}
    assert listed == {wheel.sha256 for wheel in others}
    assert all(part["purl"].startswith("pkg:pypi/") for part in bill["components"])
    references = [part["bom-ref"] for part in bill["components"]]
    assert len(set(references)) == len(references)
    assert sbom(ours, others, DAY) == bill


def test_a_licence_expression_is_said_as_one(tmp_path):
    wheel = make_wheel(tmp_path, "x", extra="License-Expression: MIT OR Apache-2.0")
    part = sbom(wheel, [wheel], DAY)["components"][0]
    assert part["licenses"] == [{"expression": "MIT OR Apache-2.0"}]


def test_sizes_are_said_per_kind_of_computer(wheels):
    said = dict(sizes(wheels))
    assert said["全部组件"] == sum(wheel.path.stat().st_size for wheel in wheels)
    assert said["Windows x86-64"] < said["全部组件"]


def test_the_zip_is_the_same_each_time_and_keeps_chinese_names_and_scripts(tmp_path):
    home = tmp_path / "home"
    (home / "任务").mkdir(parents=True)
    (home / "任务" / "公示.bat").write_text("x")
    script = home / "install.sh"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    for name in ("a.zip", "b.zip"):
        build.pack(home, tmp_path / name, "onestop-1", DAY)
        os.utime(script, (0, 10**9))
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with ZipFile(tmp_path / "a.zip") as archive:
        modes = {info.filename: info.external_attr >> 16 & 0o777 for info in archive.infolist()}
    assert modes == {"onestop-1/任务/公示.bat": 0o644, "onestop-1/install.sh": 0o755}


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Installers and shortcuts as they stand in a bundle."""
    home = tmp_path_factory.mktemp("bundle")
    build.write_scripts(home)
    return home


def test_batch_files_are_ascii_with_crlf_so_that_no_code_page_matters(scripts):
    batches = list(scripts.rglob("*.bat"))
    assert len(batches) == len(desk.TASKS) + 2
    for path in batches:
        text = path.read_bytes()
        assert text.isascii(), path
        assert text.count(b"\n") == text.count(b"\r\n"), path
        assert not re.search(rb"@[A-Z]+@", text), path


def test_batch_files_quote_every_path_and_open_no_block_around_one(scripts):
    """`%~dp0` may hold blanks, brackets and ampersands."""
    for path in scripts.rglob("*.bat"):
        for line in path.read_text("ascii").splitlines():
            assert "%~dp0" not in re.sub(r'"[^"]*"', "", line), path
        assert not re.search(r"\(\s*$", path.read_text("ascii"), re.MULTILINE), path


def test_texts_shown_by_batch_files_are_in_the_code_page_they_set(scripts):
    text = (scripts / "app" / "no-python.txt").read_bytes().decode("gbk")
    assert f"{PYTHONS[0]} 至 {PYTHONS[-1]}" in text
    assert "chcp 936" in (scripts / "安装.bat").read_text("ascii")


def test_shell_scripts_are_valid_and_executable(scripts):
    shells = [*scripts.rglob("*.sh"), scripts / "app" / "bin" / "onestop"]
    assert len(shells) == len(desk.TASKS) + 2
    for path in shells:
        assert os.access(path, os.X_OK)
        assert subprocess.run(["sh", "-n", path]).returncode == 0


def test_the_shell_installer_says_what_is_missing_when_there_is_no_python(scripts, tmp_path):
    (tmp_path / "cat").symlink_to("/bin/cat")
    (tmp_path / "dirname").symlink_to("/usr/bin/dirname")
    done = subprocess.run(
        ["/bin/sh", scripts / "install.sh"], env={"PATH": str(tmp_path)}, capture_output=True
    )
    assert done.returncode == 1
    assert "没有找到 Python" in done.stdout.decode()


def test_every_task_has_a_shortcut_for_both_systems(scripts):
    for title in desk.TASKS.values():
        assert len(list((scripts / "任务").glob(f"* {title}.bat"))) == 1
        assert len(list((scripts / "任务" / "linux").glob(f"* {title}.sh"))) == 1


def test_another_python_and_another_computer_are_refused_with_the_reason():
    with pytest.raises(install.Refused, match=r"需要 2\.0 至 2\.1"):
        install.check_computer(["2.0", "2.1"], ["win-amd64"])
    here = ".".join(str(part) for part in sys.version_info[:2])
    with pytest.raises(install.Refused, match="请另装 64 位"):
        install.check_computer([here], ["win32"])


def test_pip_refuses_a_wheel_whose_bytes_are_not_the_locked_ones(tmp_path, capsys):
    """The second of two checks: even with a manifest that agrees, a changed wheel is not installed."""
    (tmp_path / "wheels").mkdir()
    wheel = make_wheel(tmp_path / "wheels", "tiny")
    wrong = hashlib.sha256(b"other").hexdigest()
    (tmp_path / "requirements.txt").write_text(f"tiny==1.0 --hash=sha256:{wrong}\n")
    with pytest.raises(install.Refused, match="组件安装失败"):
        install.install_wheels(Path(sys.executable), tmp_path)
    assert wheel.sha256 in capsys.readouterr().out


def test_the_user_s_own_pip_settings_do_not_reach_the_installer(monkeypatch, capsys):
    monkeypatch.setenv("PIP_INDEX_URL", "nowhere")
    script = "import os, sys; sys.exit('PIP_INDEX_URL' in os.environ)"
    install.run([sys.executable, "-c", script], "环境不干净")
    assert capsys.readouterr().out == ""


def test_our_wheel_is_the_same_each_time_and_carries_rules_and_templates(tmp_path):
    hashes = set()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        wheel = build_wheel(Path.cwd(), tmp_path / name, int(DAY.timestamp()))
        hashes.add(wheel.sha256)
    assert len(hashes) == 1
    with ZipFile(wheel.path) as archive:
        names = archive.namelist()
    assert any(name.endswith("rules/huangzhong/huangzhong-2009.toml") for name in names)
    assert any(name.endswith("templates/notices/board.typ") for name in names)
    assert not any("bundle" in name for name in names)
    assert not [name for name in names if "__pycache__" in name or name.startswith("tests/")]


def test_the_day_of_the_release_comes_from_the_changelog(tmp_path):
    assert build.released(Path.cwd()).year >= 2026
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n")
    with pytest.raises(LookupError, match="no dated heading"):
        build.released(tmp_path)


def test_the_list_of_contents_has_path_size_and_hash(tmp_path, wheels):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "a.txt").write_text("a")
    (entry,) = entries(tmp_path / "x")
    assert entry["path"] == "a.txt"
    digest = hashlib.sha256(b"a").hexdigest()
    assert f"1  {digest}  a.txt" in build.contents([entry], sizes(wheels))
