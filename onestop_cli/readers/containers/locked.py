"""Workbooks with a password, opened by msoffcrypto-tool where it is installed (the [crypt] extra)."""

from __future__ import annotations

import importlib
import io
from collections.abc import Sequence
from pathlib import Path

from onestop_cli.errors import stop
from onestop_cli.readers.containers.grid import Unreadable

READ_ONLY_PASSWORD = "VelvetSweatshop"
"""With it Excel locks workbooks that only ask for read-only."""


def passwords_in(file: Path | None) -> tuple[str, ...]:
    """One password a line; they are tried on locked files and stand nowhere else."""
    if file is None:
        return ()
    try:
        return tuple(line for line in file.read_text("utf-8-sig").splitlines() if line)
    except (OSError, UnicodeDecodeError) as error:
        raise stop("读不到密码文件", "请给出 UTF-8 文本文件，每行一个密码", str(file)) from error


def unlocked(data: bytes, passwords: Sequence[str]) -> bytes:
    """The workbook without its lock; raises `Unreadable` when none of `passwords` opens it."""
    try:
        library = importlib.import_module("msoffcrypto")
    except ImportError as error:
        raise Unreadable(
            "工作簿有密码",
            "请在 Excel 或 WPS 里去掉密码后重新保存；要直接读，请先安装 onestop-cli[crypt]",
        ) from error
    for password in (READ_ONLY_PASSWORD, *passwords):
        plain = io.BytesIO()
        try:
            office = library.OfficeFile(io.BytesIO(data))
            checked = {"verify_password": True} if office.format == "ooxml" else {}
            office.load_key(password=password, **checked)
            office.decrypt(plain)
        except (
            Exception
        ):  # the library has no common error; whatever it says, this password is not it
            continue
        return plain.getvalue()
    what = "工作簿有密码，给出的密码都打不开" if passwords else "工作簿有密码"
    raise Unreadable(
        what,
        "请去掉密码后重新保存，或把密码写进文本文件（每行一个），用 --password-file 给出；"
        "核对时放在县文件夹、叫 密码.txt 的不用写",
    )
