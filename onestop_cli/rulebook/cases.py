"""Cases beside a document: what an officer gives and expects, in yuan and in words.

`<id>.cases.toml` has a `[[case]]` for each: name, article, given, expect; `earlier` lists stays of the same
year and person before it. `[fill]` puts trial numbers where the document still has "to-fill".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from onestop_cli.errors import CannotRun
from onestop_cli.rulebook.change import changed
from onestop_cli.rulebook.faults import key_problems
from onestop_cli.rulebook.language import RuleFile
from onestop_cli.rulebook.library import CASES, LoadedRule, read_toml
from onestop_cli.rulebook.scalars import Fen, Listed

Amount = Fen | None


class Given(BaseModel):
    """One stay. Amounts in fen. `stay_no`, `settlement`: its numbers, where several settle one visit. `paid`: what
    layers claimed that are given or only bound-checked. `household`, and which `member` of it, as a word of one's own.
    `listed_years`, `listed_raise`: what the list of insured people says. Further keys are the document's own dimensions
    and expenses."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)

    level: str = "county"
    category: Annotated[Listed, Field()] = []
    total: Amount = None
    eligible: Amount = None
    out_of_scope: Fen = 0
    first_pay: Fen = 0
    over_limit: Fen = 0
    scheme: str | None = None
    disease: str = ""
    age: int | None = None
    hospital: str = "示例医院"
    admitted: date | None = None
    discharged: date | None = None
    settled: date | None = None
    stay_no: str = ""
    settlement: str = ""
    paid: Mapping[str, Fen] = Field(default_factory=dict)
    household: str = ""
    member: str = ""
    listed_years: int | None = None
    listed_raise: Amount = None

    @property
    def further(self) -> Mapping[str, Any]:
        """Values of the document's own dimensions and expenses, as written."""
        return self.model_extra or {}


class Case(BaseModel):
    """One line of an officer's table. `expect` maps a layer to yuan, and further words to what they say."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: str
    article: str
    given: Given
    earlier: list[Given] = Field(default_factory=list)
    expect: Mapping[str, Any]


class CaseFile(BaseModel):
    """A whole cases file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    fill: Mapping[str, Any] = Field(default_factory=dict)
    case: list[Case]


@dataclass(frozen=True)
class Cases:
    """The cases of a document, which has the trial numbers filled in."""

    rule: RuleFile
    path: Path
    cases: tuple[Case, ...]


def cases_path(rule: Path) -> Path:
    """Where a document's cases stand: `<id>.cases.toml` beside it."""
    return rule.with_name(rule.stem + CASES)


def load_cases(loaded: LoadedRule) -> Cases | None:
    """The cases beside a document; None where there is no such file. Raises `CannotRun` with every wrong key."""
    path = cases_path(loaded.path)
    if not path.is_file():
        return None
    text, table = read_toml(path)
    try:
        file = CaseFile.model_validate(table)
    except ValidationError as error:
        raise CannotRun(key_problems(path, text, table, error)) from error
    rule = _filled(loaded, path, file.fill) if file.fill else loaded.file
    return Cases(rule, path, tuple(file.case))


def _filled(loaded: LoadedRule, path: Path, fill: Mapping[str, Any]) -> RuleFile:
    text, table = read_toml(loaded.path, loaded.data)
    table = changed(table, fill, str(path))
    try:
        return RuleFile.model_validate(table)
    except ValidationError as error:
        raise CannotRun(key_problems(loaded.path, text, table, error)) from error
