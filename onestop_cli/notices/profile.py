"""What a list shows of people: whole names, masked ones or sums only, and how finely it says where and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from onestop_cli.county.settings import PublicitySettings as Settings
from onestop_cli.county.settings import ShownOnList

Names = Literal["full", "masked", "none"]


@dataclass(frozen=True)
class Profile:
    """What a list shows. `names`: with `none` there are sums only, no rows. `place`: the smallest place it names.

    `k`: a row whose person fewer than `k` people fit goes into a sum line; 0: every row stays. `until`: the day on
    which the list is taken down.
    """

    names: Names
    place: Literal["village", "township"]
    hospital: bool = True
    month: bool = True
    k: int = 0
    until: date | None = None


USUAL: Mapping[str, Profile] = {
    "county": Profile("masked", "township"),
    "township": Profile("full", "village"),
    "village": Profile("full", "village"),
    "hospital": Profile("masked", "township"),
}
"""What boards show where nobody says otherwise, by level."""

ON_THE_SITE = Profile("masked", "township")
"""The same for the site, which everybody can read and copy."""


@dataclass(frozen=True)
class PublicityProfile:
    """What boards of each level show, and what the site shows."""

    boards: Mapping[str, Profile]
    site: Profile

    @classmethod
    def usual(cls) -> PublicityProfile:
        """As it is where nobody says otherwise."""
        return cls(USUAL, ON_THE_SITE)

    @classmethod
    def of(cls, settings: Settings, *, names: bool = False) -> PublicityProfile:
        """As onestop.toml says. `names`: full names on the boards of the county and the hospitals, too."""
        boards = {
            level: _chosen(usual, getattr(settings.board, level)) for level, usual in USUAL.items()
        }
        if names:
            boards = {level: replace(profile, names="full") for level, profile in boards.items()}
        return cls(boards, _chosen(ON_THE_SITE, settings.site))


def has_lists(profile: Profile, level: str) -> bool:
    """Whether there are lists of a level at all: none of villages or hospitals that are not to be named."""
    return {"village": profile.place == "village", "hospital": profile.hospital}.get(level, True)


def _chosen(usual: Profile, shown: ShownOnList) -> Profile:
    """`usual`, changed where the county says so."""
    return replace(usual, **shown.model_dump(exclude_none=True))
