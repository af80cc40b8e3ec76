"""A small whole document, its successor, and how to write them to a folder."""

from __future__ import annotations

from pathlib import Path

from onestop_cli.rulebook.library import LoadedRule, load_rule

SMALL = """\
id = "small"
title = "示例县住院补偿"
area = "example"

[source]
document = "示例县文件"

[effective]
from = 2010-01-01
to = 2010-12-31
quote = "自2010年1月1日起施行，有效期一年"

[basis]
governing_date = "discharge"
quote = "以出院日期为准"

[categories]
priority = ["五保户", "农村低保户"]
quote = "五保户、农村低保户"

[[dimension]]
id = "visit"
name = "就诊类型"
columns = ["就诊类型"]
otherwise = "住院"

[dimension.values]
"门诊" = ["普通门诊"]

[[layer]]
id = "basic"
name = "新农合补偿"
also = ["ceiling", "stay_cap"]

[layer.base]
from = "eligible"
quote = "可补偿费用"

[[layer.deductible]]
when = { level = ["township", "county"] }
amount = 100
quote = "县内一百元"

[[layer.deductible]]
when = { level = ["city", "province"] }
amount = 300
quote = "县外三百元"

[[layer.ceiling]]
amount = 500
quote = "全年起付线合计不超过五百元"

[[layer.rate]]
when = { visit = "门诊" }
rate = 0.50
quote = "门诊五成"

[[layer.rate]]
when = { visit = "住院" }
rate = 0.70
quote = "住院七成"

[[layer.cap]]
amount = 30000
quote = "全年三万元"

[[layer.stay_cap]]
amount = 20000
quote = "每次二万元"

[[layer]]
id = "assistance"
name = "医疗救助"
who = "roster"

[layer.base]
from = "total"
less = ["basic"]
quote = "总费用减去补偿"

[[layer.deductible]]
amount = 0
quote = "不设起付线"

[[layer.rate]]
when = { category = "五保户" }
rate = 1.00
quote = "五保户全额"

[[layer.rate]]
when = { category = "农村低保户" }
rate = 0.60
quote = "低保户六成"

[[layer.cap]]
amount = "none"
quote = "不设封顶线"
"""

LATER = (
    SMALL.replace('id = "small"', 'id = "later"')
    .replace("from = 2010-01-01\nto = 2010-12-31", "from = 2011-01-01\nto = 2011-12-31")
    .replace("自2010年", "自2011年")
)  # fmt: skip


def written(tmp_path: Path, text: str, name: str = "small") -> LoadedRule:
    path = tmp_path / f"{name}.toml"
    path.write_text(text, "utf-8")
    return load_rule(path)
