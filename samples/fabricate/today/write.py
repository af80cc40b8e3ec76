"""The year as files: a folder for every month with the platform's exports and the lists of persons, and the truth."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from samples.fabricate.model import LEVEL_NAMES
from samples.fabricate.sheets import save
from samples.fabricate.today.exports import employed_lines, resident_lines
from samples.fabricate.today.lists import roster_files
from samples.fabricate.today.model import EMPLOYED, LAYERS, House, Settlement, Year

_SETTINGS = """\
# 示例县 2024 年：虚构的县，县代码 6399；人名、机构和金额都是造出来的。
[county]
name = "示例县"
code = "639901"

[county.phones]
"县医保局" = "0000-0000000"

[reconcile]
stays = ["收件箱/住院"]
roster = ["收件箱/花名册"]
register = "register.csv"
rules = ["shizhan-2024", "shizhan-work-2024"]
out = "结果"

[deadlines]
table_day = 10                       # 次月 10 日前申报
pay_days = 20                        # 申报截止后 20 个工作日内拨付

[synonyms.level]                     # 零星报销的医院不在名册上，级别按导出表的医院等级
"市级" = ["01", "三级特等"]

# 平台把倾斜救助记在“其他基金支付”里
[[layout]]
file = "平台结算明细*"
[layout.columns]
"倾斜救助" = "othfund_pay"
"""

MONTHS = tuple(f"2024-{month:02d}" for month in range(1, 13))


@dataclass(frozen=True)
class _Line:
    cells: Sequence[object]
    row: Settlement | None = None


def write_year(year: Year, folder: Path) -> list[dict[str, object]]:
    """Write the county into `folder`; the rows of `truth.json` are returned."""
    truth: list[dict[str, object]] = []
    for month in MONTHS:
        rows = [row for row in year.rows if row.month == month]
        home, stem = folder / month, month.replace("-", "")
        own = [row for row in rows if row.scheme != EMPLOYED]
        lines = [_Line(cells, row) for cells, row in resident_lines(own)]
        name = save(home / "住院", f"平台结算明细{stem}", "utf-8-sig", "", lines)
        truth += _told(month, name, None, lines)
        work = [row for row in rows if row.scheme == EMPLOYED]
        lines = [_Line(cells, row) for cells, row in employed_lines(work)]
        name = save(home / "住院", f"职工结算{stem}", "xlsx", "结算明细", lines)
        truth += _told(month, name, "结算明细", lines)
        last = date(2024, int(month[-2:]), 28)
        for stem, container, cells in roster_files(year.identities, last):
            save(home / "花名册", stem, container, "名单", (_Line(line) for line in cells))
    _write_register(folder / "register.csv", year.houses)
    (folder / "onestop.toml").write_text(_SETTINGS, "utf-8", newline="\n")
    text = ",\n".join(json.dumps(row, ensure_ascii=False) for row in truth)
    (folder / "truth.json").write_text(f'{{"rows": [\n{text}\n]}}\n', "utf-8", newline="\n")
    return truth


def _told(
    month: str, source: str, sheet: str | None, lines: Iterable[_Line]
) -> list[dict[str, object]]:
    """What is true of every row of a file; amounts in fen, `due` only where the row is settled."""
    return [
        {
            "month": month, "source": source, "sheet": sheet, "row": place, "setl_id": line.row.setl_id,
            "status": line.row.status, "kind": line.row.kind if line.row.status == "settled" else None,
            "claimed": _fen(line.row, line.row.claimed),
            "due": _fen(line.row, line.row.due) if line.row.status == "settled" else None,
            "fault": line.row.fault, "codes": line.row.codes,
        }
        for place, line in enumerate(lines, 1) if line.row is not None
    ]  # fmt: skip


def _fen(row: Settlement, amounts: dict[str, object]) -> dict[str, int]:
    return {layer: int(amounts[layer] * 100) for layer in LAYERS if amounts.get(layer)}


def _write_register(path: Path, houses: Iterable[House]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("机构名称", "机构级别", "机构编码"))
    writer.writerows((house.name, LEVEL_NAMES[house.level], house.code) for house in houses)
    path.write_text(text.getvalue(), "utf-8-sig", newline="")
