"""Where a hospital's money goes: payee, bank and account, as the register has them under the county's own headers."""

from __future__ import annotations

import polars as pl

PAYEE = {
    "payee": "^(收款单位|收款人|收款方|户名|账户名称?|帐户名称?|开户名称?)$",
    "bank": "^(开户银行|开户行|收款银行|银行|开户银行名称|开户行名称)$",
    "account": "^(收款|银行)?(账号|帐号|账户号|银行账户)$",
}
"""Column of a statement → the register's headers that are it."""

LOST_ACCOUNT = "（账号是数字格式，后几位已丢失）"
"""What the register says in the place of an account number that a spreadsheet has spoiled."""


def payees(register: pl.DataFrame) -> pl.DataFrame:
    """`hospital`, `payee`, `bank`, `account` of every hospital of the register; null where it does not say, and where
    the account has lost digits.

    Of a hospital with several rows the last one counts: money goes where it goes now.
    """
    if register.is_empty():
        return pl.DataFrame(schema=dict.fromkeys(("hospital", *PAYEE), pl.String))
    listed = register.select("hospital", **{name: _first(register, name) for name in PAYEE})
    if "from_on" in register.columns:
        listed = listed[register["from_on"].arg_sort(nulls_last=False)]
    return listed.unique("hospital", keep="last", maintain_order=True)


def _first(register: pl.DataFrame, name: str) -> pl.Expr:
    """What the columns of that kind say, the first that says anything."""
    found = [c for c in register.columns if pl.Series([c]).str.contains(PAYEE[name])[0]]
    texts = [pl.col(c).cast(pl.String).str.strip_chars() for c in found]
    said = (pl.when((text != "") & (text != LOST_ACCOUNT)).then(text) for text in texts)
    return pl.coalesce(*said, pl.lit(None, pl.String))


def lost_accounts(register: pl.DataFrame) -> list[str]:
    """The hospitals of the register whose account number has lost digits."""
    texts = register.select("hospital", pl.selectors.string().exclude("hospital"))
    lost = pl.any_horizontal(pl.selectors.string().exclude("hospital") == LOST_ACCOUNT)
    return texts.filter(lost)["hospital"].to_list() if texts.width > 1 else []
