"""What roster entries mean: which category, whether the entitlement is over, whether and when the person died."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

import polars as pl

from onestop_cli.core.identify import identify
from onestop_cli.core.scatter import spread

_ENDED = "停保|停发|停止|退保|退出|注销|取消|终止|清退"
_STILL = "未|恢复|续"
_WORDS_OF_DEATH = (
    "死亡|病故|去世|去逝|亡故|过世|已故|己故|巳故|身故|病亡|病逝|逝世|辞世|离世|身亡|溺亡|双亡|已死|病死|猝死|"
    "已亡|死者|夭折|火化|丧葬"
)
_OFF_THE_REGISTER = "户籍注销|户口注销|户籍销户|户口销户|^销户$"
_DEAD = f"(?:{_WORDS_OF_DEATH}|{_OFF_THE_REGISTER}|^[亡死殁卒逝]$)"
_DENIED = re.compile(
    rf"(?:未|没有?|无|非|不是|并非|尚未|(?<!是)否)(?:曾|有|已|被|见|发现|确认)*{_DEAD}"
    rf"|{_DEAD}[:：]?(?:否|无|有误|错误)"
    rf"|是否(?:已)?{_DEAD}[:：]?(?:否|无|0|不)|是否(?:已)?{_DEAD}$"
)
_RELATIVE = (
    "父|母|爸|妈|夫|妻|丈夫|配偶|爱人|子女|子|女|儿|孙|兄|弟|姐|妹|祖|爷|奶|公婆|岳|户主|监护人|抚养人|"
    "亲属|家属"
)
_OF_ANOTHER = re.compile(
    rf"^(?:因|由于|其|该户|家中|本人|患者|原|现|[\d年月日.\-/])*(?:{_RELATIVE})(?!性).*?{_DEAD}"
)
_WHOSE = re.compile(rf"{_DEAD}[（(【](?:其|本人的?)?(?:{_RELATIVE})[^）)】]*[）)】]")
_HEAD = re.compile("^(户主|本人|本户户主|户主本人|申请人)$")
_CLAUSES = re.compile(r"[，,。；;、！!\s|()（）\[\]【】]+")
_BRACKETS = re.compile(r"[（(【\[]([^（）()【】\[\]]*)[）)】\]]")
_DAY = re.compile(r"((?:19|20)\d\d)[-./年](\d{1,2})[-./月](\d{1,2})(?!\d)")
_YES = re.compile(r"^(是|已|有|对|1|y|yes|true|√|✓|死亡.*|去世|病故|亡故|身故)$", re.IGNORECASE)
_NO = re.compile(r"^(否|无|不|没有?|未.*|0|n|no|false|×|健在|在世|存活|非)$", re.IGNORECASE)

LONG_AGO = date(1850, 1, 1)
"""Where the death of somebody lies who is dead, nobody knows since when."""


def understand_roster(
    rows: pl.DataFrame, categories: Callable[[str], str | Sequence[str] | None]
) -> pl.DataFrame:
    """Roster rows as read (READ_ROSTER) with IDENTITY and what they mean; one of several categories becomes several.

    `categories` gives the names a category goes by, None for a text that says there is none. `dead_said`: the words
    that say that the person died or left the register of residents, `dead` whether there are any. `deceased_on`:
    since when, by the day of death, a day among those words, or the last day of such an entry; when that is in doubt
    it lies between `deceased_earliest` and `deceased_latest`, and long ago where nobody tells a day. `ended`: the
    entitlement is over, and no day says since when.
    """
    return identify(_with_categories(rows, categories)).pipe(_with_death).pipe(_with_end)


def _with_categories(
    rows: pl.DataFrame, categories: Callable[[str], str | Sequence[str] | None]
) -> pl.DataFrame:
    texts = rows["category_raw"].unique().drop_nulls()
    known = {text: _several(categories(text)) for text in texts}
    if all(len(names) < 2 for names in known.values()):
        single = {text: names[0] if names else None for text, names in known.items()}
        category = pl.col("category_raw").replace_strict(
            single, default=None, return_dtype=pl.String
        )
        return rows.with_columns(category=category)
    table = pl.DataFrame(
        {"category_raw": list(known), "category": [names or [None] for names in known.values()]},
        schema={"category_raw": pl.String, "category": pl.List(pl.String)},
    )
    return rows.join(table, on="category_raw", how="left", maintain_order="left").explode(
        "category"
    )


def _several(names: str | Sequence[str] | None) -> Sequence[str]:
    return [names] if isinstance(names, str) else list(names or ())


def _with_death(rows: pl.DataFrame) -> pl.DataFrame:
    """`dead`, `dead_said`, and the day of death or its bounds."""
    rows = rows.hstack(_told(rows))
    dead = pl.col("dead_said").is_not_null()
    said = pl.when(pl.col("died_earliest").is_null()).then("said_on")
    on = pl.coalesce("died_on", said, pl.when(dead).then("to_on"))
    nowhere = dead & pl.coalesce("died_earliest", pl.when(dead).then("to_earliest")).is_null()
    bounds = {
        end: pl.coalesce(
            f"died_{end}",
            pl.when(dead).then(f"to_{end}"),
            pl.when(nowhere).then(pl.lit(LONG_AGO)),
        )
        for end in ("earliest", "latest")
    }
    open_ = pl.col("deceased_on").is_null()
    return (
        rows.with_columns(dead=dead, deceased_on=on)
        .with_columns(pl.when(open_).then(b).alias(f"deceased_{end}") for end, b in bounds.items())
        .drop("said_on")
    )


_TEXTS = ("status_raw", "reason_raw", "remark_raw", "dead_raw")


def _told(rows: pl.DataFrame) -> pl.DataFrame:
    """`dead_said` and `said_on` per row; nearly all rows have no words to look at."""
    aside = pl.col("name").str.contains(r"[（(【\[]").fill_null(False)
    worth = aside | pl.any_horizontal(pl.col(_TEXTS).is_not_null())
    name = pl.when(aside).then("name")
    asked = rows.select(*_TEXTS, "relation", name=name, worth=worth)
    texts = asked.filter("worth").select("name", *_TEXTS, "relation").rows()
    known = {row: _death(*row) for row in set(texts)}
    found = pl.DataFrame(
        [known[row] for row in texts],
        schema={"dead_said": pl.String, "said_on": pl.Date},
        orient="row",
    )
    return spread(found, asked["worth"].arg_true(), len(rows))


def _death(
    name: str | None,
    status: str | None,
    reason: str | None,
    remark: str | None,
    answer: str | None,
    relation: str | None,
) -> tuple[str | None, date | None]:
    """The words of an entry that say that its person is dead, and the day among them."""
    head = bool(relation and _HEAD.match(relation))
    asides = "；".join(_BRACKETS.findall(name or ""))
    for text in (status, reason, asides, remark):
        if text and (clause := _says_dead(text, head)):
            return clause, _day_in(clause)
    for part in (answer or "").split("；"):
        if part and not _NO.match(part) and (_YES.match(part) or not _says_living(part)):
            return f"是否死亡：{part}", _day_in(part)
    return None, None


def _says_dead(text: str, head: bool) -> str | None:
    """The first clause that says that the person is dead; not when denied, or said of another."""
    for clause in _CLAUSES.split(_WHOSE.sub("", text)):
        if not re.search(_DEAD, clause) or _DENIED.search(clause):
            continue
        if _OF_ANOTHER.search(clause) and not (head and "户主" in clause):
            continue
        return clause
    return None


def _says_living(text: str) -> bool:
    """Whether an answer in words denies a death."""
    return bool(_DENIED.search(text) or re.search("健在|在世|存活|正常|在保|未", text))


def _day_in(text: str) -> date | None:
    """The one day that a text names."""
    days = {tuple(map(int, match)) for match in _DAY.findall(text)}
    if len(days) != 1:
        return None
    try:
        return date(*days.pop())
    except ValueError:
        return None


def _with_end(rows: pl.DataFrame) -> pl.DataFrame:
    """`ended`: a state says so, or a reason for it is given, and no day."""
    status, reason = (pl.col(c).fill_null("") for c in ("status_raw", "reason_raw"))
    over = status.str.contains(_ENDED) & ~status.str.contains(_STILL)
    given = (reason != "") & ~reason.str.contains(f"{_STILL}|^(正常|在保|在册|新增|否)$")
    undated = pl.col("to_on").is_null() & pl.col("to_earliest").is_null()
    return rows.with_columns(ended=(over | given) & ~pl.col("dead") & undated)
