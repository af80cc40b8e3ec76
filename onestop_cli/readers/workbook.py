"""Workbooks through python-calamine: cells keep the type the file gave them."""

from __future__ import annotations

import io

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from onestop_cli.readers.grid import Grid, Unreadable


def read_workbook(source: str, data: bytes) -> list[Grid]:
    """Every sheet of a workbook; raises `Unreadable` when it is damaged or locked."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return [
            Grid(
                source,
                meta.name,
                (sheet := book.get_sheet_by_name(meta.name)).to_python(skip_empty_area=False),
                merges=sheet.merged_cell_ranges or (),
                hidden=meta.visible != SheetVisibleEnum.Visible,
            )
            for meta in book.sheets_metadata
        ]
    except PasswordError as error:
        raise Unreadable("工作簿有密码", "请去掉密码后重新保存") from error
    except CalamineError as error:
        raise Unreadable(
            "工作簿已损坏，打不开", "请用 Excel 或 WPS 打开检查，另存为 xlsx"
        ) from error
