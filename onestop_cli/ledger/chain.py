"""The postings of the books, one after the other: each with the digest of everything it keeps and of the one before.

A posting is an opening, a closing, an advance …: a line of `entry`, and its tables and files in `part`. What is changed
anywhere, left out or put in between gives another digest from there on.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

OPENING, CLOSING, REOPENING = "opening", "closing", "reopening"
ADVANCE, PAYMENT, HOSPITAL = "advance", "payment", "hospital"
INCOME = "income"
MONEY_IN = ADVANCE, INCOME
"""Postings by which a fund gets money."""
PAYOUT, PAYOUT_RESULT = "payout", "payout result"
SECOND = "second payment"
BESIDE_STAYS = *MONEY_IN, PAYOUT, SECOND
"""Postings that change nothing about stays: runs made before them still fit the books."""
KINDS: Mapping[str, str] = {
    OPENING: "开账",
    CLOSING: "关账",
    REOPENING: "撤销关账",
    ADVANCE: "预拨",
    INCOME: "收入",
    SECOND: "二次补偿",
    PAYOUT: "发放",
    PAYOUT_RESULT: "发放结果",
    PAYMENT: "支付",
    HOSPITAL: "机构往来",
}
"""What a posting is, in Chinese."""


@dataclass(frozen=True)
class Entry:
    """A posting. `booked_at`: ISO; `content`: as JSON; `parts`: name → SHA-256 of what is kept under it."""

    number: int
    kind: str
    booked_at: str
    operator: str
    content: Mapping[str, Any]
    parts: Mapping[str, str]
    digest: str

    @property
    def title(self) -> str:
        """`第 3 号记账（2010Q3 关账）`."""
        about = " ".join(filter(None, (str(self.content.get("period", "")), KINDS.get(self.kind))))
        return f"第 {self.number} 号记账（{about}）"


@dataclass(frozen=True)
class Draft:
    """What is to be posted, by whom and when."""

    kind: str
    content: Mapping[str, Any]
    operator: str
    now: datetime
    parts: Mapping[str, bytes] = field(default_factory=dict)


_COLUMNS = "number, kind, booked_at, operator, content, parts, digest"


def append(ledger: sqlite3.Connection, draft: Draft) -> Entry:
    """Post it as the last of the books; within a transaction of the caller."""
    number, before = end_of(ledger)
    line = (
        number + 1,
        draft.kind,
        draft.now.isoformat(timespec="seconds"),
        draft.operator,
        _json(draft.content),
        _json({name: sha256(data) for name, data in draft.parts.items()}),
    )
    ledger.execute(
        f"INSERT INTO entry ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*line, _digest(line, before)),
    )
    ledger.executemany(
        "INSERT INTO part VALUES (?, ?, ?)",
        ((number + 1, name, data) for name, data in draft.parts.items()),
    )
    return entries(ledger)[-1]


def end_of(ledger: sqlite3.Connection) -> tuple[int, str]:
    """Number and digest of the last posting."""
    row = ledger.execute("SELECT number, digest FROM entry ORDER BY number DESC LIMIT 1").fetchone()
    return (row[0], row[1]) if row else (0, "")


def entries(ledger: sqlite3.Connection, *kinds: str) -> list[Entry]:
    """All postings in order, or those of some kinds."""
    return [entry for entry in map(_entry, _rows(ledger)) if not kinds or entry.kind in kinds]


def kept(ledger: sqlite3.Connection, entry: int, name: str) -> bytes | None:
    """What a posting keeps under a name."""
    row = ledger.execute(
        "SELECT data FROM part WHERE entry = ? AND name = ?", (entry, name)
    ).fetchone()
    return None if row is None else bytes(row[0])


def keep_documents(ledger: sqlite3.Connection, documents: Iterable[bytes]) -> None:
    """Keep rule documents, each once."""
    ledger.executemany(
        "INSERT INTO document SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM document WHERE sha256 = ?1)",
        ((sha256(data), data) for data in documents),
    )


def document(ledger: sqlite3.Connection, digest: str) -> bytes:
    """The rule document with this SHA-256, which some posting names."""
    row = ledger.execute("SELECT data FROM document WHERE sha256 = ?", (digest,)).fetchone()
    return bytes(row[0])


def misfits(ledger: sqlite3.Connection) -> Iterator[str]:
    """The first posting that does not fit, what is wrong with it, and what no posting knows of; in Chinese."""
    before, expected, named = "", 1, set[str]()
    for row in _rows(ledger):
        number, *_, digest = row
        if number != expected:
            yield f"缺少第 {expected} 号记账"
            return
        try:
            entry = _entry(row)
            wrong = _wrong_with(ledger, entry, _digest(row[:-1], before))
            named |= {*entry.content.get("documents", [])}
        except (ValueError, TypeError, AttributeError, sqlite3.Error):
            wrong = f"第 {number} 号记账读不出来"
        if wrong:
            yield wrong
            return
        before, expected = digest, expected + 1
    yield from _strays(ledger, expected - 1, named)


def _wrong_with(ledger: sqlite3.Connection, entry: Entry, digest: str) -> str:
    """Why a posting does not fit, "" when it does."""
    rows = ledger.execute("SELECT name, data FROM part WHERE entry = ?", (entry.number,))
    there = {name: sha256(data) for name, data in rows}
    if digest != entry.digest:
        return f"{entry.title}与它的校验值不符"
    changed = sorted(
        name for name in {*entry.parts, *there} if there.get(name) != entry.parts.get(name)
    )
    return f"{entry.title}的内容改动过：{'、'.join(changed)}" if changed else ""


def _strays(ledger: sqlite3.Connection, last: int, named: Collection[str]) -> Iterator[str]:
    """Documents that are not what they are kept as, are missing or named nowhere, and parts of no posting."""
    texts = dict(ledger.execute("SELECT sha256, data FROM document").fetchall())
    for digest in sorted({*texts, *named}, key=str):
        data = texts.get(digest)
        if digest not in named or not isinstance(data, bytes) or sha256(data) != digest:
            yield f"政策文件 {str(digest)[:12]}… 缺少或改动过"
    (strays,) = ledger.execute(
        "SELECT count(*) FROM part WHERE entry NOT BETWEEN 1 AND ?", (last,)
    ).fetchone()
    if strays:
        yield f"有 {strays} 份内容不属于任何记账"


def _rows(ledger: sqlite3.Connection) -> list[tuple[Any, ...]]:
    return ledger.execute(f"SELECT {_COLUMNS} FROM entry ORDER BY number").fetchall()


def _entry(row: tuple[Any, ...]) -> Entry:
    number, kind, at, operator, content, parts, digest = row
    return Entry(number, kind, at, operator, json.loads(content), json.loads(parts), digest)


def _digest(line: Iterable[Any], before: str) -> str:
    return sha256(_json([*line, before]).encode())


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=isinstance(value, dict))


def sha256(data: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
