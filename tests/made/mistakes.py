"""Mistakes people make at the desk: what was done, what was typed, and what in the answer leads on.

Each starts from a small county that is right: its files, a run of them, or that run closed. `docs/常见错误.md` is made
from this list.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl import load_workbook

from onestop_cli.core.identify import make_id
from tests.made.reader_files import xlsx_bytes, zip_bytes

Stage = Literal["files", "run", "closed"]

WANG, LI, SUN = (make_id(f"63990119500101{number:03d}") for number in (11, 12, 13))
TITLES = "医疗机构,住院号,姓名,身份证号,入院日期,出院日期,结算日期,总费用,可补偿费用,新农合补偿,医疗救助,个人自付"
STAYS = (
    f"云谷卫生院,ZY001,王强,{WANG},2010-10-03,2010-10-09,2010-10-09,1000.00,800.00,640.00,216.00,144.00",
    f"云谷卫生院,ZY002,李芳,{LI},2010-11-03,2010-11-08,2010-11-08,900.00,700.00,525.00,0.00,375.00",
)
ROSTER = (
    "姓名,身份证号,救助类别,乡镇,村,批准时间",
    f"王强,{WANG},农村低保户,云谷乡,上湾村,2008-01-01",
)
REGISTER = ("医疗机构,机构级别", "云谷卫生院,乡级", "示例县人民医院,县级")
SETTINGS = """[county]
name = "示例县"
code = "6399"
[reconcile]
stays = ["住院"]
roster = ["花名册"]
register = "机构名册.csv"
rules = ["huangzhong-2009"]
"""
SHEET, PEOPLE, HOSPITALS, TOML = (
    "住院/云谷卫生院.csv", "花名册/低保.csv", "机构名册.csv", "onestop.toml"
)  # fmt: skip


def county(folder: Path) -> None:
    """The files of a county in which nothing is wrong."""
    write(folder, SHEET, TITLES, *STAYS)
    write(folder, PEOPLE, *ROSTER)
    write(folder, HOSPITALS, *REGISTER)
    (folder / TOML).write_text(SETTINGS, "utf-8")


def write(folder: Path, name: str, *lines: str) -> None:
    """A text file as programs in offices write it."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("\r\n".join(lines).encode("utf-8-sig"))


Deed = Callable[[Path], None]


def nothing(folder: Path) -> None:
    """The mistake is in the command."""


def put(name: str, data: bytes) -> Deed:
    def done(folder: Path) -> None:
        (folder / name).write_bytes(data)

    return done


def move(name: str, to: str) -> Deed:
    return lambda folder: (folder / name).replace(folder / to) and None


def twice(name: str, to: str) -> Deed:
    return lambda folder: shutil.copy(folder / name, folder / to) and None


def gone(name: str) -> Deed:
    return lambda folder: (folder / name).unlink()


def replaced(name: str, old: str, new: str) -> Deed:
    """One text of a file is another."""

    def done(folder: Path) -> None:
        path = folder / name
        text = path.read_text("utf-8-sig")
        assert old in text, (name, old)
        path.write_bytes(text.replace(old, new).encode("utf-8" if name == TOML else "utf-8-sig"))

    return done


def cell(title: str, value: str) -> Deed:
    """Another value in the first stay."""

    def done(folder: Path) -> None:
        cells = STAYS[0].split(",")
        cells[TITLES.split(",").index(title)] = value
        write(folder, SHEET, TITLES, ",".join(cells), STAYS[1])

    return done


def more(*lines: str) -> Deed:
    """Further rows below the stays."""
    return lambda folder: write(folder, SHEET, TITLES, *STAYS, *lines)


def twelve(name: str = SHEET, **cells: str) -> Deed:
    """A list of twelve people's stays, with other values or titles (`总费用="可补偿费用"` exchanges two) in all rows."""
    titles = TITLES.split(",")

    def done(folder: Path) -> None:
        rows = []
        for number in range(12):
            row = dict(zip(titles, STAYS[0].split(","), strict=True))
            someone = {
                "住院号": f"ZY1{number:02d}",
                "姓名": f"丁{number}",
                "身份证号": make_id(f"63990119600101{number:03d}"),
            }
            row |= someone | {title: value for title, value in cells.items() if value not in titles}
            rows.append(",".join(row.values()))
        heads = ",".join(
            cells.get(title, title) if cells.get(title) in titles else title for title in titles
        )
        write(folder, name, heads, *rows)

    return done


def said_by_people(**cells: str) -> Deed:
    """处理意见 of one row about the first stay."""
    row = {
        "文件": "云谷卫生院.csv", "行": "2", "医疗机构": "云谷卫生院",
        "住院号": "ZY001", "姓名": "王强", "代码": "AM01",
        "处理决定": "放行", "理由": "已核实", "依据": "病历", "经办人": "张三", "复核人": "李四", "日期": "2011-01-08",
    } | cells  # fmt: skip
    return lambda folder: write(folder, "处理意见.csv", ",".join(row), ",".join(row.values()))


def filled_in_place(folder: Path) -> None:
    """处理决定 in the row below the titles, in the list of the run itself."""
    file = folder / "结算/2010Q4/差错清单.xlsx"
    book = load_workbook(file)
    sheet = book["全部差错"]
    for merged in [*sheet.merged_cells.ranges]:
        sheet.unmerge_cells(str(merged))
    rows = sheet.iter_rows()
    heads = next(row for row in rows if "处理决定" in [cell.value for cell in row])
    at = next(cell.column for cell in heads if cell.value == "处理决定")
    next(rows)[at - 1].value = "放行"
    book.save(file)


def locked(folder: Path) -> None:
    """A further list that asks for the password 示例123."""
    plain, out = io.BytesIO(xlsx_bytes([row.split(",") for row in (TITLES, *STAYS)])), io.BytesIO()
    OOXMLFile(plain).encrypt("示例123", out)
    (folder / "住院/锁住.xlsx").write_bytes(out.getvalue())


def two_issues(folder: Path) -> None:
    """This period's roster of twelve and the one of the period before, which has somebody more."""
    people = [
        f"丁{n},{make_id(f'63990119600101{n:03d}')},农村低保户,云谷乡,上湾村,2008-01-01"
        for n in range(13)
    ]
    write(folder, PEOPLE, ROSTER[0], *people[:12])
    write(folder, "花名册/低保三季度.csv", ROSTER[0], *people)


def next_but_one(folder: Path) -> None:
    """The stays are of the spring of 2011; nobody has closed the winter."""
    write(folder, SHEET, TITLES, *(row.replace("2010-1", "2011-0") for row in STAYS))
    replaced(SHEET, "2011-01", "2011-04")(folder)
    replaced(SHEET, "2011-00", "2011-04")(folder)


def shortened(name: str) -> Deed:
    """The last row of a list is lost."""

    def done(folder: Path) -> None:
        rows = (folder / name).read_text("utf-8-sig").splitlines()
        write(folder, name, *rows[:-1])

    return done


@dataclass(frozen=True)
class Mistake:
    """`what` was done wrong, in a clerk's words; `said`: in the answer, what is wrong and what leads on."""

    what: str
    done: Deed
    typed: str
    said: tuple[str, ...]
    code: int = 2
    stage: Stage = "files"


RECONCILE = "reconcile --period 2010Q4 --out 结算/2010Q4"
AGAIN = "reconcile --period 2010Q4 --out 结算/2010Q4-2"
DECIDED = f"{AGAIN} --decisions 处理意见.csv"
CLOSE = "close 结算/2010Q4"
ADVANCE = "ledger advance --date 2010-10-08 --period 2010Q4 --fund 医疗救助资金"


def together(*deeds: Deed) -> Deed:
    def done(folder: Path) -> None:
        for deed in deeds:
            deed(folder)

    return done


def settings(*lines: str) -> Deed:
    """Further lines of onestop.toml."""
    return lambda folder: (folder / TOML).write_text(SETTINGS + "\n".join(lines), "utf-8") and None


def in_files(what: str, done: Deed, *said: str, code: int = 2) -> Mistake:
    """Something is wrong with the files that are to be read."""
    return Mistake(what, done, RECONCILE, said, code)


def in_rows(what: str, done: Deed, *said: str) -> Mistake:
    """Something is wrong with one stay: it waits or is deducted, and the rest goes on."""
    return Mistake(what, done, RECONCILE, said, 0)


def typed(what: str, command: str, *said: str, stage: Stage = "files", code: int = 2) -> Mistake:
    """The command is wrong."""
    return Mistake(what, nothing, command, said, code, stage)


def decided(what: str, *said: str, code: int = 2, **cells: str) -> Mistake:
    """处理意见 says something that cannot be."""
    return Mistake(what, said_by_people(**cells), DECIDED, said, code, "run")


FILES = (
    in_files("住院表放进了花名册文件夹", move(SHEET, "花名册/云谷.csv"), "这像是住院报表，却放在花名册的文件夹里", "请移到放住院报表的文件夹"),
    in_files("花名册放进了住院表文件夹", twice(PEOPLE, "住院/低保.csv"), "这像是花名册，却放在住院报表的文件夹里", "请移到放花名册的文件夹"),
    in_files("交来的文件是空的", put("住院/空.csv", b""), "空.csv：文件是空的", "请让报送单位重新导出"),
    in_files("交来的表只有表头", lambda f: write(f, "住院/空表.csv", TITLES), "有表头，但没有一行能读成记录", "本期确实没有的，请把文件移出文件夹"),
    in_files("表里没有身份证号一列", replaced(SHEET, "身份证号", "备用"), "缺少身份证号列；表头（第 1 行）有", "--column 身份证号=表头文字 --save 可以代写"),
    in_files("表里没有出院日期一列", replaced(SHEET, "出院日期", "备用"), "缺少出院日期列", "--column 出院日期=表头文字 --save 可以代写"),
    in_files("总费用的表头叫法程序不认识", replaced(SHEET, "总费用", "花了多少"), "缺少总费用列", "--column 总费用=表头文字 --save 可以代写"),
    in_files("同一份文件放了两次", twice(SHEET, "住院/副本.csv"), "内容完全相同，只读一次", "FI04", code=0),
    in_files("放进来的是 PDF 扫描件", put("住院/扫描.pdf", b"%PDF-1.4 " + bytes(200)), "扫描.pdf（PDF 文件）不是表格，没有读", code=0),
    in_files("医院给工作簿加了密码", locked, "锁住.xlsx：工作簿有密码", "请去掉密码后重新保存，或把密码写进文本文件", "放在县文件夹、叫 密码.txt 的不用写"),
    in_files("放进来的是快捷方式", put("住院/表.xlsx", b"L\0\0\0\1\x14\2\0" + bytes(80)), "是快捷方式，不是文件本身", "请把它指向的文件放进来"),
    in_files("放进来的是 rar 压缩包", put("住院/表.rar", b"Rar!\x1a\7\0" + bytes(80)), "这种压缩包打不开（只支持 zip）", "请先解压"),
    in_files("压缩包里还有压缩包，一层又一层", put("住院/包.zip", zip_bytes({"里.zip": zip_bytes({"再里.zip": zip_bytes({"甲.csv": b"a,b"})})})), "压缩包里套着压缩包", "请先解压，再把里面的文件放进来"),
    in_files("文件传坏了，只剩一半", put("住院/坏.xlsx", xlsx_bytes({"表": [["甲"]]})[:400]), "文件已损坏，打不开", "另存为 xlsx 后重新提交"),
    in_files("csv 里的引号不成对", replaced(SHEET, "王强", '"王强'), "前后的引号不成对，各列对不上", "请改正该行，或重新导出为 xlsx"),
    in_files("花名册文件夹是空的", gone(PEOPLE), "花名册：文件夹里没有可读的文件", "请把要读的文件放进去"),
    in_files("没有机构名册", gone(HOSPITALS), "机构名册.csv：找不到这个文件或文件夹", "请检查路径是否写对"),
    in_files("住院文件夹的名字写错", replaced(TOML, '["住院"]', '["住院表"]'), "住院表：找不到这个文件或文件夹", "请检查路径是否写对"),
    in_files("机构级别的写法程序不认识", replaced(HOSPITALS, "乡级", "小"), "的级别“小”不认识", "[synonyms.level]"),
    in_files("一家机构登记了两次", lambda f: write(f, HOSPITALS, *REGISTER, "云谷卫生院,县级"), "“云谷卫生院”登记了两次", "请只留一行"),
    in_files("花名册看不出是哪一类对象", together(replaced(PEOPLE, "救助类别", "备用"), move(PEOPLE, "花名册/名单.csv")), "没有救助类别列", "请把类别写进文件名"),
    in_files("花名册没有一个能用的证号", replaced(PEOPLE, WANG, WANG[:-1]), "花名册里没有一行有可用的身份证号", "请民政重新导出"),
    in_files("设置文件用了全角引号", replaced(TOML, '"示例县"', "“示例县”"), "onestop.toml · 第 2 行：用了全角的““”", "请改成半角的引号"),
    in_files("设置文件用了全角等号", replaced(TOML, "code = ", "code ＝ "), "用了全角的“＝”", "请改成半角的 ="),
    in_files("设置项的名字拼错", replaced(TOML, "stays", "stay"), "设置项 reconcile.stay：没有这个设置项", "是不是 stays？"),
    in_files("设置文件里文字没加引号", replaced(TOML, '"6399"', "六三九九"), "文字要加引号", "请改正这一行"),
    in_files("设置文件里同一项写了两次", replaced(TOML, "code =", "name ="), "同一个键写了两次", "请改正这一行"),
    in_files("设置文件里路径用了反斜杠", replaced(TOML, '["住院"]', '["D:\\住院"]'), "双引号里的反斜杠要写两个，或改用单引号", "请改正这一行"),
    in_files("读法里写了表上没有的表头", settings("[[layout]]", 'file = "云谷*"', "[layout.columns]", '"总费用" = "医药费"'), "[[layout]] 提到的表头 “医药费” 不在表里", "请照表头改正，这一行有"),
    in_files("设置里去掉了一行的 #，忘了上面表名的 #", settings("[liability]", "# [premium.2011]", "standard = 30"), "设置项 liability.standard：不在该在的地方", "它上面的“# [premium.2011]”一行也要去掉行首的 #"),
    in_files("设置里的百分数写成 5%", settings("[hospital_money]", "deposit = 5%"), "百分数不能直接写", "请写成小数，如 5% 写 0.05"),
    in_files("设置里写了不能选的词", settings("[liability]", 'RO01 = "待核"'), "设置项 liability.RO01：只能是 “hospital” 或 “held”", "请对照 onestop init 写出的样本改正"),
    in_files("机构名册另存成了 xlsx", move(HOSPITALS, "机构名册.xlsx"), "机构名册.csv：找不到这个文件或文件夹", "这里有 机构名册.xlsx"),
    in_files("政策文件的名字写错", replaced(TOML, "huangzhong-2009", "huangzong-2009"), "找不到规则“huangzong-2009”", "是不是 huangzhong-2009？"),
)  # fmt: skip

TODAY = together(
    replaced(SHEET, "2010", "2024"),
    replaced(SHEET, "个人自付", "个人自付,险种"),
    replaced(SHEET, "144.00", "144.00,城乡居民基本医疗保险"),
    replaced(SHEET, "375.00", "375.00,城乡居民基本医疗保险"),
)
OF_TODAY = "reconcile --period 2024Q4 --out 结算/2024Q4"


def broken_off(folder: Path) -> None:
    """A list that was copied in part."""
    twelve()(folder)
    data = (folder / SHEET).read_bytes()
    (folder / SHEET).write_bytes(data[: len(data) // 2])


WHOLE = (
    in_rows("csv 只拷过来一半", broken_off, "没有写完，文件像是没有传完：请重新拷贝或导出，核对笔数"),
    in_rows("整份表的入院、出院日期写反了", twelve(入院日期="出院日期", 出院日期="入院日期"), "12 笔里有 12 笔日期缺失或颠倒（ST03），像是整份的问题：入院、出院日期的表头是不是写反了"),
    in_rows("整份表的总费用、可补偿费用写反了", twelve(总费用="可补偿费用", 可补偿费用="总费用"), "12 笔里有 12 笔可补偿费用大于总费用（AM05），像是整份的问题"),
    in_rows("表头写了万元，数字其实是元", together(twelve(), replaced(SHEET, "总费用", "总费用（万元）")), "12 笔里有 12 笔分项合计不等于总费用（AM03），像是整份的问题：有没有哪一列的单位（元、万元）写错"),
    in_rows("整份表的年份写错", twelve(结算日期="2001-10-09"), "12 笔里有 12 笔不属本期（ST04），像是整份的问题：是不是放了别期的报表，或年份写错了"),
    in_rows("同一份表交了两次，第二次少了一行", together(twelve(), twelve("住院/云谷卫生院(1).csv"), shortened("住院/云谷卫生院(1).csv")), "重复申报（ST01），像是整份的问题：同一份报表是不是交了两次"),
    in_rows("漏放了一份花名册", twelve(), "申报了救助的 12 笔里，有 12 笔的患者不在任何花名册上（RO01）：花名册是不是没有放全，或不是本期的"),
    Mistake("上一期的花名册没有移走，和本期的放在一起", two_issues, RECONCILE, ("表头相同，12 人两份都有，像是同一本花名册的两期", "上一期的请移走，否则已经退出的人仍按在册算"), code=0),
    Mistake("今天的县用了新农合的政策文件", TODAY, OF_TODAY, ("政策文件 huangzhong-2009 是新农合的，2024 年的住院一般按居民医保的文件结算", "onestop rules list"), 0),
    Mistake("职工的报表没有放进来", together(TODAY, replaced(TOML, '"huangzhong-2009"', '"shizhan-2024", "shizhan-work-2024"')), OF_TODAY, ("没有一笔住院按政策文件 shizhan-work-2024", "它管的那些人的报表是不是没有放进来"), 0),
    in_rows("本县代码写错", together(replaced(TOML, "6399", "630122"), replaced(SHEET, "个人自付", "个人自付,参保地"), replaced(SHEET, "144.00", "144.00,639901"), replaced(SHEET, "375.00", "375.00,639901")), "2 行里有 2 行的参保地是 639901，不是本县（630122）", 'code = "639901"'),
)  # fmt: skip

ROWS = (
    in_rows("机构名册上没有这家医院", replaced(HOSPITALS, "云谷卫生院", "东滩卫生院"), "有 1 个机构名不在名册上：云谷卫生院（2 笔）", "请加进名册", "HO01"),
    in_rows("医院的两种写法写反了", settings("[synonyms.hospital]", '"云谷乡卫生院" = ["云谷卫生院"]'), "[synonyms.hospital] 里，“云谷乡卫生院” 不在定点机构名册上", "等号左边写名册里的名称，右边写其他写法"),
    in_rows("医院名字换了写法", cell("医疗机构", "示例县云谷乡卫生院"), "看着相近的医疗机构的其他写法", '"云谷卫生院" = ["示例县云谷乡卫生院"]'),
    in_rows("花名册的类别政策里没有", replaced(PEOPLE, "农村低保户", "困难户"), "政策没有提到花名册类别“困难户”（1 人）", '"不享受救助" = ["困难户"]'),
    in_rows("花名册的批准时间看不懂", replaced(PEOPLE, "2008-01-01", "前年"), "RO09 资格日期存疑"),
    in_rows("金额写成了汉字", cell("新农合补偿", "陆佰元"), "AM04 费用缺失或非法"),
    in_rows("日期写了不存在的一天", cell("出院日期", "2010-11-31"), "ST03 日期缺失或颠倒"),
    in_rows("出院早于入院", cell("出院日期", "2010-10-01"), "ST03 日期缺失或颠倒"),
    in_rows("证号被表格软件写成科学计数", cell("身份证号", "6.39901E+17"), "ID03 身份证号精度丢失"),
    in_rows("证号错了一位", cell("身份证号", WANG[:-1] + ("0" if WANG[-1] != "0" else "1")), "ID01 身份证号缺失或无效", "RO06 疑似同一人"),
    in_rows("写了别人的证号", cell("身份证号", LI), "RO01 不在册享受救助", "RO06 疑似同一人"),
    in_rows("可补偿费用大于总费用", cell("可补偿费用", "1200.00"), "AM05 可补偿费用大于总费用"),
    in_rows("补偿多写了一个零", cell("新农合补偿", "6400.00"), "AM01 补偿金额与政策不符", "AM03 分项合计不等于总费用"),
    in_rows("混进了上一季度的住院", more(STAYS[0].replace("2010-10", "2010-08").replace("ZY001", "ZY009")), "ST04 不属本期"),
    in_rows("同一笔报了两次", more(STAYS[0]), "ST01 重复申报", "拒付 1"),
    in_rows("同一笔报了两次，金额不同", more(STAYS[0].replace("640.00", "600.00")), "ST01 重复申报", "待核 2"),
    in_rows("冲红的金额没有对上", more(STAYS[0].replace("1000.00", "-999.00")), "ST06 红冲未配对"),
    in_rows("两次住院的日期重叠", more(STAYS[0].replace("云谷卫生院,ZY001", "示例县人民医院,ZY003").replace("2010-10-03", "2010-10-05")), "ST02 住院时间重叠"),
    in_rows("入院时还没有批准为救助对象", replaced(PEOPLE, "2008-01-01", "2010-12-01"), "RO04 待遇期外享受救助"),
    in_rows("在册的人没有给医疗救助", cell("医疗救助", "0.00"), "RO02 在册未救助", "应补未补 1 笔，216.00 元，应补给患者"),
    in_rows("不在册的人给了医疗救助", replaced(PEOPLE, WANG, SUN), "RO01 不在册享受救助"),
    in_rows("一行多出一格，各列对不上", replaced(SHEET, "王强,", "王强,,"), "FI02 行无法识别"),
)  # fmt: skip

COMMANDS = (
    typed("没有写结算期", "reconcile --out x", "缺少 --period", "例：onestop reconcile --period 2010Q4"),
    typed("结算期没有写年", "reconcile --period 一季度 --out x", "看不懂结算期“一季度”", "请写成 2010（全年）"),
    typed("密码直接写在命令里", "reconcile --period 2010Q4 --password 123 --out x", "没有选项 --password，是不是 --password-file？"),
    typed("结算期写成第五季度", "reconcile --period 2010Q5 --out x", "没有第 5 季度", "请写成 2010（全年）"),
    typed("结算期写错了年份", "reconcile --period 2011Q4 --out x", "2 行里有 2 行不属本期（ST04），超过一半，是不是结算期写错了", code=0),
    typed("没有写结果放在哪里", "reconcile --period 2010Q4", "没有给出 --out", '加一行 out = "结果"'),
    Mistake("不在县文件夹里运行", gone(TOML), RECONCILE, ("没有给出 --stays", "没有给出 --rules", "或在县文件夹的 onestop.toml")),
    Mistake("结果写到已有的文件夹", together(lambda f: (f / "结果").mkdir(), put("结果/甲.txt", b"a")), "reconcile --period 2010Q4 --out 结果", ("输出位置已经存在，不会覆盖", "请换一个 --out 文件夹名")),
    Mistake("设置文件被记事本存成了 onestop.toml.txt", move(TOML, "onestop.toml.txt"), RECONCILE, ("没有找到 onestop.toml", "这里有 onestop.toml.txt，没有 onestop.toml：请改名为 onestop.toml")),
    Mistake("在县文件夹的上一层运行", lambda f: shutil.copytree(f, f / "结算县") and gone(TOML)(f), RECONCILE, ("这里不是县文件夹，请先进入县文件夹：cd 结算县",)),
    typed("已有的县文件夹又建一次", "init .", "已经是县文件夹，不会覆盖", "再输入 onestop；要补模板的，加 --templates"),
    typed("命令写成了中文", "核对 --period 2010Q4", "没有命令“核对”，是不是 reconcile？"),
    typed("命令只写了一半", "recon --period 2010Q4", "没有命令“recon”，是不是 reconcile？"),
    typed("差错代码少写了一个零", "findings id3", "ID03  身份证号精度丢失", code=0),
    typed("读法里的项目名写错", "inspect 住院/云谷卫生院.csv --column 总费=总费用", "没有“总费”这一项", "是不是 总费用？请写成 --column 总费用=表头文字"),
    typed("登记簿的文件名写错", "registers 整改.xlsx", "整改.xlsx：找不到这个文件或文件夹", "请检查路径是否写对"),
    typed("开账日写了不存在的一天", "ledger open --from 2011-02-30 --ledger 新.sqlite", "2011 年 2 月只有 28 天", "请写成 --from 2010-10-01 的样子"),
    typed("公示写成了放结果的文件夹", "publish 结算 --out 公示", "“结算”不是完整的结算结果文件夹", "这里有：结算/2010Q4", stage="run"),
    typed("审批表写了住院号又写了机构", "papers 结算/2010Q4 100234 --hospital 云谷卫生院 --out 单", "要么指明一笔住院，要么指明一家机构", "请只写住院号或只写 --hospital 机构名称；都不写的，每家机构写一个文件夹", stage="run"),
    typed("还没有关账就写应补名单", "ledger pay --list 名单.xlsx", "台账里没有应补未补", "本期的要等关账以后才有", stage="run"),
    Mistake("台账改了名", move("台账.sqlite", "台账备份.sqlite"), "", ("没有 台账.sqlite，这里有 台账备份.sqlite：是台账的请改回 台账.sqlite",), code=0, stage="run"),
    Mistake("关账以后没有移走旧文件", nothing, "", ("本期已关账", "下一步：把收件箱里的文件移到 归档/2010Q4，放进下一期的报表和花名册"), code=0, stage="closed"),
    typed("按季关账，要一个月的决算", "ledger report --period 2010-11", "台账按 2010Q4 关账，比2010年11月长", "用 onestop ledger month", stage="closed"),
    typed("决算另存成了 xls", "ledger report --period 2010Q4 --out 决算.xls", "只能写成 .xlsx 文件", "请把 --out 写成以 .xlsx 结尾的文件名", stage="closed"),
    typed("季报用了月报的命令", "ledger month --period 2010Q4", "2010年第4季度不是单月", "季报、年报用 onestop ledger report", stage="closed"),
    typed("比较只写了一份结果", "compare 结算/2010Q4", "缺少后一次的结算结果文件夹", "例：onestop compare", stage="run"),
    typed("命令拼错", "reconcil --period 2010Q4", "没有命令“reconcil”，是不是 reconcile？"),
    typed("选项的横线是全角的", "reconcile ——period 2010Q4", "的横线是全角的，请改成半角：--period"),
    typed("选项少了一横", "reconcile -period 2010Q4", "“-period”少了一横，请写成：--period"),
    typed("要看的文件不在那里", "inspect 住院/没有.xlsx", "找不到这个文件或文件夹", "请检查路径是否写对"),
    Mistake("自查的表里没有医院名", replaced(SHEET, "云谷卫生院", ""), "precheck 住院/云谷卫生院.csv --rules huangzhong-2009", ("看不出是哪一家医院的表", "请加上 --hospital 医院名称 --level 机构级别")),
    typed("自查的是花名册", "precheck 花名册/低保.csv", "这像是花名册", "请移到放花名册的文件夹"),
    typed("测算时可补偿费用大于总费用", "quote --level 县级 --total 1000 --eligible 2000", "可补偿费用大于总费用", "请核对 --total 和 --eligible"),
    typed("测算时级别写错", "quote --level 村医 --total 1000 --eligible 900", "看不懂机构级别“村医”", "--level 可写"),
    typed("测算时类别写错", "quote --level 县级 --total 1000 --eligible 800 --category 穷人", "政策文件没有“穷人”这一类", "--category 可写"),
    typed("测算时没有写类别，台账里是低保户", f"quote --level 乡级 --total 1000 --eligible 800 --id {WANG} --ledger 台账.sqlite --rules huangzhong-2009", "台账里这个人上次住院是农村低保户，这次没有写 --category", "请加上 --category 农村低保户", stage="closed"),
    typed("要复制的政策没有", "rules copy 没有", "找不到规则“没有”", "请写规则编号、文件或地区名"),
    typed("公示的不是结算结果", "publish 住院 --out 公示", "不是完整的结算结果文件夹", "请给出 onestop reconcile 写出的文件夹"),
    typed("差错代码写错", "findings ZZ99", "没有差错代码“ZZ99”", "运行 onestop findings 看全部代码"),
    Mistake("要核对的汇总表是 PDF", put("表.pdf", b"%PDF-1.4" + bytes(200)), "check-table 表.pdf", ("不是表格，是PDF 文件", "请让报送单位导出为 xlsx")),
    typed("公示日期写了不存在的一天", "publish 结算/2010Q4 --out 公示 --from 2011-02-30", "2011 年 2 月只有 28 天", "请写成 --from 2010-12-31 这样的日期", stage="run"),
    typed("公示日期早于期末", "publish 结算/2010Q4 --out 公示 --from 2010-10-10", "不晚于结算期末", "--from 请写 2010-12-31 以后的日期", stage="run"),
    typed("公示写进了结算结果里", "publish 结算/2010Q4 --out 结算/2010Q4/公示", "输出位置在一份结算结果里面", "请换一个不在结算结果文件夹里的 --out", stage="run"),
    typed("要说明的住院号没有", "explain 结算/2010Q4 ZY999", "没有找到“ZY999”这笔住院", "请写住院号、证号末尾（四位以上）", stage="run"),
    typed("要打印审批表的医院没有", "papers 结算/2010Q4 --hospital 云谷医院 --out 单", "本期没有“云谷医院”", "机构名称要与结算表一致，例如：云谷卫生院", stage="run"),
    typed("要打印审批表的住院没有医疗救助", "papers 结算/2010Q4 ZY002 --out 单", "没有可以打印的审批表", "运行 onestop explain 看这笔住院的逐笔说明", stage="run"),
    typed("结果文件夹只写了期", "close 2010Q4", "没有“2010Q4”这个结果文件夹", "请写成 结算/2010Q4", stage="run"),
    typed("要比较的结果没有", "compare 结算/2010Q4 结算/2010Q3", "没有“2010Q3”这个结果文件夹", "这里有：结算/2010Q4", stage="run"),
    typed("抽样量写成 0", "audit 结算/2010Q4 --size 0 --seed 1 --out 检查", "样本量 0 不成立", "--size 请给 1 以上的整数", stage="run"),
    typed("测算没有写改哪个数", "simulate 结算/2010Q4", "没有给出要测算的方案", "--change 名称=值", stage="run"),
    typed("测算的数名字写错", "simulate 结算/2010Q4 --change assistance.top=8000", "里没有“assistance.top”这一项", "assistance.cap（医疗救助 · 年度封顶）", stage="run"),
    Mistake("改了结算表里的数", put("结算/2010Q4/结算/县级结算汇总.xlsx", b"x"), "publish 结算/2010Q4 --out 公示", ("县级结算汇总.xlsx 改动过", "请从备份恢复这些文件"), stage="run"),
    Mistake("删掉了结果里的一个文件", gone("结算/2010Q4/运行报告.html"), CLOSE, ("缺少 运行报告.html", "请从备份恢复这些文件"), stage="run"),
    Mistake("核对以后又改了住院表", cell("新农合补偿", "600.00"), CLOSE, ("核对以后改动过的有 云谷卫生院.csv", "请重新运行 onestop reconcile，再关账"), stage="run"),
    Mistake("核对以后又换了花名册", replaced(PEOPLE, "农村低保户", "五保户"), CLOSE, ("核对以后改动过的有 低保.csv", "请重新运行 onestop reconcile，再关账"), stage="run"),
    typed("台账的文件名写错", f"{CLOSE} --ledger 台帐.sqlite", "没有找到 台帐.sqlite", "请把台账放回县文件夹", stage="run"),
    Mistake("台账被移走了", gone("台账.sqlite"), AGAIN, ("现在没有找到", "请把台账放回县文件夹"), stage="run"),
    typed("又开了一次账", "ledger open --from 2010-10-01 --ledger 台账.sqlite", "台账已经存在，不会覆盖", "请换一个文件名", stage="run"),
    typed("开账日不是月初", "ledger open --from 2010-10-08 --ledger 新.sqlite", "起始日 2010-10-08 不是月初", "请写第一个结算期的第一天"),
    typed("预拨给了没有的基金", ADVANCE.replace("医疗救助资金", "扶贫款") + " --amount 5", "没有“扶贫款”这个基金", "--fund 可写：", stage="run"),
    typed("预拨的金额写成 100万", f"{ADVANCE} --amount 100万", "看不懂金额“100万”", "请写元，最多两位小数", stage="run"),
    typed("预拨的日期没有写年", ADVANCE.replace("2010-10-08", "10月8日") + " --amount 5", "--date 的日期“10月8日”看不懂", "请写成 --date 2010-12-31 这样的日期", stage="run"),
    typed("预拨的金额不到一分", f"{ADVANCE} --amount 5.001", "看不懂金额“5.001”，或不到一分", "请写元，最多两位小数", stage="run"),
    typed("预拨写错了年份", ADVANCE.replace("2010Q4", "2021Q4") + " --amount 5", "是不是写错了年份", "请核对 --period", stage="run"),
    typed("收回预拨没有写原因", f"{ADVANCE} --amount -5", "收回预拨要写明原因", "请加上 --note", stage="run"),
    typed("冲销没有的一笔预拨", "ledger advance --undo 9 --note 记错", "台账里没有第 9 号预拨", "onestop ledger advance --list 看各笔的序号", stage="run"),
    typed("没有关过账就撤销", "ledger reopen --reason 补登", "没有可以撤销的", "用 onestop ledger show 看台账", stage="run"),
    typed("同一期关两次账", CLOSE, "2010年第4季度已经关账", "更正请走下期的上期调整", stage="closed"),
    typed("已关账的期又核对一次", AGAIN, "2010年第4季度已经关账", "更正、漏报、红冲随下一期的文件一起核对", stage="closed"),
    Mistake("跳过了一个季度，收件箱里放的是再下一期", next_but_one, "", ("2011-01-01 至 2011-03-31 还没有关账", "先关了2011年第2季度，这一段就不能再单独关账"), code=0, stage="closed"),
    typed("上期的文件又交来", "reconcile --period 2011Q1 --out 结算/2011Q1", "关账时读过的文件一个字节不差，请核对是不是放错了", "花名册与 2010Q4 关账时的相同，没有更新", "ST07 前期已结算", stage="closed", code=0),
    typed("跳过了一个季度", "reconcile --period 2011Q2 --out 结算/2011Q2", "2011-01-01 至 2011-03-31 还没有关账", stage="closed", code=0),
    typed("重算没有关过的一期", "reconcile --period 2011Q1 --out x --recompute 2010Q3", "台账里没有这一期的关账", "已关账的：2010Q4", stage="closed"),
    Mistake("台账文件坏了", put("台账.sqlite", b"hello" * 100), "ledger show", ("不是 onestop 的台账，或者已经损坏", "请换用最近一次的备份"), stage="closed"),
)  # fmt: skip

DECISIONS = (
    decided("处理意见说的住院没有", "处理意见说的住院在本期和台账中都找不到", "请照差错清单原样保留", 行="77", 住院号="ZY777", 姓名="丁"),
    decided("处理意见没有写依据", "处理意见不完整，缺：依据", "请补齐后重新运行", 依据=""),
    decided("经办和复核是一个人", "缺：经办人和复核人（不同的两人）", "请补齐后重新运行", 复核人="张三"),
    decided("处理决定写成“同意”", "看不懂处理决定“同意”，只能是 放行、拒付", "请改正后重新运行", 处理决定="同意"),
    decided("处理意见的代码写错", "没有差错代码“AM99”", "请照差错清单原样填写代码", 代码="AM99"),
    decided("处理意见的日期看不懂", "日期“昨天”看不懂", "请改正后重新运行", 日期="昨天"),
    decided("放行的差错已经没有了", "处理意见有 1 行已不需要（差错已经没有了），没有执行", code=0),
    decided("扣款没有写金额和补偿种类", "缺：金额、补偿种类", "请补齐后重新运行", 处理决定="扣款"),
    decided("扣款的补偿种类写错", "看不懂补偿种类“商业险”", "只能是", 处理决定="扣款", 补偿种类="商业险", 金额="9"),
    decided("补发没有欠的钱", "补发 9.00 元超过应补的 0.00 元", "请按应补未补的金额补发", 处理决定="补发", 补偿种类="医疗救助", 金额="9", 代码=""),
    decided("处理意见的日期是不存在的一天", "日期“2011-02-30”不存在：2011 年 2 月只有 28 天", "请改正后重新运行", 日期="2011-02-30"),
    Mistake("处理意见存成了别的文件名", together(said_by_people(), move("处理意见.csv", "处理意见2010Q4.csv")), AGAIN, ("处理意见2010Q4.csv 没有用上：要用的改名为 处理意见.xlsx，或加上 --decisions 处理意见2010Q4.csv",), 0, "run"),
    Mistake("处理意见填在结果里的差错清单上，没有另存", filled_in_place, CLOSE, ("里的差错清单.xlsx填了处理意见，没有用上", "请另存为县文件夹里的 处理意见.xlsx，再核对一次"), stage="run"),
    decided("处理意见的日期没有写年", "日期“1月8日”看不懂", "日期写成 2011-01-08 的样子", 日期="1月8日"),
    decided("处理意见的金额写成汉字", "看不懂金额“一百元”", "金额写元，如 91.46", 处理决定="扣款", 补偿种类="医疗救助", 金额="一百元"),
    typed("处理意见的文件名写错", f"{AGAIN} --decisions 意见.xlsx", "意见.xlsx：找不到处理意见", "请检查路径", stage="run"),
)  # fmt: skip

PARTS: Sequence[tuple[str, Sequence[Mistake]]] = (
    ("文件和设置", FILES),
    ("整份表、整本花名册", WHOLE),
    ("一笔住院或一个人的资料", ROWS),
    ("命令、结果和台账", COMMANDS),
    ("处理意见", DECISIONS),
)


def every() -> Iterator[Mistake]:
    """All of them."""
    for _, mistakes in PARTS:
        yield from mistakes


def page() -> str:
    """The list as a page for clerks."""
    head = (
        "# 常见错误\n\n做错了什么，程序怎么说，下一步做什么。每一条都由测试照做一遍，程序的话对不上就不能发布。\n\n"
        "以“→”分开的是程序的话：先说什么不对，再说怎么办。“照常结算”的，只有这一笔待核、扣减或提示，其余不受影响。\n"
    )
    parts = [head]
    for title, mistakes in PARTS:
        parts.append(f"\n## {title}\n\n| 做错了什么 | 程序怎么说 | 结果 |\n|---|---|---|\n")
        parts += [
            f"| {one.what} | {' → '.join(one.said)} | {'没有运行' if one.code else '照常结算'} |\n"
            for one in mistakes
        ]
    return "".join(parts)
