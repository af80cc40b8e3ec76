"""What the readers refuse, sentence by sentence, where no other test of theirs provokes it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from onestop_cli.readers.audit_paper import SheetSpec, read_filled
from onestop_cli.readers.containers import door
from onestop_cli.readers.containers.grid import Unreadable
from onestop_cli.readers.containers.locked import unlocked
from onestop_cli.readers.containers.sniff import archived, open_grids
from onestop_cli.readers.contract_tables import STAYS, scan
from onestop_cli.readers.decisions import read_decisions
from onestop_cli.readers.running_bill import read_running_bill
from tests.made.biff_file import compound
from tests.made.reader_files import ods_bytes, written, xlsx_bytes, zip_bytes
from tests.made.spoken import said, said_of_file

_LOCKED_ODS = {
    "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
    "content.xml": b"",
    "META-INF/manifest.xml": b"<manifest:encryption-data/>",
}


@pytest.mark.parametrize(
    ("read", "sentence"),
    [
        (lambda: open_grids("甲.ods", zip_bytes(_LOCKED_ODS)), "工作簿有密码→请去掉密码后重新保存"),
        (lambda: open_grids("甲.xls", compound({"别的": b"x"})), "文件已损坏，打不开→"),
        (lambda: unlocked(b"x", ()), "工作簿有密码→请去掉密码后重新保存，或把密码写进文本文件"),
        (lambda: unlocked(b"x", ("1",)), "工作簿有密码，给出的密码都打不开→"),
    ],
)
def test_a_workbook_that_does_not_open(read: Callable[[], object], sentence: str) -> None:
    assert sentence in said_of_file(read)


def test_a_locked_workbook_where_nothing_can_unlock_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "msoffcrypto", None)
    assert (
        "工作簿有密码→请在 Excel 或 WPS 里去掉密码后重新保存；要直接读，请先安装"
        in said_of_file(lambda: unlocked(b"x", ("1",)))
    )


def test_an_archive_with_a_password_nobody_gave() -> None:
    """Bit 0 of the flags, in both headers of the member, is the lock."""
    data = bytearray(zip_bytes({"甲.csv": b"a,b"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    ((name, content),) = archived(bytes(data))
    assert name == "甲.csv" and isinstance(content, Unreadable)
    assert content.what == "压缩包有密码，打不开"


def test_what_stands_at_the_door_and_is_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trouble(path: Path) -> str:
        (found,) = door.enter("甲", str(path), (), 1000)
        assert found.trouble is not None
        return found.trouble.what

    assert trouble(tmp_path) == "文件打不开（没有权限，或正被别的程序占用）"
    assert trouble(tmp_path / "没有.csv") == "找不到这个文件"
    monkeypatch.setattr(door, "LARGEST_FILE", 1)
    assert trouble(written(tmp_path, {"甲.csv": b"a,b"}) / "甲.csv") == "文件太大（0 MB）"


def test_tables_for_parts_that_are_none(tmp_path: Path) -> None:
    told = said(lambda: scan([tmp_path], STAYS))
    assert told == "没有找到 parquet 或 csv 文件→请给出契约列名的文件或文件夹"
    (tmp_path / "甲.parquet").write_bytes(b"none")
    told = said(lambda: scan([tmp_path], STAYS))
    assert "不是契约列名和类型的表（" in told and "→金额为整数分，日期形如 2010-11-05" in told


def test_decisions_without_a_header_or_without_a_file(tmp_path: Path) -> None:
    file = tmp_path / "处理意见.xlsx"
    assert "找不到这个文件或文件夹→请检查路径是否写对" in said(lambda: read_decisions(file, {}, []))
    file.write_bytes(xlsx_bytes({"全部差错": [["放行", "甲医院"]]}))
    assert "没有找到处理意见的表头（应有 处理决定、医疗机构、住院号）" in said(
        lambda: read_decisions(file, {}, [])
    )


def test_two_bills_in_one_workbook(tmp_path: Path) -> None:
    rows = [["日期", "总费用"], ["2010-11-01", "10"]]
    (tmp_path / "单.ods").write_bytes(ods_bytes({"甲": rows, "乙": rows}))
    assert "有 2 张每天费用表，不知道用哪一张" in said(
        lambda: read_running_bill(tmp_path / "单.ods")
    )


def test_a_paper_that_lost_a_header(tmp_path: Path) -> None:
    paper = tmp_path / "底稿.xlsx"
    paper.write_bytes(xlsx_bytes({"抽样计划": [["种子", 1]], "抽查": [[1]], "入户": [[1]]}))
    sheets = [SheetSpec(name, {"序号": "number"}, {"number"}) for name in ("抽查", "入户")]
    told = said(lambda: read_filled(paper, "抽样计划", *sheets))
    assert "工作表“抽查”里找不到表头" in told and "工作表“入户”里找不到表头" in told
