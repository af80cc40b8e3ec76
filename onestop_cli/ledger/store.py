"""The ledger file: opening it safely, its version, its transactions.

SQLite with a rollback journal and all syncs, so that a killed process leaves the file as it was, and so that the file
may lie on a shared folder (a write-ahead log may not). Tables refuse UPDATE and DELETE.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from onestop_cli.errors import Broken, CannotRun, refused, stop

APPLICATION = 0x6F6E6573
"""Marks the file as one of ours (SQLite application_id)."""

WAIT_SECONDS = 15
"""How long a second writer waits for the first."""

QUICK_BYTES = 200_000_000
"""Up to this size books are gone through page by page whenever they are opened."""

TABLES = ("run", "rule", "stay", "state", "posting", "advance", "decision")
_MIGRATIONS = ("schema.sql",)
"""Scripts that bring a file from one version to the next; the version is how many have run."""


@contextmanager
def opened(path: Path, *, create: bool = False) -> Iterator[sqlite3.Connection]:
    """A checked connection; raises `CannotRun` for a file that is missing, foreign, damaged or from a newer version.

    `create`: for writing, into a new file if there is none.
    """
    try:
        if not path.exists() and create:
            _make(path)
        if not path.is_file():
            raise stop("没有找到台账", "请检查 --ledger，或先用 onestop close 建立台账", str(path))
        with closing(_connect(path)) as connection:
            _prepare(connection, path, writing=create)
            yield connection
    except sqlite3.Error as error:
        raise _refusal(error, path) from error


@contextmanager
def blank() -> Iterator[sqlite3.Connection]:
    """Books without a line, in memory."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        _bring_up(connection, 0)
        yield connection


def _make(path: Path) -> None:
    """New books, written beside and put in place whole; those that another process made meanwhile stay."""
    stage = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        stage.touch(mode=0o600)
        with closing(_connect(stage)) as connection:
            _bring_up(connection, 0)
        with suppress(FileExistsError):
            _link(stage, path)
    except OSError as error:
        what, remedy = refused(error)
        raise stop(f"台账建立不了：{what}", remedy, str(path)) from error
    finally:
        stage.unlink(missing_ok=True)


def _link(stage: Path, path: Path) -> None:
    """Give the file its name unless the name is taken; some disks know no links."""
    try:
        path.hardlink_to(stage)
    except FileExistsError:
        raise
    except OSError:
        if not path.exists():
            stage.rename(path)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)
    connection.execute("PRAGMA synchronous = EXTRA")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _prepare(connection: sqlite3.Connection, path: Path, *, writing: bool) -> None:
    """Check whose file it is and bring it to this version."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if not path.stat().st_size:
        raise _damaged(path)
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
        raise _foreign(path)
    if version > len(_MIGRATIONS):
        raise stop(
            "这本台账由更新版本的 onestop 写成", "请先升级 onestop，不要用旧版本打开", str(path)
        )
    _check_whole(connection, path, writing)
    _bring_up(connection, version)


def _bring_up(connection: sqlite3.Connection, version: int) -> None:
    """Run the scripts that are missing."""
    if version == len(_MIGRATIONS):
        return
    with transaction(connection):
        for script in _MIGRATIONS[version:]:
            _migrate(connection, script)
        connection.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")


def _check_whole(connection: sqlite3.Connection, path: Path, writing: bool) -> None:
    """A file that was cut off, or copied while it was being written, is refused.

    Going through every page takes 1.5 seconds a gigabyte, and as long as the disk needs to read it: with books larger
    than `QUICK_BYTES` only before something is written, and by `onestop ledger verify`.
    """
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    size = connection.execute("PRAGMA page_size").fetchone()[0]
    if path.stat().st_size < pages * size:
        raise _damaged(path)
    quick = writing or path.stat().st_size <= QUICK_BYTES
    if quick and _first_complaint(connection) != "ok":
        raise _damaged(path)


def _first_complaint(connection: sqlite3.Connection) -> str:
    return str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])


def _migrate(connection: sqlite3.Connection, script: str) -> None:
    text = Path(__file__).with_name(script).read_text("utf-8")
    for statement in text.split(";"):
        if statement.strip():
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    for table in TABLES:
        for change in ("UPDATE", "DELETE"):
            connection.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
            )


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing; a second writer waits `WAIT_SECONDS` for the first."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        _roll_back(connection)
        raise


@contextmanager
def snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """The books as they are now, however many questions are asked."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        _roll_back(connection)


def _roll_back(connection: sqlite3.Connection) -> None:
    """End the transaction, unless SQLite has done so because the disk is full or fails."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _refusal(error: sqlite3.Error, path: Path) -> Exception:
    """What SQLite says, in a clerk's words; what no clerk can mend is a bug of ours."""
    text = str(error)
    if "locked" in text or "busy" in text:
        return stop(
            f"台账正被另一个程序使用，等了 {WAIT_SECONDS} 秒仍未放开",
            "请等另一台电脑或另一个窗口的 onestop 结束后重新运行",
            str(path),
        )
    if "full" in text or "disk I/O" in text:
        return stop("磁盘已满或写不进去，台账没有改动", "请腾出空间后重新运行", str(path))
    if "readonly" in text or "unable to open" in text:
        return stop("台账打不开或不能写入，台账没有改动", "请检查路径和文件夹权限", str(path))
    if "not a database" in text:
        return _foreign(path)
    return _damaged(path) if "malformed" in text else Broken(f"ledger: {text}")


def _foreign(path: Path) -> CannotRun:
    return stop(
        "这个文件不是 onestop 的台账，或者已经损坏",
        "请检查 --ledger 给出的文件；损坏的请换用最近一次的备份",
        str(path),
    )


def _damaged(path: Path) -> CannotRun:
    return stop(
        "台账文件不完整或已损坏", "请换用最近一次的备份，不要继续在这个文件上记账", str(path)
    )
