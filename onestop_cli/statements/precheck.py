"""What a hospital mends before it hands in its list: findings that need no roster and no ledger, in its own words."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from onestop_cli.core.findings.catalogue import CATALOGUE
from onestop_cli.privacy import mask_id

REMEDIES = {
    "ID01": "对照身份证原件改正证号；没有证的先补办或写明情况。",
    "ID02": "不影响结算；改成 18 位文本更好。",
    "ID03": "把证号列设为文本格式，从系统重新导出；不要在表里补位。",
    "ID04": "同一个证号下有两个姓名：对照身份证原件，改正写错的一行。",
    "ID05": "核对住院登记：性别、出生日期与证号不一致。",
    "RO02": "这类对象应有医疗救助而没有申报：漏垫付的补报，不是救助对象的改正类别。",
    "ST01": "同一次住院写了两行，只留一行；确是两次住院的，改正日期或住院号。",
    "ST02": "同一人两次住院日期重叠：核对入院、出院日期。",
    "ST03": "补上或改正入院、出院日期。",
    "ST06": "补上对应的原单或红冲行，一正一负各项金额要相反。",
    "ST08": "跨年度住院，核对日期。",
    "AM01": "照说明重算这一项补偿；算式不明白的问县合管办。",
    "AM02": "只差尾数，可以不改。",
    "AM03": "各项支付加个人自付应等于总费用：改正写错的一项。",
    "AM04": "补上或改正总费用、可补偿费用；不能为负，要写成数字。",
    "AM05": "可补偿费用不能大于总费用：改正写错的一个。",
    "AM06": "核对个人自付：等于总费用减各项补偿。",
    "AM07": "补偿超过可能的上限：核对级别、类别和金额。",
    "CA01": "同一人全年补偿超过封顶：超出部分县里会扣减。",
    "FI01": "改正合计行，或改正明细。",
    "FI02": "这一行看不懂：补全，或删去不是住院的行。",
    "FI03": "说明这一列是什么；不是补偿的金额列可以删去。",
    "FI04": "同一份内容放了两次，删去一份。",
    "FI05": "姓名、地址一格里混有证号、电话或病名，已清理；请改正原表。",
}  # fmt: skip
"""What a hospital does about a finding; the codes that are looked at here, all others need the county's papers."""

WITHOUT_RULES = {code for code in REMEDIES if code[:2] in ("ID", "ST", "FI")} | {"AM04", "AM05"}
"""What can be said where no document is named."""

ISSUES = {
    "code": pl.String,
    "title": pl.String,
    "severity": pl.String,
    "source": pl.String,
    "sheet": pl.String,
    "row": pl.Int64,
    "hospital": pl.String,
    "stay_no": pl.String,
    "name": pl.String,
    "id_shown": pl.String,
    "claimed_fen": pl.Int64,
    "due_fen": pl.Int64,
    "message": pl.String,
    "remedy": pl.String,
}


def issues(findings: pl.DataFrame, codes: Collection[str]) -> pl.DataFrame:
    """One line per thing to mend, graver ones first, then as they lie in the files."""
    grave = {"blocks": 0, "differs": 1, "notes": 2}
    titles = {code: CATALOGUE[code].title for code in codes}
    return (
        findings.filter(pl.col("code").is_in(list(codes)))
        .with_columns(
            id_shown=mask_id(pl.col("id_no")),
            title=pl.col("code").replace_strict(titles, default=""),
            remedy=pl.col("code").replace_strict(REMEDIES, default=""),
            message=pl.when(pl.col("code") == "ID04")
            .then(pl.lit("表里这个证号还有别的姓名"))
            .otherwise("message"),
            rank=pl.col("severity").replace_strict(grave, default=3),
        )
        .sort("rank", "code", "source", "sheet", "row", nulls_last=True)
        .select(pl.col(name).cast(kind) for name, kind in ISSUES.items())
    )


def must_mend(found: pl.DataFrame) -> pl.DataFrame:
    """The lines for which the county would hold the stay or change its amounts."""
    return found.filter(pl.col("severity") != "notes")
