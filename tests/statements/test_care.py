"""门诊 and 住院 told apart, and the table by level as 花梨乡 handed it in in November 2010."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from onestop_cli.notices.notices import notices_of
from onestop_cli.notices.profile import PublicityProfile
from onestop_cli.run import Run
from onestop_cli.statements.capped import counted
from onestop_cli.statements.care import COUNTED, SECOND, SPECIAL, LevelLine, kind_of, level_lines
from onestop_cli.statements.indicators import figures
from onestop_cli.statements.patterns import shown_findings, with_reasons
from onestop_cli.statements.statement import Statement
from onestop_cli.writers.statements.county_book import write_county_book
from onestop_cli.writers.statements.hospital_book import HospitalAccount, write_hospital_book
from onestop_cli.writers.statements.report import write_report
from tests.made.notices import LAYERS, run_of, stay
from tests.made.run import stays_schema

HUALI = {
    ("门诊", "村级"): (50_373, 70_485_470, 42_535_537),
    ("门诊", "乡级"): (37_576, 57_977_465, 29_033_493),
    ("门诊", "县级"): (3_584, 55_195_267, 19_496_924),
    ("门诊", "市级"): (717, 33_936_724, 8_640_068),
    ("住院", "乡级"): (253, 31_563_647, 18_569_691),
    ("住院", "县级"): (570, 133_867_095, 55_895_516),
    ("住院", "省级"): (179, 113_452_390, 33_005_831),
    (SPECIAL, "乡级"): (9, 1_978_370, 811_757),
}
"""截止11月11日: visits, cost and compensation (fen) of every level, as the report has them."""

CAPPED = 119
"""门诊封顶119人."""

AGAIN = (29, 12_108_280)
"""大病二次报销29人次,121082.8元."""


def huali() -> pl.DataFrame:
    """A row per level, and 119 of the visits at village clinics by people who used the year's limit up."""
    rows: list[tuple[Any, ...]] = []
    for (kind, level), (visits, cost, paid) in HUALI.items():
        full = CAPPED if (kind, level) == ("门诊", "村级") else 0
        rows += [(kind, level, f"{number}", 1, 0, 0, True) for number in range(full)]
        rows.append((kind, level, f"{kind}{level}", visits - full, cost, paid, False))
    return pl.DataFrame(rows, schema=dict(COUNTED), orient="row")


def line(lines: list[LevelLine], kind: str, item: str) -> tuple[int, int, int, int]:
    (found,) = [one for one in lines if one.key == (kind, item)]
    return found.visits, found.cost, found.paid, found.capped


def test_huali_is_printed_by_level_as_it_stands() -> None:
    lines = level_lines(huali(), AGAIN)
    assert [(one.depth, one.item) for one in lines] == [
        (0, "合计"),
        (1, "门诊"),
        (2, "村卫生室"),
        (2, "乡镇卫生院"),
        (2, "县级医疗机构"),
        (2, "县以上医疗机构"),
        (1, "特殊病、慢性病"),
        (1, "住院"),
        (2, "乡镇卫生院"),
        (2, "县级医疗机构"),
        (2, "县以上医疗机构"),
        (2, "大病二次补偿"),
    ]
    assert line(lines, "门诊", "村卫生室") == (50_373, 70_485_470, 42_535_537, 119)
    assert line(lines, "门诊", "县以上医疗机构") == (717, 33_936_724, 8_640_068, 0)
    assert line(lines, "住院", "县级医疗机构") == (570, 133_867_095, 55_895_516, 0)
    assert line(lines, SPECIAL, SPECIAL) == (9, 1_978_370, 811_757, 0)
    assert line(lines, "住院", SECOND) == (0, 0, 12_108_280, 0)


def test_the_kinds_of_care_are_the_sums_of_their_levels() -> None:
    """By hand: the report states 74,424 visits and 2,058,103.84 of 门诊, which its levels do not come to; the
    compensation (997,060.22) they do. 住院 lacks 4,288.12 of what is stated (1,200,081.30)."""
    lines = level_lines(huali(), AGAIN)
    assert line(lines, "门诊", "门诊") == (92_250, 217_594_926, 99_706_022, 119)
    assert line(lines, "住院", "住院") == (1_002, 278_883_132, 120_008_130 - 428_812, 0)
    assert line(lines, "", "合计") == (
        92_250 + 9 + 1_002,
        217_594_926 + 1_978_370 + 278_883_132,
        99_706_022 + 811_757 + 119_579_318,
        119,
    )


def test_somebody_at_two_levels_is_one_person_in_the_sum() -> None:
    rows = [("门诊", level, "甲", 1, 100, 50, True) for level in ("村级", "乡级")]
    lines = level_lines(pl.DataFrame(rows, schema=dict(COUNTED), orient="row"))
    assert [(one.item, one.people, one.capped) for one in lines] == [
        ("合计", 1, 1),
        ("门诊", 1, 1),
        ("村卫生室", 1, 1),
        ("乡镇卫生院", 1, 1),
    ]


@pytest.mark.parametrize(
    ("inpatient", "said", "kind"),
    [
        (False, "普通门诊", "门诊"),
        (False, "门诊慢特病", SPECIAL),
        (False, "140104", SPECIAL),
        (False, "特殊病", SPECIAL),
        (True, "特殊病住院", "住院"),
        (None, None, "住院"),
        (False, None, "门诊"),
    ],
)
def test_a_kind_of_care_is_what_the_file_says(
    inpatient: bool | None, said: str | None, kind: str
) -> None:
    table = pl.DataFrame(
        {"inpatient": [inpatient], "visit_raw": [said]},
        schema={"inpatient": pl.Boolean, "visit_raw": pl.String},
    )
    assert kind_of(table).to_list() == [kind]


def with_visits() -> Run:
    """Two stays in the county hospital (1,000, paid 500 + 300), and three visits at a village clinic (100, paid 50)."""
    clinic = {
        "hospital": "上湾村卫生室", "level": "village", "total_fen": 10_000, "eligible_fen": 10_000,
        "basic_payable_fen": 5_000, "assistance_payable_fen": 0, "discharged_on": date(2010, 11, 3),
    }  # fmt: skip
    stays = [stay(1), stay(2), *(stay(number, **clinic) for number in (3, 4, 5))]
    run = run_of(*stays)
    kinds = {"inpatient": pl.Boolean, "visit_raw": pl.String}
    rows = [one | {"inpatient": n < 2, "visit_raw": None} for n, one in enumerate(stays)]
    table = pl.DataFrame(rows, schema={**stays_schema(LAYERS), **kinds})
    return Run(
        run.info, table, run.findings, run.roster, run.quarantine,
        adjustments=run.adjustments, register=run.register,
    )  # fmt: skip


def test_a_statement_tells_visits_from_stays() -> None:
    statement = Statement(with_visits())
    rows = statement.cares.select("care", "stays", "total_fen", "all_paid_fen").rows()
    assert rows == [("门诊", 3, 30_000, 15_000), ("住院", 2, 200_000, 160_000)]
    assert statement.total["stays"] == 5
    assert statement.levels["level_name"].to_list() == ["村级", "县级"]
    assert statement.bill == "总费用"


def test_admissions_count_stays_in_hospital_alone() -> None:
    made = figures(Statement(with_visits()))
    assert (made.stays, made.inpatients, made.aided_inpatients) == (5, 2, 2)


def test_the_countys_book_has_the_table_by_level(tmp_path: Path) -> None:
    file = tmp_path / "县级结算汇总.xlsx"
    write_county_book(Statement(with_visits()), file)
    rows = CalamineWorkbook.from_path(file).get_sheet_by_name("表五 门诊和住院").to_python()
    table = {str(row[0]).strip("　"): row[1:5] for row in rows if row[0]}
    assert table["合计"][:4] == [5, 5, 2300, 1750]
    assert table["村卫生室"] == [3, 3, 300, 150]
    assert table["县级医疗机构"] == [2, 2, 2000, 1600]


def test_without_visits_nothing_is_told_apart(tmp_path: Path) -> None:
    statement = Statement(run_of(stay(1)))
    file = tmp_path / "县级结算汇总.xlsx"
    write_county_book(statement, file)
    assert "表五 门诊和住院" not in CalamineWorkbook.from_path(file).sheet_names
    assert statement.bill == "住院总费用"
    assert [one.item for one in level_lines(counted(statement))] == ["合计", "住院", "县级医疗机构"]


def test_the_report_page_shows_both_and_their_sum(tmp_path: Path) -> None:
    page = tmp_path / "运行报告.html"
    run = with_visits()
    write_report(Statement(run), shown_findings(run), page)
    text = page.read_text("utf-8")
    assert "<h2>门诊和住院</h2>" in text
    assert "2,300.00" in text and "150.00" in text


def test_boards_sum_visits_and_stays_apart() -> None:
    county = notices_of(with_visits()).county
    (part,) = [part for part in county.parts if part.title == "门诊和住院"]
    rows = part.table.select("label", "visits", "total_fen", "basic_fen").rows()
    assert rows == [("门诊", 3, 30_000, 15_000), ("住院", 2, 200_000, 100_000)]


def test_a_kind_of_care_of_too_few_people_is_not_told_apart() -> None:
    few = PublicityProfile.usual()
    few = replace(few, site=replace(few.site, k=3))
    site = {notice.level: notice for notice in notices_of(with_visits(), few).site}
    assert "门诊和住院" not in [part.title for part in site["county"].parts]


def test_a_hospitals_notice_tells_its_visits_from_its_stays(tmp_path: Path) -> None:
    run = with_visits()
    statement, findings = Statement(run), shown_findings(run)
    for line in statement.hospitals.iter_rows(named=True):
        own = with_reasons(statement.stays, findings).filter(hospital=line["hospital"])
        account = HospitalAccount(line, own, findings.clear(), line["number"])
        write_hospital_book(statement, account, tmp_path / f"{line['hospital']}.xlsx")
    told = {
        file.stem: [
            str(cell)
            for row in CalamineWorkbook.from_path(file).get_sheet_by_name("拨付通知单").to_python()
            for cell in row
        ]
        for file in tmp_path.glob("*.xlsx")
    }
    assert "3 人次，费用 300.00 元，补偿 150.00 元" in told["上湾村卫生室"]
    assert "　其中：门诊" in told["上湾村卫生室"]
    claim = CalamineWorkbook.from_path(tmp_path / "上湾村卫生室.xlsx").get_sheet_by_name(
        "结算申报表"
    )
    assert ["2010-11", "门诊", 3, 300] in [row[:4] for row in claim.to_python()]
    assert not [cell for cell in told["示例县人民医院"] if "其中：门诊" in cell]
