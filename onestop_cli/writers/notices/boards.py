"""The boards of a publication: each as a page, a workbook and, when wanted, a PDF of one name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, zip_longest
from pathlib import Path, PurePosixPath

from onestop_cli import workers
from onestop_cli.notices.notices import Notice
from onestop_cli.notices.rolls import Roll
from onestop_cli.notices.texts import Texts
from onestop_cli.writers.notices.book import write_book, write_roll_book
from onestop_cli.writers.notices.html import board
from onestop_cli.writers.notices.layout import Look, on_paper
from onestop_cli.writers.notices.paths import Places, board_stems, notice_number, roll_stems
from onestop_cli.writers.notices.pdf import write_pdfs
from onestop_cli.writers.notices.words import ListPage, page_of, roll_page
from onestop_cli.writers.toolkit.text import write_text

BOARD_WRITERS = __name__
"""What a worker imports that writes boards."""

_MANY = 8
"""So many boards are worth bringing up workers for."""


@dataclass(frozen=True)
class Board:
    """One board: where it lies below its folder, without an ending; its words; what its workbook is of."""

    stem: PurePosixPath
    page: ListPage
    of: Notice | Roll


def notice_boards(notices: Sequence[Notice], places: Places, texts: Texts) -> list[Board]:
    """The boards of what was paid."""
    stems, boards = board_stems(notices), []
    for notice in notices:
        page = page_of(notice, texts, notice_number(places.code(notice), texts))
        boards.append(Board(stems[notice.key], page, notice))
    return boards


def roll_boards(rolls: Sequence[Roll], places: Places, texts: Texts) -> list[Board]:
    """The boards of who came onto the rosters and who left them."""
    boards = []
    for stem, roll in zip(roll_stems(rolls), rolls, strict=True):
        number = notice_number(places.roll_code(roll), texts)
        page = roll_page(roll, texts, number, board=True)
        boards.append(Board(stem, page, roll))
    return boards


def write_boards(
    folder: Path, boards: Sequence[Board], texts: Texts, look: Look, *, pdf: bool
) -> dict[str, str]:
    """Write every board below `folder`, on all cores; the characters that no PDF can print, and whose board they stand
    on. What no worker could write is written here, so that it says why."""
    calls = [(folder, part, texts, look, pdf) for part in _parts(boards, workers.cores())]
    answers: Sequence[object] = ()
    if len(calls) > 1:
        answers = workers.call_all(f"{BOARD_WRITERS}:write_some", calls)
    absent: dict[str, str] = {}
    for call, answer in zip_longest(calls, answers):
        absent = (answer if isinstance(answer, dict) else write_some(*call)) | absent
    return absent


def write_some(
    folder: Path, boards: Sequence[Board], texts: Texts, look: Look, pdf: bool
) -> dict[str, str]:
    """Write `boards` below `folder`, as `write_boards`."""
    printed = []
    for one in boards:
        laid = on_paper(one.page, look)
        write_page(_file(folder, one, ".html"), board(laid, texts))
        book = _file(folder, one, ".xlsx")
        if isinstance(one.of, Roll):
            write_roll_book(book, laid, one.of)
        else:
            write_book(book, laid, one.of, texts)
        printed.append((_file(folder, one, ".pdf"), laid))
    return write_pdfs(printed) if pdf else {}


def _parts(boards: Sequence[Board], parts: int) -> list[list[Board]]:
    """The boards in their order, dealt out so that every part has about as many rows; few boards stay together."""
    rows = [1 + sum(len(grid.rows) for grid in one.page.grids) for one in boards]
    share = sum(rows) / (parts if len(boards) >= _MANY else 1)
    dealt: dict[int, list[Board]] = {}
    for one, before in zip(boards, accumulate(rows, initial=0), strict=False):
        dealt.setdefault(int(before / share), []).append(one)
    return list(dealt.values())


def write_page(path: Path, text: str) -> None:
    """Write a text file, and its folder when it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, text)


def _file(folder: Path, one: Board, ending: str) -> Path:
    """The file of a board; a dot in a place's name begins no ending."""
    return folder / one.stem.with_name(one.stem.name + ending)
