"""The table of contents of a publication: `manifest.json`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from onestop_cli.notices.notices import Notice, Notices
from onestop_cli.notices.rolls import Roll
from onestop_cli.notices.texts import Texts
from onestop_cli.writers.notices.boards import Board
from onestop_cli.writers.notices.paths import Places, site_stem

BOARDS, SITE = "张贴", "网站"
"""The folders of a publication."""


def manifest(
    notices: Notices, rolls: Sequence[Roll], boards: Sequence[Board], places: Places, texts: Texts
) -> Iterator[dict[str, Any]]:
    """A line for each of `boards`, which are those of the notices and then those of the rolls; amounts in fen."""
    on_site = {notice.key: notice for notice in notices.site}
    paid = [f"{layer}_fen" for layer in texts.kinds]
    count = len(notices.boards)
    for notice, one in zip(notices.boards, boards[:count], strict=True):
        yield {
            **_place(one.stem, notice.level, notice.township, notice.village, notice.hospital),
            **{key: notice.sums[key] for key in ("rows", "total_fen", *paid)},
            "number": one.page.number,
            **_given_away(notice),
            **_site_entry(on_site.get(notice.key), places),
        }
    for roll, one in zip(rolls, boards[count:], strict=True):
        yield {
            **_place(one.stem, "roll", roll.township, roll.village, None),
            "rows": sum(roll.counts.values()),
            **dict.fromkeys(("total_fen", *paid), 0),
            "number": one.page.number,
            "names": roll.profile.names,
        }


def _place(
    stem: PurePosixPath, level: str, township: str | None, village: str | None, hospital: str | None
) -> dict[str, Any]:
    return {
        "file": f"{BOARDS}/{stem}.html",
        "level": level,
        "township": township,
        "village": village,
        "hospital": hospital,
    }


def _given_away(notice: Notice) -> dict[str, Any]:
    """How a list shows names, of how many people it shows rows, how many are on the rosters and the only match."""
    exposed = notice.exposed
    return {
        "names": notice.profile.names,
        "people_shown": exposed.people,
        "people_listed": exposed.listed,
        "only_match": exposed.alone,
    }


def _site_entry(notice: Notice | None, places: Places) -> dict[str, Any]:
    """The same of a list's page on the site."""
    if notice is None:
        return {}
    known = {f"site_{key}": value for key, value in _given_away(notice).items()}
    return {"site": f"{SITE}/{site_stem(places.code(notice))}.html", **known}
