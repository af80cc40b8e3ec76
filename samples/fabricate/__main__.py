"""`python -m samples.fabricate`: make samples/ again, byte for byte."""

from __future__ import annotations

import shutil
from pathlib import Path

from samples.fabricate import make_county, write_county

SAMPLES = Path(__file__).resolve().parents[1]


def main() -> None:
    """Replace the committed county by a fresh one from the standing seed."""
    folder = SAMPLES / "county"
    shutil.rmtree(folder, ignore_errors=True)
    write_county(make_county(), folder)


if __name__ == "__main__":
    main()
