"""`run.json`: what a run says of itself, as one typed model.

A part that a run does not have (`ledger`, `decisions`, `parts` …) is not written either, and what a newer version
added stays where it was: reading and writing again gives the same content. Amounts are fen.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from onestop_cli.tables.wording import Wording, wording


class _Part(BaseModel):
    """A part of the file. Keys of a newer version are kept."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)


class CountyInfo(_Part):
    """Whose run it is: the `[county]` table of onestop.toml, by which papers name offices and phones."""

    name: str = ""
    code: str = ""
    phones: Mapping[str, str] = {}
    addresses: Mapping[str, str] = {}
    township_phones: Mapping[str, str] = {}
    email: str = ""
    office: str = ""
    civil_affairs: str = ""


class SettledWith(_Part):
    """How the county had set the core. `near_cap` in ten-thousandths; `liability`: finding code → hospital or held;
    `unaided`: thresholds of 未救助名单, fen; `deposit`: 质量保证金 in ten-thousandths of what hospitals are paid."""

    tolerance_fen: int = 1
    near_cap: int = 9_500
    readmission_days: int = 15
    liability: Mapping[str, str] = {}
    unaided: Mapping[str, int] = {}
    deposit: int = 0


@dataclass(frozen=True)
class LayerInfo:
    """A layer of the run: its id (column prefix), its Chinese name, its kind and the fund that pays it. `funds`: scheme
    → fund, where documents of several schemes pay it out of several."""

    id: str
    name: str
    kind: str
    fund: str
    funds: Mapping[str, str] = field(default_factory=dict, hash=False)


class RuleInfo(_Part):
    """A document of the run. `from_`, `to`: ISO days; `assumed`: which of them its source does not give."""

    id: str
    title: str = ""
    document: str = ""
    number: str = ""
    from_: str | None = Field(default=None, alias="from")
    to: str | None = None
    assumed: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()
    sha256: str = ""
    schemes: tuple[str, ...] = ()

    @property
    def scheme(self) -> str:
        """The schemes it is for, as one name."""
        return "、".join(self.schemes)


class StandardInfo(_Part):
    """A line of the 补偿标准 that people are told; `base`: the costs that a rate applies to."""

    layer: str = ""
    layer_name: str
    who: str
    terms: str
    base: str = ""
    document: str
    quote: str = ""


class InputInfo(_Part):
    """A file that was read. `kind`: stays, roster or register; `path` relative to the path given."""

    path: str
    kind: str
    sha256: str
    rows: int = 0


class RowCounts(_Part):
    """Rows read = stays + joined + roster + quarantined + all of `left` (recognised rows without data, by kind)."""

    rows_read: int = 0
    stays: int = 0
    joined: int = 0
    roster: int = 0
    quarantined: int = 0
    left: Mapping[str, int] = {}
    status: Mapping[str, int] = {}


class ControlTotals(_Part):
    """Control totals: layer → `<amount>_fen`, and of all stays."""

    layers: Mapping[str, Mapping[str, int]] = {}
    total_fen: int = 0
    patient_owed_fen: int = 0


class BooksInfo(_Part):
    """The ledger the run was made against: how many closed periods and postings it had, the digest of the last one."""

    runs: int
    head: str
    entries: int = 0


class AccountInfo(_Part):
    """A fund's account before the run."""

    opening_fen: int
    advanced_fen: int


class DecisionsInfo(_Part):
    """The decisions that were applied, line by line (`core.decisions.DECISIONS`, days as text), and their file."""

    path: str = ""
    sha256: str = ""
    lines: tuple[Mapping[str, Any], ...] = ()


class PartsInfo(_Part):
    """How a run in parts was worked out."""

    buckets: int
    engine: str


class RunInfo(_Part):
    """All of `run.json`. `period` is its id; `classes`: category → class; `level_rates`: layer → level → rate in words;
    `pending`: closed stays that wait (`core.pending.PENDING`); `hospital_money`: what is open with hospitals;
    `recomputed`: closed periods worked out again; `severity`: findings by it, of a run in parts; `files`: every other
    file of the folder, relative → SHA-256;
    `digest`: of everything above it; `made_at`: ISO."""

    version: str = ""
    made_at: str = ""
    period: str
    county: CountyInfo = CountyInfo()
    settings: SettledWith = SettledWith()
    deadlines: Mapping[str, int | None] = {}
    counts_by_year: Mapping[str, Mapping[str, int | None]] = {}
    layers: tuple[LayerInfo, ...] = ()
    rules: tuple[RuleInfo, ...] = ()
    classes: Mapping[str, str] = {}
    standards: tuple[StandardInfo, ...] = ()
    level_rates: Mapping[str, Mapping[str, str]] = {}
    inputs: tuple[InputInfo, ...] = ()
    counts: RowCounts = RowCounts()
    control: ControlTotals = ControlTotals()
    severity: Mapping[str, int] = {}
    warnings: tuple[str, ...] = ()
    ledger: BooksInfo | None = None
    accounts: Mapping[str, AccountInfo] = {}
    pending: tuple[Mapping[str, Any], ...] = ()
    hospital_money: tuple[Mapping[str, Any], ...] = ()
    decisions: DecisionsInfo | None = None
    recomputed: tuple[str, ...] = ()
    parts: PartsInfo | None = None
    files: Mapping[str, str] = {}
    digest: str = ""

    @property
    def words(self) -> Wording:
        """What offices and papers are called in the run's year."""
        return wording(int(self.period[:4]))

    @property
    def offices(self) -> tuple[str, str]:
        """The office that settles and the one that names the people, as papers print them."""
        county, words = self.county, self.words
        return county.office or words.office, county.civil_affairs or words.civil_affairs

    def content(self) -> dict[str, Any]:
        """The parts that were given, as JSON values in the order of the file."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)

    def text(self) -> str:
        """The file, with the digest of everything above it as its last line."""
        content = {key: value for key, value in self.content().items() if key != "digest"}
        text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
        return f'{text.removesuffix(_END)}{_SEAL}{_sha256(text.encode())}"{_END}'


_END, _SEAL = "\n}\n", ',\n  "digest": "'


def seal_holds(data: bytes) -> bool:
    """Whether the bytes of a `run.json` are those that were written, by its own digest."""
    body, mark, rest = data.rpartition(_SEAL.encode())
    said = rest.removesuffix(f'"{_END}'.encode())
    return bool(mark) and said == _sha256(body + _END.encode()).encode()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
