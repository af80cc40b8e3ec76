"""A county of a dozen made-up people whose quarter has one of everything that explanations and letters speak of."""

from __future__ import annotations

import csv
from pathlib import Path

from onestop_cli.batch.reconcile import reconcile
from onestop_cli.batch.request import Request
from onestop_cli.core.identify import make_id
from onestop_cli.county.settings import County, Settings
from onestop_cli.run import Run
from onestop_cli.writers.toolkit.run_folder import write_data

IDS = [make_id(f"6399001950{1 + n:02d}01{100 + n}") for n in range(8)]
WUBAO, DIBAO, ENDED, VETERAN, MISSED, STRANGER, HELD, TWICE = IDS
NAMES = ("吴保", "狄保", "钟止", "尤抚", "娄旧", "莫生", "何待", "庄复")
NAME = dict(zip(IDS, NAMES, strict=True))

_REGISTER = """医疗机构,级别
县医院,县级
市医院,市级
甲乡卫生院,乡级
"""
_ROSTER = f"""姓名,身份证号,救助类别,乡镇,村,起始日期,停止日期,户主,与户主关系,证件编号
吴保,{WUBAO},五保户,青山乡,一村,2008-01-01,,,,五保001
狄保,{DIBAO},农村低保户,青山乡,二村,2008-01-01,,狄户主,配偶,低保002
钟止,{ENDED},农村低保户,青山乡,二村,2008-01-01,2010-09-30,,,低保003
尤抚,{VETERAN},重点优抚对象,白水镇,三村,2008-01-01,,,,优抚004
娄旧,{MISSED},农村低保户,白水镇,三村,2008-01-01,,,,低保005
庄复,{TWICE},农村低保户,白水镇,四村,2008-01-01,,,,低保006
"""
_HEAD = (
    "医疗机构,住院号,姓名,身份证号,入院日期,出院日期,结算日期,"
    "总费用,可补偿费用,新农合补偿,医疗救助,个人自付"
)
_STAYS = [
    # 县医院: right to the fen; then the township's rate twice, and assistance worked out from it
    ("县医院", "A1", WUBAO, "2010-10-04", "2010-10-10", "3000.00", "2400.00", "1680.00", "1320.00"),
    ("县医院", "A2", DIBAO, "2010-10-05", "2010-10-12", "5000.00", "4000.00", "3200.00", "1200.00"),
    ("县医院", "A3", DIBAO, "2010-11-05", "2010-11-12", "1000.00", "800.00", "640.00", "216.00"),
    # on the roster, nothing claimed; the second time basic too high by 50.00, which offsets
    ("县医院", "A4", MISSED, "2010-10-06", "2010-10-13", "2000.00", "1500.00", "1050.00", "0.00"),
    ("县医院", "A5", MISSED, "2010-12-06", "2010-12-13", "2000.00", "1500.00", "1100.00", "0.00"),
    ("县医院", "A6", STRANGER, "2010-10-07", "2010-10-14", "900.00", "700.00", "455.00", "100.00"),
    ("县医院", "A7", ENDED, "2010-10-08", "2010-10-15", "600.00", "500.00", "350.00", "150.00"),
    # 市医院: the whole cap to itself after A2 and A3; an odd fen; dates the wrong way round
    ("市医院", "B1", DIBAO, "2010-12-01", "2010-12-20", "30000.00", "20000.00", "12000.00", "6000.00"),
    ("市医院", "B2", VETERAN, "2010-11-01", "2010-11-09", "1234.57", "1000.03", "600.02", "507.64"),
    ("市医院", "B3", HELD, "2010-11-09", "2010-11-01", "800.00", "700.00", "420.00", "0.00"),
    # 甲乡卫生院: twice the same row, and a bill that was taken back
    ("甲乡卫生院", "C1", TWICE, "2010-10-01", "2010-10-09", "400.00", "300.00", "240.00", "96.00"),
    ("甲乡卫生院", "C1", TWICE, "2010-10-01", "2010-10-09", "400.00", "300.00", "240.00", "96.00"),
    ("甲乡卫生院", "C2", VETERAN, "2010-12-01", "2010-12-05", "500.00", "400.00", "320.00", "144.00"),
    ("甲乡卫生院", "C2", VETERAN, "2010-12-01", "2010-12-05", "-500.00", "-400.00", "-320.00", "-144.00"),
]  # fmt: skip


def county_run(folder: Path) -> Run:
    """The quarter reconciled; files are written to `folder`, the run to `folder/run`."""
    (folder / "名册.csv").write_text(_REGISTER, "utf-8")
    (folder / "花名册.csv").write_text(_ROSTER, "utf-8")
    home = folder / "医院"
    home.mkdir()
    for hospital in ("县医院", "市医院", "甲乡卫生院"):
        rows = [_row(*stay) for stay in _STAYS if stay[0] == hospital]
        with (home / f"{hospital}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([_HEAD.split(","), *rows])
    settings = Settings(county=County(name="示例县", phones={"县合管办": "0000-1234567"}))
    run = reconcile(
        Request(
            period="2010Q4",
            stays=[home],
            roster=[folder / "花名册.csv"],
            register=folder / "名册.csv",
            rules=["huangzhong-2009"],
            settings=settings,
        )
    )
    (folder / "run").mkdir()
    write_data(run, folder / "run")
    return run


def _row(hospital: str, number: str, person: str, first: str, last: str, *fees: str) -> list[str]:
    own = sum(_cents(fee) * sign for fee, sign in zip(fees, (1, 0, -1, -1), strict=True))
    self_pay = f"{'-' if own < 0 else ''}{abs(own) // 100}.{abs(own) % 100:02d}"
    return [hospital, number, NAME[person], person, first, last, last, *fees, self_pay]


def _cents(text: str) -> int:
    return int(text.replace(".", ""))
