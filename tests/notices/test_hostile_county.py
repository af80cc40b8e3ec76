"""A county whose files hold everything that must not be published, from its files to its boards, in every profile."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from onestop_cli.batch.publish import PublishOptions, publish
from onestop_cli.batch.reconcile import reconcile
from onestop_cli.batch.request import Request
from onestop_cli.core.identify import make_id
from onestop_cli.county.settings import Settings
from onestop_cli.privacy import ILLNESS, find_numbers
from onestop_cli.run import Run
from tests.made.publication import FROM, Tags, manifest, profiles, texts
from tests.made.reader_files import HEADER, csv_bytes, stay, table, written

REGISTER = """医疗机构,机构级别,公示隐名
云谷卫生院,乡级,
示例县人民医院,县级,
示例县康宁医院,县级,是
安宁市人民医院,市级,否
临江市肿瘤医院,市级,
"""
HOSPITALS = [line.split(",")[0] for line in REGISTER.splitlines()[1:]]
TOLD = ("云谷卫生院",)
"""The hospitals that may be named: the county's and the city's level each have one that tells an illness."""


def number(at: int, born: str = "19600101") -> str:
    return make_id(f"639901{born}{at:03d}")


NAMES = [
    "王小明", "李强 13900000000", f"张玉兰{number(2)}", "马秀英（电话：0971-2239999）", "赵\u202e铁\u200b柱",
    "孙\ue863花", "周大海 19600101", "=cmd|'/c calc'!A1", "<script>alert(1)</script>", "吴娃娃",
]  # fmt: skip
PLACES = [
    "上湾村",
    f"上湾村 {number(77)}",
    "上湾村（精神病患者）",
    "上湾村13900000001",
    "../../上湾村",
]


def rows() -> list[list[object]]:
    """A stay of each name in each hospital, in one place after the other; the last is a child's."""
    made: list[list[object]] = []
    for at, (name, hospital) in enumerate(product(NAMES, HOSPITALS)):
        who = NAMES.index(name)
        day = f"2010-10-{1 + len(made) % 5 * 5:02d}"
        id_no = number(who, "20050101") if name == "吴娃娃" else number(who)
        cells: dict[str, object] = {
            "住院号": f"ZY{at:04d}", "姓名": name, "身份证号": id_no, "医疗机构": hospital,
            "入院日期": day, "出院日期": day, "结算日期": "2010-10-31", "新农合补偿": "500.00", "个人自付": "500.00",
        }  # fmt: skip
        made.append([*stay(at, **cells), PLACES[who % len(PLACES)], "白土乡"])
    return made


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The quarter of the hostile county."""
    home = tmp_path_factory.mktemp("hostile")
    listed = [
        ["姓名", "身份证号", "救助类别", "乡镇", "村", "批准时间"],
        *(
            [name, number(at), "农村低保户", "白土乡", "上湾村", "2008-01-01"]
            for at, name in enumerate(NAMES[:7])
        ),
    ]
    written(home, {
        "stays/a.csv": csv_bytes(table(*rows(), header=(*HEADER, "村", "乡镇"))),
        "roster.csv": csv_bytes(listed),
        "register.csv": REGISTER.encode("utf-8-sig"),
    })  # fmt: skip
    request = Request(
        "2010Q4", [home / "stays"], [home / "roster.csv"], home / "register.csv", ["huangzhong-2009"], Settings()
    )  # fmt: skip
    return reconcile(request)


def test_every_dirty_cell_has_its_finding(run: Run) -> None:
    told = run.findings.filter(code="FI05")["message"].unique().to_list()
    for what in ("电话", "证件号码", "出生日期", "写明病情的文字", "无法显示的字"):
        assert any(what in message for message in told), what


PROFILES: dict[str, dict[str, Any]] = {
    "usual": {},
    "full": {"names": "full"},
    "masked by village": {"names": "masked", "place": "village"},
    "sums": {"names": "none"},
    "little": {"names": "masked", "place": "township", "hospital": False, "month": False, "k": 3},
}


@pytest.fixture(scope="module", params=PROFILES)
def out(run: Run, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The county published with one profile for all its boards and the site."""
    shown = PROFILES[request.param]
    board = dict.fromkeys(("village", "township", "county", "hospital"), shown)
    folder = tmp_path_factory.mktemp("out") / "out"
    publish(run, folder, FROM, PublishOptions(), publicity=profiles(board=board, site=shown))
    return folder


def said(path: Path, text: str) -> list[str]:
    """What people read in a file, cell by cell."""
    return (
        Tags(text).words
        if path.suffix == ".html"
        else re.split("<[^>]*>", re.sub("<v>.*?</v>", "", text))
    )


def test_nothing_that_must_not_be_public_is_in_any_file(out: Path) -> None:
    county = {"09712230001", "09712230002", "09712230003"}
    for path, text in texts(out):
        words = said(path, text)
        numbers = [number for word in words for number in find_numbers(word)]
        assert {n.digits for n in numbers if n.kind in ("id", "account", "phone")} <= county, path
        whole = "".join(words)
        assert not ILLNESS.search(whole), path
        assert "吴娃娃" not in whole, path
        assert not re.search("[\u200b\u202e\ue000-\uf8ff]", whole), path


def test_no_hospital_can_be_told_by_elimination(out: Path) -> None:
    for path, text in texts(out):
        words = "".join((*said(path, text), path.as_posix()))
        assert not [name for name in HOSPITALS if name in words and name not in TOLD], path


def test_sums_are_equal_at_every_level(out: Path) -> None:
    lines = manifest(out)
    sums = {
        level: sum(line["basic_fen"] for line in lines if line["level"] == level)
        for level in {line["level"] for line in lines}
    }
    assert len(set(sums.values())) == 1
    assert sums["county"] > 0


def test_with_k_nobody_is_the_only_match(out: Path, request: pytest.FixtureRequest) -> None:
    little = "little" in request.node.name
    for line in manifest(out):
        assert line["only_match"] <= line["people_shown"]
        if little:
            assert line["only_match"] == 0


def test_a_phone_beside_a_name_does_not_make_it_another_name(run: Run) -> None:
    """李强's stays are settled like everybody's; a note in brackets would have been one."""
    stays = run.stays.filter(pl.col("name") == "李强")
    assert stays.height == len(HOSPITALS)
    codes = run.findings.filter(pl.col("name") == "李强")["code"].to_list()
    assert "ID04" not in codes
