"""What papers for the public call a hospital: by its name, or, where names would tell an illness, by its level.

Printing only the telling hospital by its level hides nothing: of a level all of whose other hospitals are named, the
nameless one is known. So a level with one of them prints all its hospitals by level, whether or not anybody was treated
there in this period; and a level that has no others shares its label with the next one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from onestop_cli.errors import CannotRun, Problem
from onestop_cli.privacy import tells_illness
from onestop_cli.run import Run
from onestop_cli.tables.schema import LEVELS

MARK = "公示隐名"
"""The column of the register that says whether a hospital's name tells an illness."""

_YES = ("是", "1", "√", "Y", "YES", "TRUE")
_NO = ("否", "0", "×", "N", "NO", "FALSE")
NOWHERE = ""
"""The level of a hospital that is not in the register."""
_NAMES = {**LEVELS, NOWHERE: "其他"}

Group = tuple[str, ...]
"""Levels, lowest first, whose hospitals all have one label."""


@dataclass(frozen=True)
class Hospital:
    """A hospital at one of its levels (an id of `LEVELS`, or `NOWHERE`).

    `marked`: what the register says of its name, None where it says nothing.
    """

    name: str
    level: str
    marked: bool | None = None

    @property
    def telling(self) -> bool:
        """Whether its name tells an illness: as the register says, else as its words suggest."""
        return tells_illness(self.name) if self.marked is None else self.marked


@dataclass(frozen=True)
class Labels:
    """The labels of a run's hospitals."""

    hospitals: tuple[Hospital, ...]

    @cached_property
    def by_level(self) -> Mapping[str, str]:
        """Level → the label of all its hospitals, for the levels that print none by name."""
        return {
            level: "、".join(_NAMES[each] for each in group) + "定点医疗机构"
            for group in self._groups()
            for level in group
        }

    @property
    def suggested(self) -> tuple[str, ...]:
        """Hospitals that only their words call telling; the register should say."""
        names = (one.name for one in self.hospitals if one.marked is None and one.telling)
        return tuple(dict.fromkeys(names))

    def of(self, hospital: pl.Expr, level: pl.Expr) -> pl.Expr:
        """What the public reads instead of `hospital`, row by row."""
        known = level.fill_null(NOWHERE).replace_strict(
            dict(self.by_level), default=None, return_dtype=pl.String
        )
        return pl.coalesce(known, hospital)

    def _groups(self) -> list[Group]:
        """The hidden levels; one without a hospital that tells nothing takes in the next level, until there is one."""
        groups: list[Group] = [
            (level,) for level in _NAMES if any(one.telling for one in self._at(level))
        ]
        while lonely := next((group for group in groups if not self._has_company(group)), None):
            beside = self._beside(lonely)
            if beside is None:
                break
            joined = {lonely, *(group for group in groups if beside in group)}
            levels = {beside, *(level for group in joined for level in group)}
            groups = [group for group in groups if group not in joined]
            groups.append(tuple(level for level in _NAMES if level in levels))
        return groups

    def _at(self, level: str) -> Iterator[Hospital]:
        return (one for one in self.hospitals if one.level == level)

    def _has_company(self, group: Group) -> bool:
        return any(not one.telling for level in group for one in self._at(level))

    def _beside(self, group: Group) -> str | None:
        """The next level that has hospitals: the one below, else the one above."""
        here = [level for level in _NAMES if any(self._at(level))]
        below, above = here[: here.index(group[0])], here[here.index(group[-1]) + 1 :]
        return below[-1] if below else above[0] if above else None


def labels_of(run: Run) -> Labels:
    """The labels of a run's hospitals, by its register and its own stays.

    Raises `CannotRun` naming every hospital whose mark is neither 是 nor 否.
    """
    marks, problems = _marks(run.register)
    if problems:
        raise CannotRun(problems)
    tables = [run.stays, run.adjustments]
    tables += [run.register] if "hospital" in run.register.columns else []
    places = pl.concat(table.select("hospital", "level").drop_nulls("hospital") for table in tables)
    known = places.with_columns(pl.col("level").fill_null(NOWHERE)).unique().sort(pl.all())
    return Labels(tuple(Hospital(name, level, marks.get(name)) for name, level in known.rows()))


def _marks(register: pl.DataFrame) -> tuple[dict[str, bool], list[Problem]]:
    """Hospital → whether the register says that its name tells an illness."""
    if MARK not in register.columns:
        return {}, []
    marks, problems = {}, []
    for name, text in register.select("hospital", MARK).drop_nulls().iter_rows():
        word = text.strip().upper()
        if word in (*_YES, *_NO):
            marks[name] = word in _YES
        elif word:
            what = f"机构名册里“{name}”的{MARK}写作“{text}”，看不懂"
            problems.append(Problem(what, "请写 是 或 否，重新运行 reconcile"))
    return marks, problems
