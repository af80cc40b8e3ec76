"""What offices and papers are called in a year: 合管办 and 参合 under the 新农合, 医保局 and 参保 since.

The counties' 医保局 began their work in 2019. They hold policy and pay out the medical-assistance fund, which 民政 had
settled before; 民政 names the people, then and now.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wording:
    """`office` settles and `civil_affairs` names the people, where onestop.toml says nothing else; `agency`: its kind.

    `insured` and `scheme`: being insured, and with whom. `account`: the sheet of the assistance fund, which
    `account_signer` signs beside the office (else `civil_affairs`). `copies`: who keeps the copies of an approval form.
    """

    office: str
    civil_affairs: str
    agency: str
    insured: str
    scheme: str
    account: str
    account_signer: str
    copies: tuple[str, str, str]

    def of(self, text: str) -> str:
        """A text about 参合, in the year's word."""
        return text.replace("参合", self.insured)


RURAL_SCHEME = Wording(
    office="县合管办",
    civil_affairs="县民政局",
    agency="合管办",
    insured="参合",
    scheme="新型农村合作医疗（居民医保）",
    account="与民政局结算",
    account_signer="",
    copies=("医疗卫生机构", "县（乡）合管办", "县（乡）民政局"),
)
BUREAU = Wording(
    office="县医保局",
    civil_affairs="县民政局",
    agency="医保经办机构",
    insured="参保",
    scheme="城乡居民基本医疗保险",
    account="医疗救助基金结算",
    account_signer="县财政局",
    copies=("医药机构", "医保经办机构", "患者"),
)

_BUREAU_FROM = 2019


def wording(year: int) -> Wording:
    """The words of a year."""
    return RURAL_SCHEME if year < _BUREAU_FROM else BUREAU
