"""Quotations held against the texts they are from, punctuation and blanks aside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from onestop_cli.errors import Problem
from onestop_cli.rulebook.check.parts import parts
from onestop_cli.rulebook.faults import Key, key_name, row_of
from onestop_cli.rulebook.library import LoadedRule

_LEFT_OUT = re.compile("…+|\\.{3,}")
_POINT = re.compile(r"(?<!\d)\.|\.(?!\d)")


@dataclass(frozen=True)
class Compared:
    """What came of it: quotations found, summaries, documents that name no text, and every problem."""

    letters: int
    summaries: int
    without: tuple[str, ...]
    problems: tuple[Problem, ...]


def compared(loaded: Sequence[LoadedRule], texts: Mapping[str, str]) -> Compared:
    """Every quotation of documents that name their text (`[source] file`). `texts`: name of a file → what it says."""
    known = {name: only_signs(text) for name, text in texts.items()}
    named = [one for one in loaded if one.file.source.file]
    quoted = sum(bool(part.quote) for one in named for _, part in parts(one.file))
    problems = tuple(problem for one in named for problem in _problems(one, loaded, known))
    return Compared(
        quoted - len(problems),
        sum(bool(part.summary) for one in loaded for _, part in parts(one.file)),
        tuple(one.file.id for one in loaded if not one.file.source.file),
        problems,
    )


def only_signs(text: str) -> str:
    """Letters and digits alone; a point only between digits, a per cent sign always."""
    plain = _POINT.sub("", unicodedata.normalize("NFKC", text))
    return "".join(sign for sign in plain if sign.isalnum() or sign in "%.")


def _problems(
    one: LoadedRule, loaded: Sequence[LoadedRule], texts: Mapping[str, str]
) -> Iterator[Problem]:
    """Quotations that the text has not; an inherited one is looked for in the text of the document it is from."""
    files = {other.file.id: other.file.source.file for other in loaded}
    for key, part in parts(one.file):
        name = files.get(part.inherited) or one.file.source.file
        if part.quote and name not in texts:
            yield _problem(one, key, f"没有原文“{name}”", "请把它放进 --sources 的文件夹")
        elif part.quote and not _has(texts[name], part.quote):
            what = f"引文与原文“{name}”不一致：{part.quote}"
            yield _problem(one, key, what, "请照原文抄写；不是原文的改写作 summary（摘要）")


def _has(text: str, quote: str) -> bool:
    """Whether a text has a quotation; what is left out (…) may stand between its pieces, in this order."""
    at = 0
    for piece in map(only_signs, _LEFT_OUT.split(quote)):
        at = text.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return True


def _problem(one: LoadedRule, key: Key, what: str, remedy: str) -> Problem:
    place = key_name((*key, "quote"), one.file.model_dump(by_alias=True))
    row = row_of(one.text, (*key, "quote"))
    return Problem(f"{place}：{what}", remedy, str(one.path), row=row)
