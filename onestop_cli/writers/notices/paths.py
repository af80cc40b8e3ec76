"""Where each public list lies: by level, township and village, under names that are only names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath

from onestop_cli.notices.notices import Notice
from onestop_cli.notices.rolls import Roll
from onestop_cli.writers.toolkit.folder import safe_names

ROLLS = "对象公示"

Key = tuple[str, str | None, str | None, str | None]


def stems(notices: Iterable[Notice]) -> dict[Key, PurePosixPath]:
    """The path of each list below its folder, without an ending: 村级/白土乡/上湾村."""
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
    """The path of each roll below its folder, without an ending: 对象公示/白土乡/上湾村."""
    townships = safe_names(roll.township for roll in rolls)
    villages = {
        township: safe_names(roll.village for roll in rolls if roll.township == township)
        for township in townships
    }
    return [
        PurePosixPath(ROLLS, townships[roll.township], villages[roll.township][roll.village])
        for roll in rolls
    ]


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
