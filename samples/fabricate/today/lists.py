"""The lists of persons as they are at the end of a month: 附件3, the platform's identities, 监测对象."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from samples.fabricate.today.model import Identity
from samples.fabricate.today.people import person_number

_CODES = {"低保边缘家庭成员": "7201", "稳定脱贫人口": "7206"}


def roster_files(
    identities: Sequence[Identity], day: date
) -> Iterator[tuple[str, str, list[list[object]]]]:
    """Stem, container and lines of every list, as known by `day`."""
    known = [line for line in identities if line.known_from <= day]

    def of(where: str) -> list[Identity]:
        return [line for line in known if line.where == where]

    yield "附件3资助参保对象全量明细", "utf-8-sig", _annex(of("附件3"), day)
    yield "平台人员身份", "utf-8-sig", _platform(of("平台身份"), day)
    yield "监测对象导出", "xlsx", _watched(of("监测对象"), day)


def _annex(lines: Sequence[Identity], day: date) -> list[list[object]]:
    """附件3: months as 202401."""
    titles = "序号 身份证号 姓名 医疗救助身份 镇（街） 村（居） 纳入资助时间 身份取消时间 备注（卫健委死亡时间）"
    return [
        list(titles.split()),
        *(
            [
                str(order), line.person.id_no + "\t", line.person.name, line.said,
                line.person.township, line.person.village, f"{line.first:%Y%m}",
                f"{line.last:%Y%m}" if _over(line, day) else "", _died(line, day),
            ]
            for order, line in enumerate(lines, 1)
        ),
    ]  # fmt: skip


def _platform(lines: Sequence[Identity], day: date) -> list[list[object]]:
    """人员身份信息 of the platform, by field codes."""
    titles = "psn_no psn_name certno psn_idet_type psn_type_lv memo begntime endtime 乡镇 村"
    return [
        list(titles.split()),
        *(
            [
                person_number(line.person), line.person.name, line.person.id_no + "\t",
                f"{line.said}-{_CODES[line.kind]}", "", "", f"{line.first:%Y-%m-%d} 00:00:00",
                f"{line.last:%Y-%m-%d} 23:59:59" if _over(line, day) else "",
                line.person.township, line.person.village,
            ]
            for line in lines
        ),
    ]  # fmt: skip


def _watched(lines: Sequence[Identity], day: date) -> list[list[object]]:
    """The export of 防止返贫监测对象."""
    titles = "乡（镇） 行政村 姓名 证件号码 监测对象类别 识别时间 风险是否已消除 风险消除时间"
    return [
        list(titles.split()),
        *(
            [
                line.person.township, line.person.village, line.person.name, line.person.id_no,
                line.said, f"{line.first:%Y-%m-%d}", "是" if _over(line, day) else "否",
                f"{line.last:%Y-%m-%d}" if _over(line, day) else "",
            ]
            for line in lines
        ),
    ]  # fmt: skip


def _over(line: Identity, day: date) -> bool:
    """Whether the list of `day` says that the entitlement has ended."""
    return line.last is not None and line.last <= day


def _died(line: Identity, day: date) -> str:
    return f"{line.died_on:%Y-%m-%d}" if line.died_on and line.died_on <= day else ""
