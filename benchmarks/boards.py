"""How many pages a county's and a township's board take, as PDF and, where Chromium is at hand, as a printed page.

`python -m benchmarks.boards [STAYS]`: one and four layers, usual and large print, A4; a line for each.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import product
from pathlib import Path

from onestop_cli.notices.notices import notices_of
from onestop_cli.notices.texts import Around, texts_of
from onestop_cli.writers.notices.html import board
from onestop_cli.writers.notices.layout import Look, on_paper
from onestop_cli.writers.notices.pdf import write_pdfs
from onestop_cli.writers.notices.words import ListPage, page_of
from tests.made.run import made_run

_LAYERS = {
    1: ("basic",),
    2: ("basic", "assistance"),
    4: ("basic", "assistance", "extra", "backstop"),
}


def pages(pdf: Path) -> int:
    """How many pages a PDF file has."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))


def printed(folder: Path, page: ListPage, look: Look) -> int | None:
    """How many pages Chromium prints of a board; None without Chromium."""
    chromium = shutil.which("chromium")
    if chromium is None:
        return None
    html, pdf = folder / "board.html", folder / "printed.pdf"
    html.write_text(board(on_paper(page, look), TEXTS), "utf-8", newline="\n")
    words = [
        chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
        f"--user-data-dir={folder / 'profile'}", "--no-pdf-header-footer",
        f"--print-to-pdf={pdf}", html.as_uri(),
    ]  # fmt: skip
    subprocess.run(words, check=True, capture_output=True, timeout=300)
    return pages(pdf)


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    for layers, large, level in product(_LAYERS, (False, True), ("county", "township")):
        run = made_run(size, _LAYERS[layers])
        TEXTS = texts_of(run, Around())
        notice = next(one for one in notices_of(run).boards if one.level == level)
        page, look = page_of(notice, TEXTS, "6399-2010Q4-00"), Look(large=large)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            began = time.perf_counter()
            write_pdfs([(folder / "board.pdf", on_paper(page, look))])
            seconds = time.perf_counter() - began
            print(
                f"{layers} layers, {'large' if large else 'usual'}, {level}, {notice.sums['rows']} rows:"
                f" PDF {pages(folder / 'board.pdf')} pages in {seconds:.1f} s,"
                f" printed {printed(folder, page, look)}",
                flush=True,
            )
