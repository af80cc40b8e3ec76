"""资助参合: a roster beside the enrolment list of a year: who is paid for, who is not, and who should be looked at.

Every row of both lists gets exactly one fate. A person is known by his ID number and one of the names the roster has
under it; he is paid for once, in the first of his categories that the county names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from onestop_cli.core.identify import identify
from onestop_cli.errors import Broken
from onestop_cli.rosters.quality import in_force
from onestop_cli.tables.schema import row_place
from onestop_cli.tables.wording import Wording, wording

FATES = {
    "paid": ("列入资助", ""),
    "absent": ("在册未参合", "通知本人参合；确已参合的，核对两册的证号。"),
    "own": ("在册而个人已缴", "核实后退还本人，或按本县规定处理。"),
    "name": ("同证异名", "核对身份证原件，改正写错的一册后重新核对。"),
    "unlisted": ("标为资助而不在册", "核实身份；确属对象的由民政补登。"),
    "lapsed": ("当日待遇无效", "不列入资助；待遇期有误的，改正花名册。"),
    "again": ("同一人的其他行", "只资助一次；参合名册重复的应删去。"),
    "invalid": ("证号缺失或无效", "补正证号后重新核对；未补正前不列入资助。"),
    "others": ("其他参合人员", ""),
}
"""What becomes of a row: title, and what to do about it."""

OF_ROSTER = ("paid", "absent", "own", "name", "lapsed", "again", "invalid")
OF_LIST = ("paid", "own", "name", "unlisted", "others", "again", "invalid")
"""The fates that rows of the roster and of the enrolment list can have."""

_SHARED = ("paid", "own", "name")
_SUBSIDISED = "资助|代缴|免缴|全免|减免|民政|救助|财政|政府"
_NOT = r"^否$|^不|非资助|(无|未|不|没有)[^，。；]{0,3}(资助|代缴|救助)"
_OWN = "自费|自缴|自筹|自交|自行|自己|个人|本人"
_HEAD = ("source", "sheet", "row")


@dataclass(frozen=True)
class Amounts:
    """What is paid per person, by category: fen in the county's order of categories, null where it is not known; and
    the premium of one person, fen."""

    fen: Mapping[str, int | None]
    standard: int | None = None


@dataclass(frozen=True)
class PremiumLists:
    """The two lists beside each other, for `year`, the roster as it stands on `day`.

    `roster`: every entry with `fate`, `category` that counts, `amount_fen`, `remark`, and `other_*` of the enrolment
    list; `enrolled`: every row with `fate`, `remark` and, of people on the roster, `category`.
    `tells`: whether the list says who paid.
    """

    year: int
    day: date
    roster: pl.DataFrame
    enrolled: pl.DataFrame
    tells: bool

    @property
    def words(self) -> Wording:
        """What being insured is called in the year."""
        return wording(self.year)

    @property
    def fates(self) -> dict[str, tuple[str, str]]:
        """`FATES` in the words of the year."""
        say = self.words.of
        return {fate: (say(title), say(remedy)) for fate, (title, remedy) in FATES.items()}

    @cached_property
    def people(self) -> pl.DataFrame:
        """One entry per person who is entitled on the day, by place and name."""
        entitled = self.roster.filter(pl.col("fate").is_in(["paid", "absent", "own", "name"]))
        return entitled.sort("township", "village", "name", "id_no", nulls_last=True)

    def of(self, fate: str) -> pl.DataFrame:
        """The people of one fate."""
        return self.people.filter(fate=fate)

    def by(self, *keys: str) -> pl.DataFrame:
        """Per group: `entitled` people, how many of each fate, `unknown` (paid for, without a known amount), the sum
        of the amounts that are known (null when none is)."""
        paid = pl.col("fate") == "paid"
        amount = pl.col("amount_fen").filter(paid)
        groups = self.people.group_by(pl.col(keys).fill_null("（空）"), maintain_order=True)
        return groups.agg(
            entitled=pl.len().cast(pl.Int64),
            **{f: (pl.col("fate") == f).sum().cast(pl.Int64) for f in ("absent", "own", "name")},
            paid=paid.sum().cast(pl.Int64),
            unknown=amount.null_count().cast(pl.Int64),
            amount_fen=pl.when((amount.count() > 0) | ~paid.any()).then(amount.sum()),
        ).sort(*keys)

    @cached_property
    def doubtful(self) -> pl.DataFrame:
        """Rows of both lists that somebody should look at, in the order of `FATES`; `side` says of which list."""
        wanted = ("name", "lapsed", "again", "invalid")
        parts = [
            rows.filter(pl.col("fate").is_in(wanted)).select(
                "fate", "name", "id_raw", "id_no", "township", "village", "remark", *_HEAD,
                side=pl.lit(side),
            )
            for side, rows in (("花名册", self.roster), (self.words.of("参合名册"), self.enrolled))
        ]  # fmt: skip
        order = pl.col("fate").replace_strict(list(FATES), range(len(FATES)), return_dtype=pl.Int64)
        return pl.concat(parts).sort(order, "id_no", "side", *_HEAD, nulls_last=True)

    @property
    def unlisted(self) -> pl.DataFrame:
        """Rows of the enrolment list that say subsidised, of people who are not entitled."""
        rows = self.enrolled.filter(fate="unlisted")
        return rows.sort("township", "village", "name", *_HEAD, nulls_last=True)

    def count(self, side: str, fate: str) -> int:
        """How many rows of `roster` or `enrolled` have a fate."""
        rows: pl.DataFrame = getattr(self, side)
        return rows.filter(fate=fate).height


def premium(
    roster: pl.DataFrame,
    enrolled: pl.DataFrame,
    amounts: Amounts,
    year: int,
    day: date,
    is_category: Callable[[str], bool],
) -> PremiumLists:
    """Put an understood `roster` beside the rows of an enrolment list (`READ_ENROLMENT`).

    `is_category`: whether a word is a kind of assisted people, for lists that say as what somebody is enrolled.
    """
    entries = _entries(roster, amounts, day)
    rows = _rows(enrolled, is_category)
    met = _meet(entries, rows, amounts.standard)
    other = wording(year).of("参合名册")
    listed, there = _with_fates(entries, met, rows, other), _of_list(rows, entries, met, other)
    done = PremiumLists(year, day, listed, there, _tells(rows))
    for fate in _SHARED:
        if done.count("roster", fate) != done.count("enrolled", fate):
            raise Broken(f"premium: {fate} differs between both lists")
    return done


def _entries(roster: pl.DataFrame, amounts: Amounts, day: date) -> pl.DataFrame:
    """Roster entries with `valid` on the day, `own_entry` (the one that stands for its person), and amount."""
    rank = {category: number for number, category in enumerate(amounts.fen)}
    known = pl.col("category").replace_strict(rank, default=len(rank), return_dtype=pl.Int64)
    fen = dict(amounts.fen)
    valid = (in_force(day) & pl.col("category").is_not_null()).fill_null(value=False)
    several = pl.col("category").filter("valid").unique().sort().str.join("、").over("id_no")
    return (
        roster.with_columns(valid=valid)
        .sort("id_no", ~pl.col("valid"), known, *_HEAD, nulls_last=True)
        .with_columns(
            own_entry=pl.int_range(pl.len()).over("id_no") == 0,
            entitled=pl.col("valid").any().over("id_no"),
            categories=pl.when(pl.col("valid").sum().over("id_no") > 1).then(several),
            amount_fen=pl.col("category").replace_strict(fen, default=None, return_dtype=pl.Int64),
            place=row_place(),
        )
    )


def _rows(enrolled: pl.DataFrame, is_category: Callable[[str], bool]) -> pl.DataFrame:
    """The enrolment list, identified, with `subsidised`: what it says of who paid, null when it does not say."""
    marked = pl.col("marked_raw")
    words = [word for word in enrolled["marked_raw"].unique().drop_nulls() if is_category(word)]
    yes, no = pl.lit(value=True), pl.lit(value=False)
    says = (
        pl.when(pl.col("subsidy_fen") > 0)
        .then(yes)
        .when(marked.str.contains(_NOT))
        .then(no)
        .when(marked.str.contains(_SUBSIDISED) | marked.is_in(words) | (marked == "是"))
        .then(yes)
        .when(marked.str.contains(_OWN))
        .then(no)
    )
    return identify(enrolled).with_columns(subsidised=says, place=row_place())


def _tells(rows: pl.DataFrame) -> bool:
    """Whether the list says of anybody who paid for him."""
    said = pl.col("subsidised").is_not_null() | pl.col("own_fen").is_not_null()
    return not rows.filter(said).is_empty()


def _meet(entries: pl.DataFrame, rows: pl.DataFrame, standard: int | None) -> pl.DataFrame:
    """Per entitled person who is on the list: `met_fate`, and the row that stands for him.

    Where the list gives only what the person paid, he paid it himself if that is more than a subsidy would leave him.
    """
    entitled = entries.filter(pl.col("entitled"), pl.col("id_no").is_not_null())
    rest = (pl.lit(standard, pl.Int64) - pl.col("amount_fen")).filter("own_entry").first()
    persons = entitled.group_by("id_no").agg(
        names=pl.col("name_key").drop_nulls().unique(), rest_fen=rest.fill_null(0)
    )
    paid_it = pl.coalesce(~pl.col("subsidised"), pl.col("own_fen") > pl.col("rest_fen"))
    same = pl.col("name_key").is_in(pl.col("names"))
    met = (
        rows.join(persons, on="id_no", how="inner", validate="m:1")
        .with_columns(same.fill_null(value=False).alias("same"), own=paid_it.fill_null(value=False))
        .sort("id_no", ~pl.col("same"), "own", *_HEAD, nulls_last=True)
    )
    fate = (
        pl.when(~pl.col("same").any())
        .then(pl.lit("name"))
        .when(pl.col("own").filter("same").all())
        .then(pl.lit("own"))
        .otherwise(pl.lit("paid"))
    )
    return met.group_by("id_no", maintain_order=True).agg(
        met_fate=fate,
        met_place=pl.col("place").first(),
        met_name=pl.col("name").first(),
        met_own_fen=pl.col("own_fen").first(),
    )


def _with_fates(
    entries: pl.DataFrame, met: pl.DataFrame, rows: pl.DataFrame, other: str
) -> pl.DataFrame:
    """Every roster entry with its fate and a remark."""
    found = entries.join(met, on="id_no", how="left", validate="m:1").join(
        _namesakes(rows, entries), on=["name_key", "township", "village"], how="left"
    )
    fate = (
        pl.when(pl.col("id_no").is_null())
        .then(pl.lit("invalid"))
        .when(~pl.col("own_entry"))
        .then(pl.lit("again"))
        .when(~pl.col("entitled"))
        .then(pl.lit("lapsed"))
        .otherwise(pl.col("met_fate").fill_null("absent"))
    )
    several = pl.format("一人多类：{}", "categories")
    remarks = {
        "paid": several,
        "own": pl.format("{} {}", pl.lit(other), "met_place"),
        "absent": pl.format("{} {} 同村同名，证号不同，请核对", pl.lit(other), "twin_place"),
        "name": pl.format(
            "{}写作“{}”（{}）", pl.lit(other), pl.col("met_name").fill_null("空"), "met_place"
        ),
        "invalid": pl.col("id_why"),
        "lapsed": _why_lapsed(),
        "again": _again("花名册"),
    }
    return found.with_columns(fate=fate).with_columns(remark=_remark(remarks))


def _again(book: str) -> pl.Expr:
    """That a person is in a book already, and under which name if it is another one."""
    first, own = pl.col("name_key").first().over("id_no"), pl.col("name").first().over("id_no")
    other = pl.format(f"{book}里已有此证号，姓名写作“{{}}”", own)
    return (
        pl.when(first.ne_missing(pl.col("name_key")))
        .then(other)
        .otherwise(pl.lit(f"{book}里已有此人"))
    )


def _why_lapsed() -> pl.Expr:
    return (
        pl.when(pl.col("category").is_null())
        .then(pl.lit("没有写明救助类别"))
        .when(pl.col("deceased_on").is_not_null())
        .then(pl.format("{} 死亡", pl.col("deceased_on").dt.to_string("%Y-%m-%d")))
        .when("ended")
        .then(pl.format("状态为“{}”", "status_raw"))
        .otherwise(
            pl.concat_str(
                pl.col("from_on").dt.to_string("%Y-%m-%d 起"),
                pl.col("to_on").dt.to_string("%Y-%m-%d 止"),
                separator="，",
                ignore_nulls=True,
            )
        )
    )


def _namesakes(rows: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """The first row of the list of a name and village whose number is not on the roster: `twin_place`."""
    strangers = rows.join(entries.select("id_no").drop_nulls().unique(), on="id_no", how="anti")
    return (
        strangers.drop_nulls(["name_key", "township", "village"])
        .group_by("name_key", "township", "village", maintain_order=True)
        .agg(twin_place=pl.col("place").first())
    )


def _of_list(
    rows: pl.DataFrame, entries: pl.DataFrame, met: pl.DataFrame, other: str
) -> pl.DataFrame:
    """Every row of the list with its fate and a remark."""
    known = entries.filter("own_entry").select(
        "id_no", "category", roster_name="name", roster_place="place"
    )
    stands = met.select("id_no", "met_fate", place="met_place")
    found = (
        rows.join(known.drop_nulls("id_no"), on="id_no", how="left", validate="m:1")
        .join(stands, on=["id_no", "place"], how="left", validate="m:1")
        .join(met.select("id_no", entitled=pl.lit(value=True)), on="id_no", how="left")
        .sort("id_no", ~pl.col("subsidised").fill_null(value=False), *_HEAD, nulls_last=True)
        .with_columns(first=pl.int_range(pl.len()).over("id_no") == 0)
    )
    stranger = pl.when(pl.col("subsidised")).then(pl.lit("unlisted")).otherwise(pl.lit("others"))
    fate = (
        pl.when(pl.col("id_no").is_null())
        .then(pl.lit("invalid"))
        .when(pl.col("met_fate").is_not_null())
        .then("met_fate")
        .when(pl.col("entitled").fill_null(value=False) | ~pl.col("first"))
        .then(pl.lit("again"))
        .otherwise(stranger)
    )
    remarks = {
        "name": pl.format(
            "花名册写作“{}”（{}）", pl.col("roster_name").fill_null("空"), "roster_place"
        ),
        "invalid": pl.col("id_why"),
        "again": _again(other),
        "unlisted": pl.when(pl.col("roster_place").is_not_null()).then(
            pl.format("花名册 {} 待遇无效", "roster_place")
        ),
    }
    return found.with_columns(fate=fate).with_columns(remark=_remark(remarks))


def _remark(by_fate: Mapping[str, pl.Expr]) -> pl.Expr:
    """The remark of a row's fate; null where it has none."""
    told = [pl.when(pl.col("fate") == fate).then(text) for fate, text in by_fate.items()]
    return pl.coalesce(told)
