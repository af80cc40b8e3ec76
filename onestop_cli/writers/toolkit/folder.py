"""Output folders that appear whole or not at all, and file names that are only names."""

from __future__ import annotations

import os
import re
import shutil
import time
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from onestop_cli.errors import CannotRun, stop

LONGEST_NAME = 60
_STALE_SECONDS = 24 * 3600
_RESERVED = re.compile(r"(CON|PRN|AUX|NUL|COM[0-9¹²³]|LPT[0-9¹²³])(\..*)?", re.IGNORECASE)


def refuse_existing(out: Path) -> None:
    """Raise `CannotRun` when `out` is there already, or would lie in a result; an empty folder may be filled."""
    for parent in out.absolute().parents:
        if (parent / "run.json").is_file() and (parent / "data").is_dir():
            raise stop(
                "输出位置在一份结算结果里面，结算结果写出以后不能添改",
                "请换一个不在结算结果文件夹里的 --out",
                str(out),
            )
    if out.is_symlink() or (out.exists() and not (out.is_dir() and not any(out.iterdir()))):
        raise stop(
            "输出位置已经存在，不会覆盖",
            "请换一个 --out 文件夹名；确实不要旧结果时，请先自行移走或删除它",
            str(out),
        )


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """A hidden folder to write into; it becomes `out` when the block ends well, else it vanishes.

    Everything is on disk (fsync) before the rename, so a power cut leaves nothing or all of it.
    Raises `CannotRun` when `out` exists or the disk refuses.
    """
    refuse_existing(out := out.absolute())
    try:
        stage = _make_stage(out)
        try:
            yield stage
            _flush(stage)
            _publish(stage, out)
        finally:
            shutil.rmtree(stage, ignore_errors=True)
    except OSError as error:
        raise _cannot_write(out, error) from error


@contextmanager
def staged_file(out: Path) -> Iterator[Path]:
    """A hidden file to write to; it becomes `out` when the block ends well, else it vanishes.

    Raises `CannotRun` when `out` exists or the disk refuses.
    """
    refuse_existing(out := out.absolute())
    stage = out.with_name(f".{out.name}.{os.getpid()}.tmp{out.suffix}")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        yield stage
        with stage.open("rb+") as file:
            os.fsync(file.fileno())
        refuse_existing(out)
        stage.replace(out)
    except OSError as error:
        raise _cannot_write(out, error) from error
    finally:
        stage.unlink(missing_ok=True)


def _make_stage(out: Path) -> Path:
    """A new hidden folder on the disk of `out`, in its nearest folder that exists."""
    home = next(parent for parent in out.parents if parent.is_dir())
    _sweep(home, f".{out.name}.")
    stage = Path(mkdtemp(prefix=f".{out.name}.", suffix=".tmp", dir=home))
    mask = os.umask(0)
    os.umask(mask)
    stage.chmod(0o777 & ~mask)
    return stage


def _sweep(home: Path, prefix: str) -> None:
    """Remove what a killed run left behind: its staging folders older than a day."""
    for left in home.iterdir():
        ours = left.name.startswith(prefix) and left.suffix == ".tmp"
        if ours and time.time() - left.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


def _flush(stage: Path) -> None:
    """Bring every file and folder below `stage` to the disk."""
    for folder, _, files in os.walk(stage):
        for name in files:
            with (Path(folder) / name).open("rb+") as file:
                os.fsync(file.fileno())
        _flush_folder(Path(folder))


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _publish(stage: Path, out: Path) -> None:
    """Give the finished folder its name."""
    refuse_existing(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.is_dir():
        out.rmdir()
    stage.rename(out)
    _flush_folder(out.parent)


def _cannot_write(out: Path, error: OSError) -> CannotRun:
    return stop(
        f"写不进去（{error.strerror or type(error).__name__}），没有留下任何结果",
        "请检查磁盘空间、文件夹权限，以及同名文件是否正在 Excel 或 WPS 中打开，然后重新运行",
        str(out),
    )


def safe_name(text: str) -> str:
    """A file name made of `text`: at most 60 characters, nothing a disk or a shell could mistake.

    Control and invisible characters, path separators and wildcards go; dots and blanks at the ends
    go; Windows device names are set off by an underscore.
    """
    visible = "".join(
        char for char in unicodedata.normalize("NFC", text) if unicodedata.category(char)[0] != "C"
    )
    name = re.sub(r'[/\\:*?"<>|]+', "_", visible).strip(" .　~")[:LONGEST_NAME].rstrip(" .　")
    if not name.strip("_"):
        return "未命名"
    return f"_{name}"[:LONGEST_NAME] if _RESERVED.fullmatch(name) else name


def safe_names(texts: Iterable[str]) -> dict[str, str]:
    """A file name of its own for each different text, also where a disk ignores case and width."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for text in texts:
        if text in names:
            continue
        base = name = safe_name(text)
        number = 2
        while (key := unicodedata.normalize("NFKC", name).casefold()) in taken:
            mark = f"（{number}）"
            name, number = base[: LONGEST_NAME - len(mark)] + mark, number + 1
        taken.add(key)
        names[text] = name
    return names
