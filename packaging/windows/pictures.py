"""Pictures of the Windows zip at work, for the manual: the folder of its shortcuts, and what three of them show.

    python -m windows.pictures ZIP FOLDER

Photographed under Wine on a screen that nobody sees. The folder stands in a window of Wine. What a shortcut shows
stands in xterm: the console window of Wine gives a Chinese character one column, not two, so that no table stands
straight in it, as it does on Windows and in xterm.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from onestop_cli.commands.guided import TASKS
from windows.assemble import home_of_cache, new_prefix
from windows.desk import click, fill_inbox
from windows.wine import Wine

NEEDED = {
    "Xvfb": "xvfb",
    "xterm": "xterm fonts-dejavu-core fonts-noto-cjk fonts-wine",
    "xdotool": "xdotool",
    "import": "imagemagick",
}
"""Program → Debian packages that bring it, and the fonts."""

COUNTY = "C:\\合管办\\结算"
REPORT = f"{COUNTY}\\收件箱\\住院\\05号报表.csv"

SHORTCUTS = "windows-tasks"
"""The picture of the folder."""

SHOWN: dict[str, tuple[str, Sequence[str], Sequence[str]]] = {
    "windows-reconcile": ("reconcile", [], ["结算期"]),
    "windows-inspect": ("inspect", [REPORT], []),
    "windows-doctor": ("doctor", [], []),
}
"""Picture → shortcut, what is dropped on it, and the questions that are answered by Enter."""

_FILLED = {
    'name = ""': 'name = "示例县"',
    'code = ""': 'code = "6399"',
    '# "县合管办" = "0000-0000000"': '"县合管办" = "0000-0000000"',
}
"""What a clerk fills in in onestop.toml."""

_REGISTRY = (
    *(("Fonts\\Replacements", name, "Noto Sans CJK SC") for name in ("Tahoma", "SimSun")),
    ("WineBrowser", "Browsers", "true"),
)
"""A font with Chinese for windows; the report is not opened in a browser of this system."""

_SIGNS = "/usr/share/wine/fonts/marlett.ttf"
"""The signs on the buttons of a window's frame."""

_SERVER = "/usr/lib/wine/wineserver"
"""Where Debian has it, outside the path."""

_DRAWN, _PATIENCE = 2, 60
"""Seconds in which a window is drawn; how often so long a text is waited for."""

_DARK = "#0c0c0c"
_XTERM = (
    "xterm", "-u8", "-fa", "DejaVu Sans Mono", "-fd", "Noto Sans Mono CJK SC", "-fs", "11",
    "-geometry", "100x60+0+0", "-bg", _DARK, "-fg", "#dddddd", "+sb", "-bw", "0",
)  # fmt: skip
_CROPPED = ("-trim", "+repage", "-bordercolor", _DARK, "-border", "10")
_SMALL = ("+dither", "-colors", "24", "-strip", "-define", "png:exclude-chunks=date,time")


def prepared(archive: Path, home: Path) -> tuple[Wine, Path]:
    """A new `C:` in `home` with the zip unpacked and a county that has its files in; where the zip stands."""
    wine = new_prefix(Wine(home), home_of_cache() / "compiled")
    with ZipFile(archive) as packed:
        packed.extractall(home)
    drive = home / "prefix" / "drive_c"
    folder = next(home.glob("onestop-*")).rename(drive / "onestop")
    click(wine, folder, "init", [COUNTY])
    county = drive.joinpath(*COUNTY.split("\\")[1:])
    fill_inbox(county, Path("samples/county"))
    text = (county / "onestop.toml").read_text("utf-8")
    for blank, filled in _FILLED.items():
        text = text.replace(blank, filled)
    (county / "onestop.toml").write_text(text, "utf-8", newline="\n")
    shutil.copy(_SIGNS, drive / "windows" / "Fonts")
    for key, name, value in _REGISTRY:
        wine.run("reg", "add", f"HKCU\\Software\\Wine\\{key}", "/v", name, "/d", value, "/f")
    return wine, folder


def take_folder(wine: Wine, target: Path) -> None:
    """The shortcuts in a window of Wine, on a desktop of Wine, which gives it a frame."""
    words = ["wine", "explorer", "/desktop=pictures,900x700", "explorer", "C:\\onestop\\任务"]
    with subprocess.Popen(words, env=wine.settings, stderr=subprocess.DEVNULL):
        _photograph(_window("--name", "^任务$"), target)
        wine.run("wineboot", "--kill")


def take_shown(
    wine: Wine, folder: Path, task: str, dropped: Sequence[str], asked: Sequence[str], target: Path
) -> None:
    """What a shortcut shows up to its end, with files dropped on it and its questions answered by Enter."""
    (shortcut,) = (folder / "任务").glob(f"* {TASKS[task]}.bat")
    command = shlex.join(["wine", "cmd", "/c", "call", shortcut.name, *dropped])
    with TemporaryDirectory() as scratch:
        said = Path(scratch) / "said"
        words = [*_XTERM, "-e", "script", "--quiet", "--flush", "--command", command, str(said)]
        with subprocess.Popen(words, cwd=shortcut.parent, env=wine.settings):
            window = _window("--class", "xterm")
            for text in asked:
                _wait_for(text, said)
                _press_enter(window)
            _wait_for("请按任意键继续", said)
            _photograph(window, target, _CROPPED)
            _press_enter(window)


def _window(*sought: str) -> str:
    """The number of the window found, as soon as there is one."""
    return _do("xdotool", "search", "--sync", *sought).split()[-1]


def _press_enter(window: str) -> None:
    _do("xdotool", "windowfocus", "--sync", window, "key", "Return")


def _wait_for(text: str, said: Path) -> None:
    """Until `text` is shown; raises `SystemExit` with what is shown when it never comes."""
    shown = ""
    for _ in range(_PATIENCE):
        shown = said.read_text("utf-8", "replace") if said.is_file() else ""
        if text in shown:
            return
        time.sleep(_DRAWN)
    raise SystemExit(f"“{text}” was waited for in vain:\n{shown}")


def _photograph(window: str, target: Path, cropped: Sequence[str] = ()) -> None:
    time.sleep(_DRAWN)
    _do("import", "-window", window, str(target))
    _do("mogrify", *cropped, *_SMALL, str(target))


def _do(*words: str) -> str:
    return subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True).stdout


@contextmanager
def _screen() -> Iterator[None]:
    """A screen that nobody sees, for every program started meanwhile."""
    words = ["Xvfb", "-displayfd", "1", "-screen", "0", "1000x1300x24"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        assert server.stdout is not None
        os.environ["DISPLAY"] = f":{server.stdout.readline().decode().strip()}"
        try:
            yield
        finally:
            server.terminate()


def main() -> None:
    """Unpack the zip, make a county, and photograph; `<name>.png` in the folder for every picture."""
    missing = [packages for program, packages in NEEDED.items() if not shutil.which(program)]
    if missing:
        raise SystemExit(f"apt-get install --no-install-recommends {' '.join(missing)}")
    archive, target = map(Path, sys.argv[1:])
    with TemporaryDirectory() as home:
        wine, folder = prepared(archive, Path(home))
        with _screen():
            take_folder(wine, target / f"{SHORTCUTS}.png")
            for name, (task, dropped, asked) in SHOWN.items():
                take_shown(wine, folder, task, dropped, asked, target / f"{name}.png")
        wine.run("wineboot", "--kill")
        # It still writes its registry a moment after its last program has ended.
        subprocess.run([_SERVER, "--wait"], env=wine.settings, check=False)


if __name__ == "__main__":
    main()
