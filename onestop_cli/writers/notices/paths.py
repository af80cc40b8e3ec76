"""Where each public list lies, and its number: by level, township and village, under names that are only names.

Boards lie under their Chinese names, since people look for them in a folder. The site's files have plain ASCII names,
which survive every web server, zip program and mail; the pages have their Chinese titles.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from onestop_cli.notices.lines import OTHER
from onestop_cli.notices.notices import Notice
from onestop_cli.notices.rolls import Roll
from onestop_cli.notices.texts import Texts
from onestop_cli.writers.toolkit.folder import safe_names

ROLLS = "对象公示"
INDEX = "index"

Key = tuple[str, str | None, str | None, str | None]


class Places:
    """Townships, villages and hospitals in their order, each with the number it has in this publication."""

    def __init__(self, notices: Sequence[Notice], rolls: Sequence[Roll] = ()) -> None:
        homes = [(one.township, one.village) for one in notices]
        homes += [(one.township, one.village) for one in rolls]
        self._townships = _numbered(township for township, _ in homes)
        self._villages = {
            home: _numbered(village for township, village in homes if township == home)
            for home in self._townships
        }
        self._hospitals = _numbered((one.hospital for one in notices), last="")

    def code(self, notice: Notice) -> str:
        """`00` for the county, `03` for a township, `03-05` for a village, `J02` for a hospital."""
        if notice.hospital:
            return f"J{self._hospitals[notice.hospital]:02d}"
        return self._home(notice.township, notice.village) if notice.township else "00"

    def roll_code(self, roll: Roll) -> str:
        """The same of a roll: `D03-05`."""
        return f"D{self._home(roll.township, roll.village)}"

    def _home(self, township: str, village: str | None) -> str:
        code = f"{self._townships[township]:02d}"
        return f"{code}-{self._villages[township][village]:02d}" if village else code


def _numbered(names: Iterable[str | None], last: str = OTHER) -> dict[str, int]:
    """Names → their place in order, from 1; `last` comes last."""
    known = sorted({name for name in names if name}, key=lambda name: (name == last, name))
    return {name: number for number, name in enumerate(known, 1)}


def notice_number(code: str, texts: Texts) -> str:
    """The 公示编号 of a list: county, period, and its code.

    A month is 2024M01 and a year 2024Y, as a quarter is 2024Q1: digits alone, behind a county's six, read as an ID.
    """
    period = texts.period_id.replace("-", "M")
    period += "Y" if period.isdecimal() else ""
    return "-".join(part for part in (texts.code, period, code) if part)


def board_stems(notices: Iterable[Notice]) -> dict[Key, PurePosixPath]:
    """The path of each board below its folder, without an ending: 村级/白土乡/上湾村."""
    lists = list(notices)
    townships = safe_names(notice.township for notice in lists if notice.township)
    hospitals = safe_names(notice.hospital for notice in lists if notice.hospital)
    villages = {
        township: safe_names(
            notice.village for notice in lists if notice.township == township and notice.village
        )
        for township in townships
    }
    return {notice.key: _stem(notice, townships, villages, hospitals) for notice in lists}


def roll_stems(rolls: Sequence[Roll]) -> list[PurePosixPath]:
    """The path of each roll's board below its folder, without an ending: 对象公示/白土乡/上湾村."""
    townships = safe_names(roll.township for roll in rolls)
    villages = {
        township: safe_names(
            roll.village for roll in rolls if roll.township == township and roll.village
        )
        for township in townships
    }
    return [
        PurePosixPath(ROLLS, townships[roll.township], villages[roll.township][roll.village])
        if roll.village
        else PurePosixPath(ROLLS, townships[roll.township])
        for roll in rolls
    ]


def site_stem(code: str) -> str:
    """The name of a page of the site, without its ending."""
    if code == "00":
        return INDEX
    kinds = {"J": "hospital-", "D": "changes-"}
    kind = kinds.get(code[0])
    return kind + code[1:] if kind else f"place-{code}"


def _stem(
    notice: Notice,
    townships: Mapping[str, str],
    villages: Mapping[str, Mapping[str, str]],
    hospitals: Mapping[str, str],
) -> PurePosixPath:
    if notice.hospital:
        return PurePosixPath("机构", hospitals[notice.hospital])
    if not notice.township:
        return PurePosixPath("县级")
    if not notice.village:
        return PurePosixPath("乡级", townships[notice.township])
    village = villages[notice.township][notice.village]
    return PurePosixPath("村级", townships[notice.township], village)
