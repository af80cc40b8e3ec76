"""The ledger file: opening it safely, its version, its transactions.

SQLite with a rollback journal and all syncs, so that a killed process leaves the file as it was, and so that the file
may lie on a shared folder (a write-ahead log may not). Tables refuse UPDATE and DELETE, and whoever opens the books
first sees that every posting is what it was (`chain`).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from onestop_cli.errors import Broken, CannotRun, Problem, make_folders, refused, stop
from onestop_cli.ledger.chain import misfits
from onestop_cli.ledger.migrate import bring_forward

APPLICATION = 0x6F6E6573
"""Marks the file as one of ours (SQLite application_id)."""

VERSION = 2
"""Of the tables (SQLite user_version); 1 are the tables of onestop 0.1.0."""

WAIT_SECONDS = 15
"""How long a second writer waits for the first."""

TABLES = ("entry", "part", "document", "draw")

_OPEN_FIRST = "请检查 --ledger；第一次使用请先开账：onestop ledger open 台账.sqlite --from 起始日"
_TAKE_BACKUP = "请不要继续在这个文件上记账，换用最近一次的备份，并查明原因"


@contextmanager
def opened(path: Path, *, checked: bool = True) -> Iterator[sqlite3.Connection]:
    """A connection to books that are whole; raises `CannotRun` for a file that is missing, foreign, damaged or changed,
    or from a newer version. Without `checked` the postings are not looked at: `verify` tells more about them."""
    try:
        if not path.is_file():
            raise stop("没有找到台账", _OPEN_FIRST, str(path))
        with closing(_ready(path, checked=checked)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise _refusal(error, path) from error


def _ready(path: Path, *, checked: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)
    try:
        _set_up(connection)
        _prepare(connection, path)
        if checked:
            _refuse_changed(connection, path)
    except BaseException as error:
        connection.close()
        if isinstance(error, UnicodeDecodeError):
            # SQLite's own message may quote what it cannot read.
            raise _damaged(path) from error
        raise
    return connection


@contextmanager
def blank() -> Iterator[sqlite3.Connection]:
    """Books without a line, in memory."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        make_tables(connection)
        yield connection


@contextmanager
def new_books(path: Path) -> Iterator[sqlite3.Connection]:
    """Books to write the first posting into; they become `path` whole when the block ends well.

    Raises `CannotRun` when there is something already or it cannot be made.
    """
    stage = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        make_folders(path.parent)
        stage.touch(mode=0o600)
        with closing(sqlite3.connect(stage, isolation_level=None)) as connection:
            _set_up(connection)
            make_tables(connection)
            yield connection
        _link(stage, path)
    except FileExistsError as error:
        raise stop(
            "这个文件已经存在，不会覆盖", "已有台账的不用再开；请换一个文件名", str(path)
        ) from error
    except sqlite3.Error as error:
        raise _refusal(error, path) from error
    except OSError as error:
        what, remedy = refused(error)
        raise stop(f"台账建立不了：{what}", remedy, str(path)) from error
    finally:
        for left in (stage, stage.with_name(f"{stage.name}-journal")):
            with suppress(OSError):
                left.unlink(missing_ok=True)


def _link(stage: Path, path: Path) -> None:
    """Give the file its name unless the name is taken; some disks know no links."""
    if path.exists():
        raise FileExistsError
    try:
        path.hardlink_to(stage)
    except FileExistsError:
        raise
    except OSError:
        stage.rename(path)


def _set_up(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA synchronous = EXTRA")
    connection.execute("PRAGMA foreign_keys = ON")


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Check whose file it is and bring it to this version."""
    if not path.stat().st_size:
        raise _damaged(path)
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
        raise _foreign(path)
    if version > VERSION:
        raise stop(
            "这本台账由更新版本的 onestop 写成", "请先升级 onestop，不要用旧版本打开", str(path)
        )
    _refuse_cut_off(connection, path)
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    if version == 1 and "posting" in tables:
        with transaction(connection):
            bring_forward(connection, make_tables)
        with suppress(sqlite3.OperationalError):
            connection.execute("VACUUM")
    now = connection.execute("PRAGMA user_version").fetchone()[0]
    if now != VERSION or _tables_of(connection) != _expected_tables():
        raise stop("台账的表结构或防改触发器改动过", _TAKE_BACKUP, str(path))


def _refuse_cut_off(connection: sqlite3.Connection, path: Path) -> None:
    """A file that was cut off, or copied while it was being written, is refused. A gigabyte takes 1.5 seconds."""
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    size = connection.execute("PRAGMA page_size").fetchone()[0]
    whole = path.stat().st_size >= pages * size
    if not whole or connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise _damaged(path)


def _refuse_changed(connection: sqlite3.Connection, path: Path) -> None:
    """Raise `CannotRun` when a posting is not what it was."""
    if wrong := list(misfits(connection)):
        raise CannotRun([Problem(what, _TAKE_BACKUP, str(path)) for what in wrong])


def make_tables(connection: sqlite3.Connection) -> None:
    """The empty tables of books, and what keeps them from being rewritten."""
    text = Path(__file__).with_name("schema.sql").read_text("utf-8")
    statement = ""
    for line in text.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""
    for table in TABLES:
        for change in ("UPDATE", "DELETE"):
            connection.execute(
                f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
            )
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute(f"PRAGMA user_version = {VERSION}")


def _tables_of(connection: sqlite3.Connection) -> list[tuple[str, ...]]:
    return connection.execute(
        "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master ORDER BY type, name"
    ).fetchall()


def _expected_tables() -> list[tuple[str, ...]]:
    with blank() as empty:
        return _tables_of(empty)


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


_DAMAGE = ("malformed", "corrupt", "decode", "unsupported file format")
"""What SQLite says of a file that is no longer what it wrote."""


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
    return _damaged(path) if any(word in text for word in _DAMAGE) else Broken(f"ledger: {text}")


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
