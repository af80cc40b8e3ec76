"""`onestop doctor`: whether this computer, this folder and its books can do the work."""

from __future__ import annotations

import ctypes
import os
import platform
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile

from onestop_cli import __version__
from onestop_cli.batch.checks import BAD, FINE, NOTE, HealthCheck
from onestop_cli.batch.program_folder import again, frozen, look_at_program
from onestop_cli.batch.start import county_settings
from onestop_cli.county.settings import FILE_NAME, LEDGER, Settings
from onestop_cli.errors import CannotRun
from onestop_cli.ledger.books import closings
from onestop_cli.ledger.store import opened
from onestop_cli.ledger.trial_balance import verify
from onestop_cli.rulebook.library import known_rules, load_rules
from onestop_cli.rulebook.usable import unusable
from onestop_cli.writers.notices.pdf import printing_fonts
from onestop_cli.writers.screens.doctor import show_checks
from onestop_cli.writers.toolkit.folder import leftovers

ROOM = 1_000_000_000
"""Bytes that should be free: a run of 40,000 stays with its papers takes a tenth."""

LONGEST_HOME = 90
"""Characters of a county folder's path that leave room for the longest paper below it (Windows: 260)."""

_REMOTE = 4
"""DRIVE_REMOTE of GetDriveType."""
_NAME = re.compile(r"[A-Za-z0-9._-]+")
"""The name in a requirement such as `typer<0.30,>=0.29`."""

RARE = "䶮·—"
"""Characters of names that an old code page lacks."""


def examine() -> bool:
    """Look at everything and show it; whether nothing is `BAD`."""
    now = datetime.now().astimezone()
    found = [check for look in _looks(now) for check in look()]
    show_checks([(c.name, c.state, c.said, c.remedy) for c in found])
    return all(check.state != BAD for check in found)


def _looks(now: datetime) -> Iterator[Callable[[], Iterator[HealthCheck]]]:
    yield _program
    yield _components
    yield _fonts
    yield _screen
    yield _rules
    yield place
    yield lambda: _county(now)


def _program() -> Iterator[HealthCheck]:
    bits = 64 if sys.maxsize > 2**32 else 32
    python = "不用安装的版本" if frozen() else f"Python {platform.python_version()}"
    yield HealthCheck(
        "程序", FINE, f"onestop {__version__}，{python}（{bits} 位），{platform.system()}"
    )
    yield from look_at_program(Path.cwd())


def _components() -> Iterator[HealthCheck]:
    missing = []
    for line in metadata.requires("onestop-cli") or []:
        if "extra ==" in line:
            continue
        name = _NAME.match(line)[0]  # type: ignore[index]
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        yield HealthCheck("组件", BAD, f"缺少 {'、'.join(missing)}", again())
    else:
        yield HealthCheck("组件", FINE, "齐全")
    if find_spec("msoffcrypto") is None:
        yield HealthCheck(
            "加密工作簿", NOTE, "没有装打开加密工作簿的组件", "需要时安装 onestop-cli[crypt]"
        )


def _fonts() -> Iterator[HealthCheck]:
    try:
        _, families = printing_fonts()
    except CannotRun as error:
        yield from (HealthCheck("中文字体", NOTE, p.what, p.remedy) for p in error.problems)
    else:
        yield HealthCheck("中文字体", FINE, f"{families[0]}，可以输出 PDF")


def _screen() -> Iterator[HealthCheck]:
    encoding = sys.stdout.encoding
    try:
        RARE.encode(encoding)
    except UnicodeEncodeError:
        said = f"屏幕编码是 {encoding}，个别生僻字在屏幕上显示为问号"
        yield HealthCheck("屏幕", NOTE, said, "不影响写出的文件，可以不管")
    else:
        yield HealthCheck("屏幕", FINE, f"编码 {encoding}")


def _rules() -> Iterator[HealthCheck]:
    known = known_rules()
    if known:
        yield HealthCheck("政策文件", FINE, f"随程序 {len(known)} 份")
    else:
        yield HealthCheck("政策文件", BAD, "随程序的政策文件不见了", again())


def place() -> Iterator[HealthCheck]:
    """The folder we stand in: writing, room, length of its path, whose disk it is on."""
    here = Path.cwd()
    try:
        with TemporaryFile(dir=here):
            pass
    except OSError:
        yield HealthCheck("文件夹", BAD, f"{here} 不能写入", "请换一个文件夹，或请管理员给写入权限")
    else:
        yield HealthCheck("文件夹", FINE, f"{here} 可以写入")
    yield from _leftovers(here)
    free = shutil.disk_usage(here).free
    if free < ROOM:
        yield HealthCheck("磁盘", NOTE, f"只剩 {free / 1e9:.1f} GB", "请至少留出 1 GB")
    if len(str(here)) > LONGEST_HOME:
        said = f"所在路径有 {len(str(here))} 个字，Windows 上结果的路径可能过长"
        yield HealthCheck(
            "路径", NOTE, said, f"请移到短一些的位置，如 D:\\结算（{LONGEST_HOME} 字以内）"
        )
    if _on_network(here):
        yield HealthCheck("位置", NOTE, "在网络共享上", "台账最好放在本机硬盘，定期备份到共享")


def _on_network(folder: Path) -> bool:
    """Whether a folder lies on a share, by its path or by a letter that stands for one."""
    drive = os.path.splitdrive(folder)[0]
    if drive.startswith("\\\\") or os.name != "nt":
        return drive.startswith("\\\\")
    kind = ctypes.windll.kernel32.GetDriveTypeW(f"{drive}\\")  # type: ignore[attr-defined,unused-ignore]
    return bool(kind == _REMOTE)


def _leftovers(here: Path) -> Iterator[HealthCheck]:
    """What killed commands left in this folder and those below it."""
    homes = [here, *(folder for folder in here.iterdir() if folder.is_dir())]
    left = [path.relative_to(here).as_posix() for home in homes for path in leftovers(home)]
    if left:
        said = f"有 {len(left)} 个中断留下的临时文件或文件夹：{'、'.join(left[:3])}"
        yield HealthCheck("残留", NOTE, said, "可以删除；下次在那里写结果时会自动清理")


def _county(now: datetime) -> Iterator[HealthCheck]:
    if not Path(FILE_NAME).is_file():
        yield HealthCheck(
            "县文件夹", NOTE, f"这里没有 {FILE_NAME}", "在县文件夹里再运行一次，可以检查设置和台账"
        )
        return
    try:
        settings = county_settings()
    except CannotRun as error:
        said = ((f"{p.place}：{p.what}" if p.row else p.what, p.remedy) for p in error.problems)
        yield from (HealthCheck("设置", BAD, what, remedy) for what, remedy in said)
        return
    yield from _settings(settings)
    yield from _ledger(settings.folder / (settings.reconcile.ledger or LEDGER), now)


def _settings(settings: Settings) -> Iterator[HealthCheck]:
    chosen = settings.reconcile
    places = [*chosen.stays, *chosen.roster, *filter(None, [chosen.register_file]), *chosen.insured]
    missing = [place.as_posix() for place in places if not (settings.folder / place).exists()]
    if missing:
        yield HealthCheck(
            "设置", BAD, f"找不到 {'、'.join(missing)}", f"请建好，或改正 {FILE_NAME}"
        )
    else:
        yield HealthCheck("设置", FINE, f"{FILE_NAME} 没有错误")
    county = settings.county
    blank = {"县名": county.name, "监督举报电话": county.phones}
    if unsaid := [what for what, said in blank.items() if not said]:
        remedy = f"请填在 {FILE_NAME} 的 [county]：结算表和公示上要印"
        yield HealthCheck("本县", NOTE, f"还没有填{'、'.join(unsaid)}", remedy)
    try:
        faults = unusable(load_rules(chosen.rules, settings.folder))
    except CannotRun as error:
        faults = list(error.problems)
    yield from (HealthCheck("适用政策", BAD, fault.what, fault.remedy) for fault in faults)
    if not faults:
        yield HealthCheck("适用政策", FINE, "、".join(chosen.rules) or "还没有指定")


def _ledger(path: Path, now: datetime) -> Iterator[HealthCheck]:
    if not path.is_file():
        yield HealthCheck("台账", FINE, "还没有；第一次关账以前用 onestop ledger open 开账")
        return
    try:
        with opened(path) as books:
            complaints = verify(books)
            last = next(reversed(closings(books)), None)
    except CannotRun as error:
        yield from (HealthCheck("台账", BAD, p.what, p.remedy) for p in error.problems)
        return
    yield from (HealthCheck("台账", BAD, said, "请换用最近一次的备份") for said in complaints)
    if complaints or last is None:
        return
    closed_at = last.entry.booked_at
    yield HealthCheck("台账", FINE, f"{path.name} 账目平衡，最近关的是 {last.period.id}")
    if datetime.fromisoformat(closed_at) > now + timedelta(days=1):
        said = f"电脑时间是 {now:%Y-%m-%d %H:%M}，比上次关账（{closed_at[:16]}）还早"
        yield HealthCheck("时钟", NOTE, said, "请校准电脑的日期和时间")
    else:
        yield HealthCheck("时钟", FINE, f"{now:%Y-%m-%d %H:%M}")
