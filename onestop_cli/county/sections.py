"""Tables of `onestop.toml` about money and papers beside the settlement: off, or as usual, until they are written."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class TomlTable(BaseModel):
    """A table of the file; a key it does not know is an error, never silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SecondBand(TomlTable):
    """The rate of the part of a year's burden from `from` yuan on, up to the next band."""

    start: Decimal = Field(alias="from", ge=0, decimal_places=2)
    rate: Decimal = Field(gt=0, le=1, decimal_places=4)


class SecondPayment(TomlTable):
    """大病二次补偿 of a year. `base`: what people bore (own), or of it only what was in scope (eligible). `by`:
    the day whose year a stay is of. `cap`: of one person, `limit`: of all (yuan); over it everybody is cut alike, to
    whole fen that sum up to it (remainder), or each rounded down (down)."""

    fund: str
    name: str = "大病二次补偿"
    base: Literal["own", "eligible"] = "own"
    by: Literal["discharge", "admission", "settlement"] = "discharge"
    bands: tuple[SecondBand, ...] = Field(min_length=1)
    cap: Decimal | None = Field(default=None, gt=0, decimal_places=2)
    limit: Decimal | None = Field(default=None, gt=0, decimal_places=2)
    cut: Literal["remainder", "down"] = "remainder"


PAYOUT_FIELDS = (
    "序号",
    "姓名",
    "身份证号",
    "户名",
    "账号",
    "开户行",
    "金额",
    "金额分",
    "摘要",
    "基金",
    "乡镇",
    "村",
)
"""What a column of the bank's file may hold."""


class Payout(TomlTable):
    """一卡通发放: the lists of people's accounts, and the file that the bank wants.

    `columns`: the file's titles → one of `PAYOUT_FIELDS`, or a text of its own behind `=`. `note`: 摘要 of every line.
    """

    accounts: tuple[Path, ...] = ()
    note: str = "医疗补偿补发"
    encoding: Literal["gb18030", "utf-8", "utf-8-sig"] = "gb18030"
    header: bool = True
    separator: Literal[",", "|", "\t"] = ","
    columns: dict[str, str] = {
        "序号": "序号",
        "户名": "户名",
        "账号": "账号",
        "开户行": "开户行",
        "证件号码": "身份证号",
        "金额": "金额",
        "摘要": "摘要",
    }


class Inspection(TomlTable):
    """What inspectors look at in a hospital, in the county's words (as in 大方, unless it has its own), what delegates
    are asked about (`appraisal`, 民主测评, as in 湟中), and within how many working days hospitals put things right and
    complaints are answered."""

    five: tuple[str, ...] = (
        "病人是否人证相符",
        "病情是否符合补偿规定",
        "病历是否真实",
        "处方用药是否符合要求",
        "收费清单是否符合标准",
    )
    seven: tuple[str, ...] = (
        "基本药物目录公开",
        "药品价格公开",
        "服务项目公开",
        "收费标准公开",
        "报销程序公开",
        "报销结果公开",
        "补偿比例公开",
    )
    ten: tuple[str, ...] = (
        "不准收购参合人员《合医证》制假报销",
        "不准虚开住院天数报销",
        "不准为冒名顶替的人员办理门诊及住院手续",
        "不准将门诊病人作为住院病人报销",
        "不准将不能报销的药品及检查项目变通报销",
        "不准将未实施或未开展的诊疗项目制假报销",
        "不准将物品变通为药品报销",
        "不准将病人生活费列为住院费报销",
        "不准将病人应交费用加入住院费报销",
        "不准诱导病人进行医疗消费",
    )
    appraisal: tuple[str, ...] = (
        "有关政策、规定落实情况",
        "救助对象、救助标准、救助金额的公开、公正、公平",
        "坚持原则、秉公办事",
        "服务周到、方便群众",
    )
    days: int = Field(default=10, ge=1, le=60)
    reply_days: int = Field(default=15, ge=1, le=60)


class Archive(TomlTable):
    """The papers that belong into the file of an assisted stay."""

    papers: tuple[str, ...] = (
        "垫付审批表",
        "户口簿复印件",
        "身份证复印件",
        "身份证明复印件",
        "出院证明",
        "医疗救助结算清单",
    )


class Unaided(TomlTable):
    """未救助名单: from how much of their own (yuan) people without any assistance are listed, those with a valid
    category and all others; without a number none are."""

    listed: Decimal | None = Field(default=None, ge=0, decimal_places=2)
    unlisted: Decimal | None = Field(default=None, ge=0, decimal_places=2)

    @property
    def fen(self) -> dict[str, int]:
        """The thresholds that are set, in fen."""
        said = {"listed": self.listed, "unlisted": self.unlisted}
        return {name: int(yuan * 100) for name, yuan in said.items() if yuan is not None}


class HospitalMoney(TomlTable):
    """Accounts with hospitals beside 核定应拨: the rate of the 质量保证金, and whether payments to hospitals are booked
    (已付, 不予支付, 退还保证金); off unless the county sets them."""

    deposit: Decimal | None = Field(default=None, gt=0, le=Decimal("0.05"), decimal_places=4)
    payments: bool = False

    @property
    def rate(self) -> int:
        """The deposit in ten-thousandths, 0 without one."""
        return int((self.deposit or 0) * 10_000)


class Counts(TomlTable):
    """People of a year: 应参合人数, 参合人数, their stays by the insurance's own yearly report, 在册救助对象人数."""

    insurable: int | None = Field(default=None, gt=0)
    insured: int | None = Field(default=None, gt=0)
    insured_stays: int | None = Field(default=None, ge=0)
    roster: int | None = Field(default=None, gt=0)


Yuan = Annotated[Decimal, Field(ge=0, le=100_000_000_000, decimal_places=2)]


class PremiumYear(TomlTable):
    """资助参合 of a year: the premium of one person (yuan), the categories it is paid for in full, and fixed amounts.

    A person of several categories goes by the first that is named here.
    """

    standard: Decimal | None = Field(default=None, gt=0, le=100_000, decimal_places=2)
    full: tuple[str, ...] = ()
    fixed: dict[str, Annotated[Decimal, Field(gt=0, le=100_000, decimal_places=2)]] = {}
