"""Pictures of what the manual's commands wrote: pages through Chromium, workbooks through LibreOffice."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

PAGES = {
    "report": ("结果/2010Q4/运行报告.html", 1000, 1250),
    "explain": ("说明.html", 1000, 1150),
    "village": ("公示/2010Q4/张贴/村级/*/*.html", 1100, 780),
    "site": ("公示/2010Q4/网站/index.html", 1000, 800),
    "letter": ("信函/2010Q4/整改通知/东滩镇卫生院.html", 1000, 1100),
    "visit": ("检查/2010Q4/入户核查表.html", 1000, 1250),
}
"""Picture → page (the first that fits), width and height of the window in pixels."""

SHEETS = {
    "county": ("结果/2010Q4/结算/县级结算汇总.xlsx", 2, 650),
    "hospital": ("结果/2010Q4/结算/机构/东滩镇卫生院.xlsx", 1, 600),
    "findings": ("结果/2010Q4/差错清单.xlsx", 5, 720),
}
"""Picture → workbook, the printed page of it that is shown, and how much of that, in pixels from the top margin."""

_CHROMIUM = (
    "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars", "--allow-file-access-from-files",
)  # fmt: skip


def take_pictures(county: Path, target: Path) -> None:
    """`<name>.png` in `target` for every page and sheet; `county`: the folder the manual was worked through in."""
    missing = [tool for tool in ("chromium", "soffice", "pdftoppm") if not shutil.which(tool)]
    if missing:
        print(f"no new pictures: {', '.join(missing)} not found")
        return
    with TemporaryDirectory() as scratch:
        for name, (place, width, height) in PAGES.items():
            found = sorted(county.glob(place))[0]
            _run(
                *_CHROMIUM, f"--user-data-dir={scratch}/profile", f"--window-size={width},{height}",
                f"--screenshot={target / name}.png", found.absolute().as_uri(),
            )  # fmt: skip
        for name, (book, page, height) in SHEETS.items():
            _run(
                "soffice", "--headless", "--convert-to", "pdf", "--outdir", scratch, str(county / book)
            )  # fmt: skip
            pdf = Path(scratch) / f"{Path(book).stem}.pdf"
            only = ("-f", str(page), "-singlefile", "-y", "50", "-H", str(height))
            _run("pdftoppm", "-png", "-r", "100", *only, str(pdf), str(target / name))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
