"""Pictures of what the manual's commands wrote: pages through Chromium, workbooks through LibreOffice."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

PAGES = {
    "report": ("结算/结果/2010Q4/运行报告.html", 1000, 1250),
    "explain": ("结算/说明.html", 1000, 1150),
    "village": ("结算/公示/2010Q4/张贴/村级/*/*.html", 1100, 780),
    "site": ("结算/公示/2010Q4/网站/index.html", 1000, 800),
    "letter": ("结算/信函/2010Q4/整改通知/东滩镇卫生院.html", 1000, 1100),
    "report-2024": ("结算2024/结果/2024-01/运行报告.html", 1000, 1000),
    "visit": ("结算/检查/2010Q4/入户核查表.html", 1000, 1250),
}
"""Picture → page (the first that fits), width and height of the window in pixels."""

SHEETS = {
    "county": ("结算/结果/2010Q4/结算/县级结算汇总.xlsx", 2, 650),
    "hospital": ("结算/结果/2010Q4/结算/机构/东滩镇卫生院.xlsx", 1, 600),
    "county-2024": ("结算2024/结果/2024-01/结算/县级结算汇总.xlsx", 3, 560),
    "findings": ("结算/结果/2010Q4/差错清单.xlsx", 5, 720),
}
"""Picture → workbook, the printed page of it that is shown, and how much of that, in pixels from the top margin."""

TERMINALS = {"terminal": ("> onestop\n", 1)}
"""Picture → how the block of the manual begins whose screen is shown, and which of those blocks."""

_SCREEN = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; background: #fff }}
figure {{ margin: 12px; width: 700px; border: 1px solid #555; border-radius: 4px; overflow: hidden }}
figcaption {{ background: #ddd; font: 14px "Noto Sans CJK SC"; padding: 6px 12px }}
pre {{ margin: 0; background: #0c0c0c; color: #e0e0e0; padding: 12px; font: 16px/22px "Noto Sans Mono CJK SC" }}
</style><figure><figcaption>命令窗口</figcaption><pre>{text}</pre></figure>"""
"""A window of 80 columns; the text is that of the manual, which a test holds to what comes out."""

_CHROMIUM = (
    "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars", "--allow-file-access-from-files",
)  # fmt: skip


def take_pictures(work: Path, manual: str, target: Path) -> None:
    """`<name>.png` in `target` for every page, sheet and screen; `work`: the folder `manual` was worked through in."""
    missing = [tool for tool in ("chromium", "soffice", "pdftoppm") if not shutil.which(tool)]
    if missing:
        print(f"no new pictures: {', '.join(missing)} not found")
        return
    with TemporaryDirectory() as scratch:
        pages = [
            (name, sorted(work.glob(place))[0], *size) for name, (place, *size) in PAGES.items()
        ]
        pages += _screens(manual, Path(scratch))
        for name, page, width, height in pages:
            _run(
                *_CHROMIUM, f"--user-data-dir={scratch}/profile", f"--window-size={width},{height}",
                f"--screenshot={target / name}.png", page.absolute().as_uri(),
            )  # fmt: skip
        for name, (book, page, height) in SHEETS.items():
            _run(
                "soffice", "--headless", "--convert-to", "pdf", "--outdir", scratch, str(work / book)
            )  # fmt: skip
            pdf = Path(scratch) / f"{Path(book).stem}.pdf"
            only = ("-f", str(page), "-singlefile", "-y", "50", "-H", str(height))
            _run("pdftoppm", "-png", "-r", "100", *only, str(pdf), str(target / name))


def _screens(manual: str, scratch: Path) -> Iterator[tuple[str, Path, int, int]]:
    """Name, page and size in pixels of every screen."""
    for name, (start, number) in TERMINALS.items():
        blocks: list[str] = re.findall(r"```console[^\n]*\n(.*?)```", manual, re.DOTALL)
        text = [block for block in blocks if block.startswith(start)][number - 1].rstrip()
        page = scratch / f"{name}.html"
        page.write_text(_SCREEN.format(text=html.escape(text)), "utf-8", newline="\n")
        yield name, page, 726, 90 + 22 * (text.count("\n") + 1)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
