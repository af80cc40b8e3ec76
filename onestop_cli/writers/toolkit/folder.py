"""Output folders that appear whole or not at all, and file names that are only names."""

from __future__ import annotations

import os
import re
import shutil
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from onestop_cli.errors import CannotRun, make_folders, refused, stop
from onestop_cli.outcome import stands
from onestop_cli.writers.toolkit.locks import is_free, locked

LONGEST_NAME = 60
_RESERVED = re.compile(r"(CON|PRN|AUX|NUL|COM[0-9¹²³]|LPT[0-9¹²³])(\..*)?", re.IGNORECASE)
_STAGE = re.compile(r"\..+\.tmp(\.\w+)?")
"""How the staging folders and files of all commands are called; beside each lies its lock, which is there first."""

_LOCK = ".lock"


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
def staged(out: Path, *, private: bool = True) -> Iterator[Path]:
    """A hidden folder to write into; it becomes `out` when the block ends well, else it vanishes.

    Everything is on disk (fsync) before the rename, so a power cut leaves nothing or all of it. `private`: for the
    user alone to read. Raises `CannotRun` when `out` exists or the disk refuses.
    """
    refuse_existing(out := out.absolute())
    try:
        home = next(parent for parent in out.parents if parent.is_dir())
        sweep(home)
        stage = home / f".{out.name}.{os.getpid()}-{token_hex(4)}.tmp"
        try:
            with locked(_lock_of(stage)):
                stage.mkdir(0o700 if private else 0o777)
                yield stage
                _flush(stage, private)
                _publish(stage, out)
        finally:
            shutil.rmtree(stage, ignore_errors=True)
    except OSError as error:
        raise _cannot_write(out, error) from error


@contextmanager
def staged_file(out: Path) -> Iterator[Path]:
    """A hidden file to write to; it becomes `out`, for the user alone to read, when the block ends well, else it
    vanishes.

    Raises `CannotRun` when `out` exists or the disk refuses.
    """
    refuse_existing(out := out.absolute())
    stage = out.with_name(f".{out.name}.{os.getpid()}.tmp{out.suffix}")
    try:
        make_folders(out.parent)
        sweep(out.parent)
        with locked(_lock_of(stage)):
            yield stage
            with stage.open("rb+") as file:
                os.fsync(file.fileno())
            stage.chmod(0o600)
            refuse_existing(out)
            stage.replace(out)
            stands(f"{out.name} 已写好")
    except OSError as error:
        raise _cannot_write(out, error) from error
    finally:
        with suppress(OSError):
            stage.unlink()


def leftovers(home: Path) -> list[Path]:
    """Staging folders and files in `home` that a killed command left: nobody holds their lock."""
    try:
        hidden = [path for path in home.iterdir() if _STAGE.fullmatch(path.name)]
    except OSError:
        return []
    return sorted(path for path in hidden if is_free(_lock_of(path)))


def sweep(home: Path) -> None:
    """Remove what killed commands left in `home`, and their locks. A stage is only there while its lock is held."""
    for left in leftovers(home):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            with suppress(OSError):
                left.unlink()
        with suppress(OSError):
            _lock_of(left).unlink(missing_ok=True)


def _lock_of(stage: Path) -> Path:
    return stage.with_name(stage.name + _LOCK)


def _flush(stage: Path, private: bool) -> None:
    """Bring every file and folder below `stage` to the disk."""
    for folder, _, files in os.walk(stage):
        for name in files:
            path = Path(folder) / name
            with path.open("rb+") as file:
                os.fsync(file.fileno())
            if private:
                path.chmod(0o600)
        if private:
            Path(folder).chmod(0o700)
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
    make_folders(out.parent)
    if out.is_dir():
        out.rmdir()
    stage.rename(out)
    stands(f"结果已写入 {out}")
    _flush_folder(out.parent)


def _cannot_write(out: Path, error: OSError) -> CannotRun:
    what, remedy = refused(error)
    return stop(f"写不进去：{what}，没有留下任何结果", remedy, str(out))


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
