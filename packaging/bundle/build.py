"""`make bundle`: one zip for a USB stick, the same bytes from the same checkout and wheels.

    python -m bundle.build [OUT_FOLDER]

Run in a checkout. Writes `OUT_FOLDER/onestop-<version>.zip` and the wheel of onestop beside it.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from bundle import booklet, install
from bundle.licences import entries, licences, sizes
from bundle.sbom import sbom
from bundle.targets import PYTHONS, targets
from bundle.wheels import Wheel, build_wheel, gather, lock, pinned, wheels_in
from onestop_cli import __version__
from onestop_cli.commands.guided import TASKS

_FILES = Path(__file__).parent / "files"
_PREFERRED = ("3.13", "3.12", "3.11", "3.14")
_PLATFORMS = ("win-amd64", "linux-x86_64", "linux-aarch64")
_WORDS = {"VERSION": __version__, "FIRST": PYTHONS[0], "LAST": PYTHONS[-1]}


def build(checkout: Path, out: Path) -> Path:
    """Write the bundle of `checkout` into `out`; returns the zip."""
    day = released(checkout)
    out.mkdir(parents=True, exist_ok=True)
    store = out / "wheels"
    store.mkdir(exist_ok=True)
    pins = pinned(checkout / "constraints.txt")
    for wheel in wheels_in(store):
        if pins.get(wheel.name) != wheel.version:
            wheel.path.unlink()
    ours = build_wheel(checkout, store, int(day.timestamp()))
    gather(store, targets(), pins)
    with TemporaryDirectory() as temporary:
        home = Path(temporary)
        _fill(home, checkout, wheels_in(store), day)
        target = out / f"onestop-{__version__}.zip"
        pack(home, target, f"onestop-{__version__}", day)
    shutil.copyfile(ours.path, out / ours.path.name)
    return target


def released(checkout: Path) -> datetime:
    """The day this version was released, as CHANGELOG.md says; raises `LookupError` when it does not."""
    text = (checkout / "CHANGELOG.md").read_text("utf-8")
    heading = re.search(rf"^## {re.escape(__version__)} .*?(\d{{4}}-\d\d-\d\d)", text, re.MULTILINE)
    if heading is None:
        raise LookupError(f"CHANGELOG.md has no dated heading for {__version__}")
    return datetime.fromisoformat(heading[1]).replace(tzinfo=UTC)


def pack(home: Path, target: Path, root: str, day: datetime) -> None:
    """Zip `home` as one folder `root`: sorted, dated `day`, names in UTF-8, scripts executable."""
    with ZipFile(target, "w") as archive:
        for path in sorted(path for path in home.rglob("*") if path.is_file()):
            name = f"{root}/{path.relative_to(home).as_posix()}"
            info = ZipInfo(name, day.timetuple()[:6])
            runs = path.stat().st_mode & 0o100
            info.external_attr = (0o100755 if runs else 0o100644) << 16
            info.compress_type = ZIP_STORED if path.suffix == ".whl" else ZIP_DEFLATED
            archive.writestr(info, path.read_bytes())


def _fill(home: Path, checkout: Path, wheels: list[Wheel], day: datetime) -> None:
    """Everything a clerk gets, laid out in `home`."""
    app = home / "app"
    (app / "wheels").mkdir(parents=True)
    for wheel in wheels:
        shutil.copyfile(wheel.path, app / "wheels" / wheel.path.name)
        for name, text in licences(wheel):
            kept = app / "licences" / wheel.name / name
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(text)
    (app / "requirements.txt").write_text(lock(wheels, list(targets())), "utf-8", newline="\n")
    ours = next(wheel for wheel in wheels if wheel.name == "onestop-cli")
    bill = sbom(ours, [wheel for wheel in wheels if wheel is not ours], day)
    write_json(app / "sbom.cdx.json", bill)
    shutil.copyfile(Path(install.__file__), app / "install.py")
    write_scripts(home)
    write_reading(home, checkout, day)
    listed = entries(home)
    write_json(
        app / "manifest.json",
        {"version": __version__, "pythons": PYTHONS, "platforms": _PLATFORMS, "files": listed},
    )
    windows_text(home / "清单.txt", contents(listed, sizes(wheels)), "utf-8-sig")


def write_reading(home: Path, checkout: Path, day: datetime) -> None:
    """The sample counties and everything to read."""
    ignored = shutil.ignore_patterns("truth.json", "__pycache__")
    for sample, name in (("county", "示例县"), ("county-2024", "示例县2024")):
        shutil.copytree(checkout / "samples" / sample, home / name, ignore=ignored)
    booklet.write(checkout / "docs" / "手册.md", home, day)
    booklet.write_page(checkout / "docs" / "rules.zh.md", home / "政策文件写法.html")


def contents(listed: list[dict[str, str | int]], parts: Sequence[tuple[str, int]]) -> str:
    """清单.txt: sizes of `parts`, then every file."""
    lines = [f"onestop {__version__} 离线安装包的内容", ""]
    lines += [f"{name:<16}{size:>14,} 字节" for name, size in parts]
    lines += [
        "",
        "        字节  SHA-256                                                           文件",
    ]
    lines += [f"{entry['bytes']:>12,}  {entry['sha256']}  {entry['path']}" for entry in listed]
    return "\n".join(lines) + "\n"


def write_scripts(home: Path) -> None:
    """Installers, texts and the task shortcuts."""
    spaced = " ".join(_PREFERRED)
    batch(home / "安装.bat", "install.bat", PYTHONS=spaced)
    named = " ".join(f"python{version}" for version in _PREFERRED)
    _shell(home / "install.sh", "install.sh", PYTHONS=named)
    windows_text(home / "先看这里.txt", template("readme.txt"), "utf-8-sig")
    for name in ("no-python", "not-installed"):
        windows_text(home / "app" / f"{name}.txt", template(f"{name}.txt"), "gbk")
    utf8 = template("no-python.txt")
    (home / "app" / "no-python-utf8.txt").write_text(utf8, "utf-8", newline="\n")
    batch(home / "app" / "bin" / "onestop.bat", "onestop.bat")
    _shell(home / "app" / "bin" / "onestop", "onestop.sh")
    for number, (task, title) in enumerate(TASKS.items(), 1):
        batch(home / "任务" / f"{number:02} {title}.bat", "task.bat", TASK=task)
        _shell(home / "任务" / "linux" / f"{number:02} {title}.sh", "task.sh", TASK=task)


def template(name: str, **words: str) -> str:
    """A file of `files/` with its words filled in."""
    text = (_FILES / name).read_text("utf-8")
    for word, value in {**_WORDS, **words}.items():
        text = text.replace(f"@{word}@", value)
    return text


def batch(path: Path, source: str, **words: str) -> None:
    """A Windows script: ASCII, whatever the code page, with CRLF."""
    windows_text(path, template(source, **words), "ascii")


def windows_text(path: Path, text: str, encoding: str) -> None:
    """A text for Notepad: CRLF; its folder is made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding, newline="\r\n")


def _shell(path: Path, source: str, **words: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(template(source, **words), "utf-8", newline="\n")
    path.chmod(0o755)


def write_json(path: Path, content: object) -> None:
    """Readable JSON, the same bytes on every system."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", "utf-8", newline="\n")


def main() -> None:
    """Build into the folder named on the command line, else `dist`, and say what came out."""
    out = Path(sys.argv[1] if len(sys.argv) > 1 else "dist")
    target = build(Path.cwd(), out)
    for name, size in sizes(wheels_in(out / "wheels")):
        print(f"{name:<16}{size / 1e6:8.1f} MB")
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
