"""What people are ill with: who gets it, how long they stay, what it costs, and the names hospitals give it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Illness:
    """`names`: as hospitals write it, the commonest first. `share`: relative frequency. `days` and `cost` are factors
    on the level's mean. `outside`: share of the bill that is not covered, added to the hospital's own."""

    names: tuple[str, ...]
    share: int
    ages: tuple[int, int] = (1, 92)
    sex: str = ""
    days: float = 1.0
    cost: float = 1.0
    levels: str = "tccp"
    outside: float = 0.0
    chronic: bool = False


ILLNESSES = (
    Illness(("肺炎", "支气管肺炎", "肺部感染"), 80, days=1.0, levels="tcsp"),
    Illness(("急性上呼吸道感染", "上呼吸道感染", "上感"), 60, days=0.6, cost=0.4, levels="t"),
    Illness(("急性支气管炎", "急性气管支气管炎"), 60, days=0.8, cost=0.6, levels="tc"),
    Illness(("慢性支气管炎", "慢性支气管炎急性发作", "慢支炎"), 70, (45, 92), days=1.1, levels="tc", chronic=True),
    Illness(("慢性阻塞性肺疾病", "慢阻肺", "COPD"), 50, (50, 92), days=1.2, cost=1.2, levels="tcs", chronic=True),
    Illness(("高血压病", "原发性高血压", "高血压3级"), 70, (40, 92), levels="tc", chronic=True),
    Illness(("脑梗塞", "脑梗死", "脑血栓形成"), 60, (45, 92), days=1.3, cost=1.4, levels="tcsp", chronic=True),
    Illness(("脑出血",), 12, (40, 92), days=1.6, cost=3.0, levels="csp"),
    Illness(("冠心病", "冠状动脉粥样硬化性心脏病"), 50, (45, 92), cost=1.2, levels="tcsp", chronic=True),
    Illness(("2型糖尿病", "糖尿病"), 45, (35, 92), levels="tcs", chronic=True),
    Illness(("急性胃肠炎", "急性肠胃炎"), 40, days=0.5, cost=0.5, levels="t"),
    Illness(("慢性胃炎", "慢性浅表性胃炎"), 45, (18, 92), days=0.8, cost=0.6, levels="tc"),
    Illness(("胃溃疡", "消化性溃疡"), 25, (20, 90), levels="tc"),
    Illness(("胆囊炎", "慢性胆囊炎急性发作"), 35, (20, 92), levels="tc"),
    Illness(("胆囊结石", "胆石症"), 25, (20, 90), cost=2.2, levels="cs"),
    Illness(("急性阑尾炎", "阑尾炎"), 30, (6, 80), cost=1.5, levels="tc"),
    Illness(("腰椎间盘突出症", "腰椎间盘突出"), 45, (25, 85), days=1.3, levels="tcs", chronic=True),
    Illness(("股骨骨折", "股骨颈骨折"), 14, (20, 92), days=1.9, cost=4.5, levels="csp", outside=0.12),
    Illness(("胫腓骨骨折", "桡骨骨折", "锁骨骨折"), 22, (6, 88), days=1.5, cost=2.6, levels="tcs", outside=0.08),
    Illness(("软组织挫伤", "多处软组织挫伤"), 20, (5, 85), days=0.7, cost=0.5, levels="t"),
    Illness(("老年性白内障", "白内障"), 22, (55, 90), days=0.5, cost=0.9, levels="c"),
    Illness(("泌尿系感染", "泌尿道感染"), 28, (5, 90), days=0.8, cost=0.7, levels="tc"),
    Illness(("肾结石", "输尿管结石"), 22, (18, 80), cost=1.3, levels="tcs"),
    Illness(("前列腺增生", "良性前列腺增生症"), 16, (52, 90), "男", cost=1.8, levels="cs"),
    Illness(("子宫肌瘤",), 14, (28, 56), "女", cost=1.9, levels="cs"),
    Illness(("盆腔炎", "慢性盆腔炎"), 24, (18, 60), "女", days=0.9, cost=0.7, levels="tc"),
    Illness(("正常分娩", "足月顺产"), 34, (19, 42), "女", days=0.5, cost=0.8, levels="tc"),
    Illness(("剖宫产",), 16, (19, 42), "女", days=0.9, cost=1.8, levels="cs"),
    Illness(("新生儿黄疸", "新生儿高胆红素血症"), 8, (0, 0), days=0.9, levels="cs"),
    Illness(("手足口病",), 14, (1, 6), days=0.7, cost=0.7, levels="tc"),
    Illness(("小儿腹泻", "婴幼儿腹泻"), 14, (0, 4), days=0.6, cost=0.5, levels="tc"),
    Illness(("癫痫",), 12, (8, 80), cost=0.9, levels="cs", chronic=True),
    Illness(("胃恶性肿瘤", "胃癌"), 9, (38, 85), days=1.5, cost=3.5, levels="csp", outside=0.08),
    Illness(("肝硬化", "乙型肝炎肝硬化"), 16, (35, 80), days=1.3, cost=1.5, levels="cs", chronic=True),
    Illness(("风湿性关节炎", "类风湿性关节炎"), 24, (30, 85), days=1.1, cost=0.9, levels="tc", chronic=True),
    Illness(("头晕", "眩晕综合征"), 22, (35, 90), days=0.6, cost=0.6, levels="tc"),
)  # fmt: skip

CHEMO = Illness(("肺恶性肿瘤化疗", "肺癌化疗"), 0, (40, 80), days=0.5, cost=1.6)
DIALYSIS = Illness(("尿毒症", "慢性肾功能衰竭血液透析"), 0, (30, 80), days=0.3, cost=0.9)
PSYCHIATRIC = Illness(("精神分裂症",), 0, (18, 70), days=1.0, cost=1.0)
POISONING = Illness(("食物中毒",), 0, (5, 80), days=0.3, cost=0.4)
CATARACT = next(illness for illness in ILLNESSES if "白内障" in illness.names)
FLU = next(illness for illness in ILLNESSES if "上感" in illness.names)
