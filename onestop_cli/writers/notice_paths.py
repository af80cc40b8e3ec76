"""Where each public list lies: by level, township and village, under names that are only names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from onestop_cli.notices import Notice
from onestop_cli.writers.folder import safe_names

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
