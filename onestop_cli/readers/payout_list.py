"""发放名单.xlsx as it comes back from the bank: which credits were returned, and why."""

from __future__ import annotations

from pathlib import Path

from onestop_cli.errors import CannotRun, Problem
from onestop_cli.ledger.payouts import Batch
from onestop_cli.money import exact_fen, yuan
from onestop_cli.readers import own_forms
from onestop_cli.readers.own_table import read_own


def read_returned(path: Path, batch: Batch, notes: list[str]) -> dict[int, str]:
    """Line → why it came back, of the rows with a reason; what was not read is told in `notes`.

    Raises `CannotRun` naming every row that is not one of the batch, and every line of it that is not on the list.
    """
    known = {f"{batch.number}-{line.line:04d}": line for line in batch.lines}
    problems, returned, seen = list[Problem](), dict[int, str](), set[str]()
    for row in read_own(path, own_forms.RETURNED, notes):
        texts = row.texts
        number = texts.get("line", "")
        line = known.get(number)
        if line is None:
            problems.append(
                row.problem(f"序号“{number}”不是第 {batch.number} 批的", "请用这一批的发放名单")
            )
            continue
        if number in seen:
            problems.append(row.problem(f"序号 {number} 不止一行", "请删去多余的"))
        seen.add(number)
        if texts.get("name") != line.name or exact_fen(texts.get("fen", "")) != line.fen:
            what = f"序号 {number} 的姓名或金额与发放时不符（{yuan(line.fen)} 元）"
            problems.append(row.problem(what, "请照发放名单改回"))
        if "why" in texts:
            returned[line.line] = texts["why"]
    if missing := [number for number in known if number not in seen]:
        problems.append(
            Problem(
                f"名单上少了 {len(missing)} 行：{'、'.join(missing[:5])}",
                "删去的行无从知道是到账还是退回，请用完整的发放名单",
                path.name,
            )
        )
    if problems:
        raise CannotRun(problems)
    return returned
