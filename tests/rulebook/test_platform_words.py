"""A document's schemes and kinds of care are known by every word and code of the national platform."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from onestop_cli.batch.reconcile import reconcile
from onestop_cli.batch.request import Request
from onestop_cli.county.settings import Settings
from onestop_cli.rulebook.dimensions import unlisted_kinds
from onestop_cli.rulebook.usable import unusable
from tests.core.test_platform_rows import AID, DOCUMENT, STAY
from tests.made.reader_files import csv_bytes, person
from tests.made.small_layers import BASIC, document, results, stay
from tests.made.small_rule import SMALL, written

RESIDENTS = document('scope = { schemes = ["居民医保"] }\n' + BASIC)


@pytest.mark.parametrize(
    "scheme", ["390", "城乡居民基本医疗保险", "居民", "居民医保", "城乡居民医保"]
)
def test_one_insurance_has_many_names(scheme: str) -> None:
    (row,) = results(RESIDENTS, stay(300, scheme=scheme))
    assert row["basic_due_fen"] == 15_000


@pytest.mark.parametrize("scheme", ["310", "职工医保", "391", "380", "新农合"])
def test_another_insurance_is_another(scheme: str) -> None:
    (row,) = results(RESIDENTS, stay(300, scheme=scheme))
    assert "不适用于险种" in row["ungoverned"]


def test_two_documents_for_one_insurance_under_two_names_are_not_side_by_side(tmp_path) -> None:
    one = SMALL.replace("[categories]", '[scope]\nschemes = ["居民医保"]\n\n[categories]')
    other = one.replace('id = "small"', 'id = "other"').replace('["居民医保"]', '["390"]')
    files = (written(tmp_path, one), written(tmp_path, other, "other"))
    assert list(unusable(files))


CARE = document(
    BASIC.replace(
        "rate = [{ rate = 0.50 }]",
        'rate = [{ when = { visit = "慢病" }, rate = 0.6 }, { when = { visit = "住院" }, rate = 0.5 }]',
    )
    + """
[[dimension]]
id = "visit"
name = "医疗类别"
columns = ["医疗类别"]
otherwise = "住院"
[dimension.values]
"慢病" = ["门诊慢特病"]
"""
)  # fmt: skip


@pytest.mark.parametrize(
    ("said", "fen"),
    [
        ("门诊慢特病", 18_000), ("14", 18_000), ("140104", 18_000), ("门诊慢性病", 18_000),
        ("特病", 18_000), ("门诊慢病", 18_000),
        ("门特", 18_000), ("14-门诊慢特病", 18_000), ("门诊慢特病（14）", 18_000),
        ("21", 15_000), ("普通住院", 15_000), ("2105", 15_000), ("外伤住院", 15_000), (None, 15_000),
    ],
)  # fmt: skip
def test_a_kind_of_care_is_known_by_its_code_and_its_other_words(said: str, fen: int) -> None:
    (row,) = results(CARE, stay(300, **({"visit": said} if said else {})))
    assert row["basic_due_fen"] == fen


def test_a_kind_of_care_that_no_document_names_is_told_unless_it_is_a_stay() -> None:
    """普通门诊 is charged as a stay in hospital where a document says 住院 of all else."""
    (dim,) = CARE.dimension
    texts = pl.Series(["普通门诊", "21", "异地住院", "14", "", None, "普通门诊", "41"])
    assert unlisted_kinds(dim, texts) == ["41", "普通门诊"]


BORNE = """
[[expense]]
id = "borne"
name = "医院负担"
of = "column"
columns = ["医院负担金额"]
share = [{ share = 1.00 }]
"""


@pytest.mark.parametrize("title", ["医院负担金额", "hosp_part_amt", "定点医疗机构垫支"])
def test_what_another_payer_bore_can_be_taken_off_a_base(title: str, tmp_path: Path) -> None:
    """Of 1,100 the insurance pays 500 and the hospital 100; half of the 500 that are left is the assistance."""
    document = DOCUMENT.replace('less = ["basic"]', 'less = ["basic", "borne"]') + BORNE
    (tmp_path / "today.toml").write_text(document, "utf-8")
    (tmp_path / "机构.csv").write_text("机构名称,机构级别\n示例县人民医院,县级\n", "utf-8")
    row = STAY | {title: "100.00", AID: "250.00"}
    people = [["姓名", "身份证号", "身份类别"], ["甲一", person(1), "低保对象"]]
    (tmp_path / "册.csv").write_bytes(csv_bytes(people))
    (tmp_path / "住院.csv").write_bytes(csv_bytes([list(row), list(row.values())]))
    run = reconcile(
        Request(
            "2024Q4", [tmp_path / "住院.csv"], [tmp_path / "册.csv"], tmp_path / "机构.csv",
            [str(tmp_path / "today.toml")], Settings(),
        )
    )  # fmt: skip
    assert run.stays["assistance_due_fen"].to_list() == [25_000]
    assert run.findings.is_empty()
