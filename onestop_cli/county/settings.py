"""`onestop.toml`: what a county tells the tool once, checked key by key."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import Field, PrivateAttr, ValidationError

from onestop_cli.county.sections import (
    Archive,
    Counts,
    HospitalMoney,
    Inspection,
    Payout,
    PremiumYear,
    SecondPayment,
    TomlTable,
    Unaided,
    Yuan,
)
from onestop_cli.county.toml_words import line_of, toml_problem
from onestop_cli.county.workdays import Calendar
from onestop_cli.errors import CannotRun, Problem, stop

FILE_NAME = "onestop.toml"
LEDGER = "台账.sqlite"
"""The usual name of a county's ledger, in its folder."""
MOST_NOTICE_DAYS = 60
"""The longest 公示期 that is meant, in working days."""


class County(TomlTable):
    """Who settles: name and contacts printed on statements and notices. `office` settles, `civil_affairs` keeps the
    rosters; where they are not said they are those of the period (`tables.wording`)."""

    name: str = ""
    office: str = ""
    civil_affairs: str = ""
    code: str = Field(default="", pattern=r"^(\d{4}|\d{6})?$")
    phones: dict[str, str] = {}
    addresses: dict[str, str] = {}
    township_phones: dict[str, str] = {}
    email: str = ""


class Reconcile(TomlTable):
    """The default of every option of `onestop reconcile`; paths are relative to the file."""

    stays: tuple[Path, ...] = ()
    roster: tuple[Path, ...] = ()
    register_file: Path | None = Field(default=None, alias="register")
    rules: tuple[str, ...] = ()
    insured: tuple[Path, ...] = ()
    ledger: Path | None = None
    decisions: Path | None = None
    out: Path | None = None
    tolerance: Decimal = Field(default=Decimal("0.01"), ge=0, le=100)
    near_cap: Decimal = Field(default=Decimal("0.95"), gt=0, le=1)
    readmission_days: int = Field(default=15, ge=0, le=365)

    @property
    def tolerance_fen(self) -> int:
        """`tolerance` (yuan) in whole fen."""
        return int(self.tolerance * 100)

    @property
    def near_cap_rate(self) -> int:
        """`near_cap` in ten-thousandths."""
        return int(self.near_cap * 10_000)


class Synonyms(TomlTable):
    """The county's own spellings: canonical name → other names; they come before the shipped ones.

    Under `category` the name 不享受救助 stands for kinds on rosters that give nothing. `township`, `village`: of
    places. `no_number`: what stands in a column of numbers for none.
    """

    category: dict[str, tuple[str, ...]] = {}
    level: dict[str, tuple[str, ...]] = {}
    hospital: dict[str, tuple[str, ...]] = {}
    township: dict[str, tuple[str, ...]] = {}
    village: dict[str, tuple[str, ...]] = {}
    no_number: tuple[str, ...] = ()


class FileLayout(TomlTable):
    """How to read the files whose name fits `file`, where the reader cannot find out by itself.

    `columns` maps a field (Chinese title or id) to the header's text; `ignore` are headers of columns that nobody
    needs. `header_row` is the first header row, 1-based. `date_order` settles dates such as 3/5/2010.
    `paid_to = "person"`: what the centre pays to people itself (零星报销, 依申请), no hospital's list.
    """

    file: str
    sheet: str | None = None
    skip: bool = False
    header_row: int | None = Field(default=None, ge=1)
    columns: dict[str, str] = {}
    ignore: tuple[str, ...] = ()
    hospital: str | None = None
    level: str | None = None
    category: str | None = None
    unit: Literal["元", "角", "分", "百元", "千元", "万元"] | None = None
    date_order: Literal["ymd", "mdy", "dmy"] | None = None
    paid_to: Literal["person"] | None = None

    def fits(self, source: str, sheet: str | None) -> bool:
        """Whether this layout speaks about `sheet` of `source` (relative path or bare file name)."""
        named = _fits(source, self.file) or _fits(PurePosixPath(source).name, self.file)
        return named and (self.sheet is None or _fits(sheet or "", self.sheet))

    _earlier: frozenset[str] = PrivateAttr(frozenset())

    @property
    def may_be_absent(self) -> frozenset[str]:
        """Fields of `columns` that only an earlier block names; the file may have changed since."""
        return self._earlier

    def over(self, earlier: FileLayout) -> FileLayout:
        """Both blocks as one: what this one says, and what only `earlier` said."""
        ours = {"columns", "ignore"}
        heads = {*self.columns.values(), *self.ignore}
        kept = {
            f: h for f, h in earlier.columns.items() if f not in self.columns and h not in heads
        }
        ignored = [h for h in earlier.ignore if h not in self.columns.values()]
        whole = earlier.model_dump(
            exclude_unset=True, exclude=ours | ({"skip"} if self.columns else set())
        )
        whole |= self.model_dump(exclude_unset=True, exclude=ours)
        whole |= {
            "columns": kept | self.columns,
            "ignore": tuple(dict.fromkeys([*ignored, *self.ignore])),
        }
        both = FileLayout.model_validate(whole)
        both._earlier = frozenset(kept) if self.columns else earlier._earlier
        return both


def _fits(name: str, pattern: str) -> bool:
    """Whether a name is `pattern` or fits it; a name may have brackets of its own."""
    return name == pattern or fnmatch(name, pattern)


class InboxSettings(TomlTable):
    """Files in the folders of `--stays` and `--roster` that are not read: globs relative to the path given."""

    ignore: tuple[str, ...] = ()


class Reopen(TomlTable):
    """Closed periods that were found wrong and may change: `reconcile` works them out again."""

    periods: tuple[str, ...] = ()


class ReadingLimits(TomlTable):
    """What reading may take: cells of all files of a run, memory (MB) and seconds of one file."""

    cells: int = Field(default=4_000_000, gt=0)
    memory: int = Field(default=1024, ge=128)
    seconds: int = Field(default=30, gt=0)


class Publish(TomlTable):
    """Defaults of `onestop publish`: 公示期 in working days, the basis in the county's own words, and who answers for
    the lists. `seal`: the office whose seal goes on them."""

    days: int = Field(default=7, ge=1, le=MOST_NOTICE_DAYS)
    basis: str = ""
    made_by: str = ""
    checked_by: str = ""
    seal: str = ""


class ShownOnList(TomlTable):
    """What a list shows; what is left open is as usual for its level.

    `place`: the smallest place it names. `k`: a row whose person fewer than `k` people fit goes into a sum line.
    `until`: the day on which the list is taken down.
    """

    names: Literal["full", "masked", "none"] | None = None
    hospital: bool | None = None
    month: bool | None = None
    place: Literal["village", "township"] | None = None
    k: int | None = Field(default=None, ge=2, le=100)
    until: date | None = None


class Boards(TomlTable):
    """What the boards of each level show."""

    village: ShownOnList = ShownOnList()
    township: ShownOnList = ShownOnList()
    county: ShownOnList = ShownOnList()
    hospital: ShownOnList = ShownOnList()


class TownshipOffice(TomlTable):
    """Who takes complaints in a township, and who answers for and seals its lists and those of its villages."""

    name: str
    phone: str = ""
    address: str = ""
    made_by: str = ""
    checked_by: str = ""
    seal: str = ""


class PublicitySettings(TomlTable):
    """What the boards and the site show, where the complaint box hangs, and the offices of townships."""

    box: str = ""
    board: Boards = Boards()
    site: ShownOnList = ShownOnList()
    township: tuple[TownshipOffice, ...] = ()


class Deadlines(TomlTable):
    """Days of the month after a period by which its fund notice is posted and its table handed in, and within how many
    working days after that hospitals are paid."""

    fund_notice_day: int | None = Field(default=None, ge=1, le=28)
    table_day: int | None = Field(default=None, ge=1, le=28)
    pay_days: int | None = Field(default=None, ge=1, le=60)


class Settings(TomlTable):
    """All of `onestop.toml`; `folder` is where it lies, and what its relative paths start from.

    `audit`: thresholds of leads by name, other than the defaults of `leads.model.Thresholds`. `holidays`, `workdays`:
    days on which the county works otherwise than the State Council says. `review`: category → after how
    many months it is looked at again. `income`: year → fund → source → what
    is to come in, yuan.
    """

    folder: Path = Path()
    county: County = County()
    reconcile: Reconcile = Reconcile()
    liability: dict[Literal["CA01", "RO01", "RO04"], Literal["hospital", "held"]] = {}
    synonyms: Synonyms = Synonyms()
    layout: tuple[FileLayout, ...] = ()
    inbox: InboxSettings = InboxSettings()
    reopen: Reopen = Reopen()
    limits: ReadingLimits = ReadingLimits()
    counts: dict[int, Counts] = {}
    income: dict[int, dict[str, dict[str, Yuan]]] = {}
    premium: dict[int, PremiumYear] = {}
    templates: dict[str, Path] = {}
    second: dict[int, SecondPayment] = {}
    archive: Archive = Archive()
    review: dict[str, Annotated[int, Field(ge=1, le=120)]] = {}
    inspection: Inspection = Inspection()
    payout: Payout = Payout()
    publish: Publish = Publish()
    publicity: PublicitySettings = PublicitySettings()
    deadlines: Deadlines = Deadlines()
    unaided: Unaided = Unaided()
    hospital_money: HospitalMoney = HospitalMoney()
    audit: dict[str, int] = {}
    holidays: tuple[date, ...] = ()
    workdays: tuple[date, ...] = ()

    @property
    def calendar(self) -> Calendar:
        """The county's working days."""
        return Calendar(frozenset(self.holidays), frozenset(self.workdays))

    @property
    def ledger(self) -> Path | None:
        """The county's ledger: the one that is named, else the usual one when it lies in the county folder."""
        if self.reconcile.ledger is not None:
            return self.folder / self.reconcile.ledger
        usual = self.folder / LEDGER
        return usual if (self.folder / FILE_NAME).is_file() and usual.is_file() else None

    def layout_for(self, source: str, sheet: str | None) -> FileLayout | None:
        """All `[[layout]]` blocks that fit as one: where they differ, what was saved later is meant."""
        found: FileLayout | None = None
        for layout in self.layout:
            if layout.fits(source, sheet):
                found = layout.over(found) if found else layout
        return found


def load_settings(path: Path | None) -> Settings:
    """The settings in `path`, or the defaults for None; raises `CannotRun` naming every wrong key."""
    if path is None:
        return Settings()
    try:
        text = path.read_bytes().decode("utf-8-sig")
        content = tomllib.loads(text, parse_float=Decimal)
    except OSError as error:
        raise stop("读不到设置文件", "请检查路径，或先运行 onestop init", str(path)) from error
    except UnicodeDecodeError as error:
        raise stop("设置文件不是 UTF-8 编码", "请用记事本另存为 UTF-8", str(path)) from error
    except tomllib.TOMLDecodeError as error:
        raise CannotRun([toml_problem(path, text, error)]) from error
    content.pop("folder", None)
    try:
        return Settings(folder=path.parent, **content)
    except ValidationError as error:
        raise CannotRun(_explain(error, path, text)) from error


_SENTENCES = {
    "extra_forbidden": "没有这个设置项",
    "missing": "缺少这一项",
    "literal_error": "只能是 {expected}",
    "greater_than_equal": "不能小于 {ge}",
    "greater_than": "必须大于 {gt}",
    "less_than_equal": "不能大于 {le}",
    "string_type": "应写成带引号的文字",
    "string_pattern_mismatch": "写法不对，应为 4 位或 6 位行政区划代码",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "decimal_parsing": "应为数字",
    "decimal_type": "应为数字",
    "tuple_type": "应写成方括号里的一列",
    "dict_type": "应写成一个表（键 = 值）",
    "model_type": "应写成一个表（键 = 值）",
    "bool_parsing": "应为 true 或 false",
    "bool_type": "应为 true 或 false",
    "decimal_max_places": "最多 {decimal_places} 位小数",
}


def _explain(error: ValidationError, path: Path, text: str) -> list[Problem]:
    """One problem per wrong key, with the key's full path and its line where it has one."""
    problems: dict[str, Problem] = {}
    for item in error.errors():
        where = [part for part in item["loc"] if part != "[key]"]
        key = ".".join(str(part + 1) if isinstance(part, int) else part for part in where)
        names = [part for part in where if isinstance(part, str)]
        row, asleep = line_of(text, names)
        sentence = _SENTENCES.get(item["type"], "写法不对").format(**item.get("ctx", {}))
        sentence = re.sub("'(.*?)'", r"“\1”", sentence.replace(" or ", " 或 "))
        remedy = "请对照 onestop init 写出的样本改正"
        if asleep:
            sentence, remedy = "不在该在的地方", f"它上面的“{asleep}”一行也要去掉行首的 #"
        elif item["type"] == "extra_forbidden":
            remedy = _nearest(names[-1]) + remedy
        problems.setdefault(key, Problem(f"设置项 {key}：{sentence}", remedy, str(path), row=row))
    return list(problems.values())


def _nearest(key: str) -> str:
    """The setting that was likely meant by a name that is none."""
    schema = Settings.model_json_schema()
    parts = (schema, *schema.get("$defs", {}).values())
    known = sorted({name for part in parts for name in part.get("properties", {})})
    found = get_close_matches(key, known, 1, 0.7)
    return f"是不是 {found[0]}？" if found else ""
