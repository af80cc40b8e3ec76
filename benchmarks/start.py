"""How long a command takes to answer: `python -m benchmarks.start [--times 11]`, beside a bare Typer app."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from statistics import median

_BARE = "import typer\napp = typer.Typer()\n@app.command()\ndef main(name: str = ''): print(name)\napp()"
_ONESTOP = [sys.executable, "-m", "onestop_cli"]
COMMANDS = {
    "python, nothing": [sys.executable, "-c", "pass"],
    "a bare Typer app --help": [sys.executable, "-c", _BARE, "--help"],
    "onestop --help": [*_ONESTOP, "--help"],
    "onestop findings ID03": [*_ONESTOP, "findings", "ID03"],
}


def main(times: int) -> None:
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(times):
        for name, command in COMMANDS.items():
            begin = time.perf_counter()
            subprocess.run(command, capture_output=True, check=True)
            taken[name].append(time.perf_counter() - begin)
    bare = median(taken["a bare Typer app --help"])
    print("| start-up | ms | beside bare Typer |\n|---|---|---|")
    for name, each in taken.items():
        print(f"| {name} | {median(each) * 1000:.0f} | {median(each) / bare:.2f}× |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=11)
    main(parser.parse_args().times)
