"""Seeds that nobody can choose to fit: each department first hands over a digest of its number, then the number.

The digest is the SHA-256 of `onestop:<run digest>:<number>`, so that it holds for one run only and the number can be
told once both digests are on the table. A number short enough to be tried out is no secret.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256

from onestop_cli.errors import Problem

SHORT = 10**11
"""Numbers below this can be tried one by one."""

_DIGEST = re.compile(r"[0-9a-f]{64}")


def commitment(run_sha256: str, seed: int) -> str:
    """The digest that a department keeps and hands over before the draw."""
    return sha256(f"onestop:{run_sha256}:{seed}".encode("ascii")).hexdigest()


def plain_digests(texts: Sequence[str]) -> tuple[str, ...]:
    """Digests as they are compared: small letters, no blanks."""
    return tuple("".join(text.split()).lower() for text in texts)


def broken_promises(
    run_sha256: str, seeds: Sequence[int], committed: Sequence[str]
) -> Iterator[Problem]:
    """What does not fit between the numbers told and the digests handed over before; nothing without digests."""
    if not committed:
        return
    wrong = [digest for digest in committed if not _DIGEST.fullmatch(digest)]
    for digest in wrong:
        yield Problem(
            f"“{digest[:20]}”不是承诺摘要", "摘要是 64 位十六进制数，请照 --commit 显示的抄写"
        )
    if len(committed) != len(seeds):
        what = f"有 {len(seeds)} 个种子、{len(committed)} 个承诺摘要，应当一样多"
        yield Problem(what, "各部门的 --seed 和 --committed 都要给出")
    kept = Counter(commitment(run_sha256, seed) for seed in seeds)
    for digest in (Counter(committed) - kept).elements():
        if digest not in wrong:
            yield Problem(
                f"没有种子与承诺摘要 {digest[:16]}… 相符",
                "请核对种子和结算结果：摘要只对承诺时的那份结算结果有效",
            )
