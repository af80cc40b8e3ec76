"""表十三 未救助名单: who bore much and got no assistance, with the sums of each township."""

from __future__ import annotations

from onestop_cli.money import yuan
from onestop_cli.statements.statement import Statement
from onestop_cli.statements.unaided import unaided, unaided_by_township
from onestop_cli.writers.statements.columns import NUMBER
from onestop_cli.writers.toolkit.columns import Column
from onestop_cli.writers.toolkit.workbook import SIGNERS, Book

NAME = "表十三 未救助名单"
_SUMS = (
    Column("stays", "人次", "int", total=True),
    Column("total_fen", "住院总费用", "yuan", total=True),
    Column("own_fen", "个人负担", "yuan", total=True),
    Column("due_fen", "按政策应得救助", "yuan", total=True),
)
_PEOPLE = (
    NUMBER,
    Column("township", "乡镇", width=12),
    Column("village", "村", width=12),
    Column("name", "姓名", width=10),
    Column("id_shown", "证号后四位", width=11),
    Column("category", "救助类别", width=16),
    *_SUMS,
    Column("situation", "情况", width=40),
)
_TOWNSHIPS = (
    NUMBER,
    Column("township", "乡镇", width=12),
    Column("people", "人数", "int", total=True),
    *_SUMS,
)
_WHO = {"listed": "入院日有有效救助身份的", "unlisted": "其余的人"}


def unaided_sheet(book: Book, title: str, left: str, statement: Statement) -> None:
    """The sheet, where the county set a threshold."""
    limits = statement.run.info.settings.unaided
    if not limits:
        return
    people = unaided(statement)
    if people.is_empty():
        book.left_out.append(NAME)
        return
    sheet = book.wide_sheet(NAME, _PEOPLE)
    sheet.title(title)
    sheet.line(left, "单位：元")
    said = "，".join(f"{_WHO[key]}满 {yuan(fen)} 元" for key, fen in limits.items())
    sheet.paragraph(
        f"列出的是：本期已核定的住院里医院没有垫付过一分医疗救助、也没有补发过，并且个人负担合计达到门槛的人（{said}）。"
        "个人负担 = 总费用 − 医院垫付的各项补偿 − 医院承担。待核、拒付的住院和以前各期不算在内。"
    )
    sheet.table(_PEOPLE, people, main=True)
    sheet.heading("按乡镇")
    sheet.table(_TOWNSHIPS, unaided_by_township(people))
    sheet.signature(SIGNERS)
