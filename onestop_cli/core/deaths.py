"""Whether a roster's words say that its person is dead; not when they deny it, or speak of somebody else."""

from __future__ import annotations

import re
from datetime import date

_WORDS = (
    "死亡|病故|去世|去逝|亡故|过世|已故|己故|巳故|故去|身故|病亡|病逝|已逝|逝世|辞世|离世|身亡|溺亡|双亡|已死|病死|猝死|死了|死去|"
    "已亡|已殁|病殁|死者|夭折|火化|丧葬|安葬|殡葬|不在(?:人)?世|人已不在$|[月日]亡$"
)
_OFF_THE_REGISTER = "户籍注销|户口注销|户籍销户|户口销户|^销户$"
_DEAD = f"(?:{_WORDS}|{_OFF_THE_REGISTER}|^[亡死殁卒逝]$)"

_DENIED = re.compile(
    rf"(?:未|没有?|无|非|不是|并非|尚未|(?<!是)否)(?:曾|有|已|被|见|发现|确认)*{_DEAD}(?!证|日期|时间|原因|地点)"
    rf"|误(?:报|登|记|录|标|判|认|为|成|写)*{_DEAD}"
    rf"|{_DEAD}(?:信息|情况|标志|标识|登记|记录|比对|与否|状态)*[:：]?"
    r"(?:否|无|没有|不是|未发现|不存在|0|有误|错误|误报|不属?实)$"
    rf"|是否(?:已)?{_DEAD}[:：]?(?:否|无|0|不)?$"
)

_KIN = (
    "[养继生岳祖][父母]|父亲|母亲|父母|双亲|爸爸|妈妈|丈夫|妻子|夫妻|夫妇|配偶|爱人|老伴|老公|老婆|前夫|前妻|子女|儿女|儿子|女儿|"
    "儿媳|女婿|孙子|孙女|兄弟|兄长|哥哥|弟弟|弟媳|姐姐|妹妹|姐妹|爷爷|奶奶|外公|外婆|公公|婆婆|公婆|叔叔|伯父|舅舅|姑姑|"
    "户主|监护人|[抚扶赡供]养人|亲属|家属|家人|亲人"
)
"""Words that mean somebody else, wherever in a clause they stand."""

_SHORT = (
    "父|母(?!婴)|夫|妻|[长次三四独幼大小二]?(?:子(?!宫|痫)|女(?!性|子))|儿(?!童)|孙(?!某)|"
    "兄|弟|哥|姐|妹|爸|妈|叔|伯|舅|姑|姨"
)
"""The same in a sign or two, with which a name may end (李小妹) or another word begin (子宫)."""

_PREFIX = r"^(?:因|由于|其|该户|家中|家里|本人|患者|他|她|原|现|之|的|[\d年月日.\-/])*"
_ADVERB = r"(?:[已于因在均早先年月日\d.\-/、和及双都病]|车祸|意外|事故|溺水|疾病|癌症|工伤)*"
_WITHOUT_SELF = "(?:(?!本人).)*?"
_OF_ANOTHER = re.compile(
    rf"{_PREFIX}(?:{_KIN}|[父夫妻]){_WITHOUT_SELF}{_DEAD}|(?:{_KIN}){_ADVERB}{_DEAD}"
    rf"|{_PREFIX}(?:{_SHORT}){_ADVERB}{_DEAD}|[其之的](?:{_SHORT}){_WITHOUT_SELF}{_DEAD}"
)
_WHOSE = re.compile(
    rf"{_DEAD}[（(【](?:其|本人的?)?(?:(?:{_KIN})[^（）()【】]*|{_SHORT})[）)】]|{_DEAD}[:：](?:{_KIN})"
    rf"|{_DEAD}(?:、|和|及)?(?:军人|战士|干部|民警|职工|人员)的?(?:遗属|遗孀|家属|子女|父母|配偶)"
)
"""A death with the person behind it: 死亡（其父）, 病故军人遗属."""

_HEAD = re.compile("^(户主|本人|本户户主|户主本人|申请人)$")
_CLAUSES = re.compile(r"[，,。；;、！!\s|()（）\[\]【】]+")
_BRACKETS = re.compile(r"[（(【\[]([^（）()【】\[\]]*)[）)】\]]")
_DAY = re.compile(r"((?:19|20)\d\d)[-./年](\d{1,2})[-./月](\d{1,2})(?!\d)")
_YES = re.compile(r"^(是|已|有|对|1|y|yes|true|√|✓)$", re.IGNORECASE)
_NO = re.compile(r"^(否|无|不|没有?|不是|未.*|0|n|no|false|×|非)$", re.IGNORECASE)
_LIVING = re.compile("健在|(?<!不)在世|存活|正常|在保|未")


def death(
    name: str | None,
    status: str | None,
    reason: str | None,
    remark: str | None,
    answer: str | None,
    relation: str | None,
) -> tuple[str | None, date | None]:
    """The words of an entry that say that its person is dead, and the day among them.

    `answer`: what a column about death says. `relation`: to the head of the household, whose death 户主死亡 may be.
    """
    head = bool(relation and _HEAD.match(relation))
    asides = "；".join(_BRACKETS.findall(name or ""))
    for text in (status, reason, asides, remark):
        if text and (clause := _says_dead(text, head)):
            return clause, _day_in(clause)
    for part in (answer or "").split("；"):
        if _answers(part.strip("。.！!、， ")):
            return f"是否死亡：{part}", _day_in(part)
    return None, None


def _says_dead(text: str, head: bool) -> str | None:
    """The first clause that says that the person is dead."""
    for clause in _CLAUSES.split(_WHOSE.sub("", text)):
        if not re.search(_DEAD, clause) or _DENIED.search(clause):
            continue
        if _OF_ANOTHER.search(clause) and not (head and "户主" in clause):
            continue
        return clause
    return None


def _answers(text: str) -> bool:
    """Whether a column about death says that there was one; any words but a denial do (肺癌 under 死亡原因)."""
    if not text or _NO.match(text):
        return False
    return bool(_YES.match(text)) or not (_DENIED.search(text) or _LIVING.search(text))


def _day_in(text: str) -> date | None:
    """The one day that a text names."""
    days = {tuple(map(int, match)) for match in _DAY.findall(text)}
    if len(days) != 1:
        return None
    try:
        return date(*days.pop())
    except ValueError:
        return None
