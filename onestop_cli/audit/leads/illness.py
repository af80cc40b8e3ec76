"""What the names of illnesses tell: which mean the same, whom they cannot befall, which come back by plan.

Sources, for every table: the categories of GB/T 14396-2016《疾病分类与代码》(ICD-10), named beside each entry;
conditions of one sex after WHO, ICD-10 volume 2, list of conditions limited to one sex. Names are those that hospitals
write, so an entry is a pattern and not a code. A name that no entry knows says nothing.
"""

from __future__ import annotations

import polars as pl

AgeTable = tuple[tuple[str, int | None, int | None], ...]

CYCLES = "化疗|放疗|化学治疗|放射治疗|透析|血透|腹透|尿毒|介入治疗后|靶向治疗|免疫治疗"
"""Treatments that bring a patient back by plan."""

DAYTIME = f"日间|{CYCLES}"
"""What is done within a day."""

LENGTHY = "精神|分裂症|双相|结核|麻风|痴呆|植物状态|脊髓损伤|康复期|后遗症"
"""Illnesses for which months in bed are usual."""

LENGTHY_HOUSES = "精神|护理院|结核|麻风|荣军|荣康"
"""Hospitals in which they are; many a small hospital is called 康复医院 and is none of them."""

CATCHING = (
    "感染|感冒|上感|流感|肺炎|支气管炎|肠炎|腹泻|痢疾|食物中毒|手足口|水痘|麻疹|腮腺炎|肝炎|伤寒"
)
"""What one may catch from another, or from the same pot: people fall ill with it together."""

SAME = (
    ("脑梗死", "脑梗|脑血栓|脑栓塞|缺血性脑卒中|缺血性卒中|腔隙性脑"),  # I63
    ("脑出血", "脑出血|脑溢血|出血性脑卒中"),  # I61
    ("冠心病", "冠心病|冠状动脉粥样|冠脉|缺血性心脏|心绞痛|心肌缺血"),  # I20, I24, I25
    ("高血压", "高血压"),  # I10–I15
    ("心力衰竭", "心力衰竭|心衰|心功能不全"),  # I50
    ("肺心病", "肺心病|肺源性心脏病"),  # I27
    ("糖尿病", "糖尿病|消渴"),  # E10–E14
    ("慢性气道病", "慢性?支气?管?炎|慢支|慢性?阻塞性肺|慢阻肺|COPD|肺气肿|老慢支"),  # J41–J44
    ("哮喘", "哮喘"),  # J45
    ("肺炎", "肺炎|肺部感染|下呼吸道感染"),  # J12–J18
    ("急性上呼吸道感染", "上呼吸道感染|上感|感冒|咽炎|扁桃体炎|咽峡炎"),  # J00–J06
    ("急性支气管炎", "支气管炎|气管炎"),  # J20, J40
    ("胃炎", "胃炎|胃窦炎|消化不良|胃痛"),  # K29, K30
    ("消化性溃疡", "溃疡病|消化性溃疡|胃溃疡|十二指肠.*溃疡"),  # K25–K27
    ("胆囊炎和胆石", "胆囊炎|胆石|胆囊结石|胆管结石|胆道感染|胆管炎"),  # K80, K81, K83
    ("胰腺炎", "胰腺炎"),  # K85
    ("阑尾炎", "阑尾"),  # K35–K37
    ("胃肠炎", "胃肠炎|肠胃炎|肠炎|腹泻|痢疾"),  # A09, K52
    ("腰椎病", "腰椎|腰突|坐骨神经痛|腰腿痛"),  # M48, M51, M54
    ("颈椎病", "颈椎"),  # M47, M50
    ("关节炎", "关节炎|类风湿|骨关节病|关节退行性"),  # M05–M19
    ("腰肌劳损", "腰肌劳损|腰扭伤|腰部扭伤"),  # M54.5, S33.5
    ("泌尿系感染", "尿路感染|尿系感染|尿道感染|泌尿道感染|肾盂肾炎|膀胱炎"),  # N10, N30, N39
    ("泌尿系结石", "肾结石|输尿管结石|膀胱结石|尿路结石|泌尿系结石|尿系结石"),  # N20, N21
    ("肾衰竭", "肾衰|肾功能衰竭|肾功能不全|慢性肾脏病"),  # N17–N19
    ("前列腺增生", "前列腺增生|前列腺肥大"),  # N40
    ("子宫肌瘤", "子宫肌瘤|子宫平滑肌瘤"),  # D25
    ("盆腔炎", "盆腔炎|附件炎|输卵管炎|盆腔感染"),  # N70, N73
    ("白内障", "白内障"),  # H25, H26
    ("肝硬化", "肝硬化"),  # K74
    ("病毒性肝炎", "乙肝|乙型.*肝炎|丙型.*肝炎|病毒性肝炎"),  # B15–B19
    ("眩晕", "眩晕|头晕|梅尼埃|美尼尔|椎.?基底动脉供血不足|后循环缺血"),  # H81, R42, G45.0
    ("软组织损伤", "软组织|挫伤|皮肤裂伤"),  # T14
    ("胃癌", "胃.*恶性肿瘤|胃癌"),  # C16
    ("肺癌", "肺.*恶性肿瘤|肺癌"),  # C34
    ("肝癌", "肝.*恶性肿瘤|肝癌"),  # C22
    ("食管癌", "食管.*恶性肿瘤|食管癌|食道癌"),  # C15
    ("肠癌", "[结直]肠.*恶性肿瘤|[结直]肠癌|肠癌"),  # C18–C20
    ("乳腺癌", "乳.*恶性肿瘤|乳腺癌"),  # C50
    ("骨折", "骨折"),  # T14.2
)
"""Near-synonyms: the name of the group, and the pattern of the names that belong to it; the first that fits counts."""

WOMEN = (
    "子宫|卵巢|宫颈|阴道|外阴|妊娠|分娩|顺产|难产|剖宫产|产后|产褥|流产|宫外孕|胎盘|胎膜|胎位|盆腔炎|附件炎|输卵管|"
    "月经|痛经|绝经|更年期"
)
"""N70–N98, O00–O99, C51–C58, D25–D28."""

MEN = "前列腺|睾丸|附睾|精索|阴茎|包皮|隐睾|鞘膜|阴囊|男性不育"
"""N40–N51, C60–C63, Q53."""

AGES: AgeTable = (
    ("新生儿", None, 1),  # P00–P96: the first 28 days
    ("婴幼儿|婴儿", None, 5),
    ("小儿|儿童", None, 17),
    ("手足口|疱疹性咽峡炎|川崎病", None, 17),  # B08, M30.3
    ("佝偻病", None, 17),  # E55.0
    ("老年性|老年", 50, None),  # H25, F03
    ("前列腺增生|前列腺肥大", 35, None),  # N40
    ("妊娠|分娩|顺产|剖宫产|流产|胎膜早破|宫外孕|产后|产褥", 13, 54),  # O00–O99
    ("绝经|更年期", 35, None),  # N95
)
"""Pattern, youngest and oldest age (whole years) at which the illness is met."""

SELDOM: AgeTable = (
    (
        "脑梗|脑血栓|冠心病|冠状动脉粥样|高血压|白内障|2型糖尿病",
        18,
        None,
    ),  # I63, I25, I10, H26, E11
    ("痴呆|阿尔茨海默|脑萎缩|骨质疏松", 30, None),  # F00–F03, G30, M80, M81
)
"""The same, of what is seldom and not impossible outside these ages."""

MINOR = (
    "上呼吸道感染|上感|感冒|急性咽炎|咽峡炎|扁桃体炎|急性支气管炎|急性气管|胃肠炎|肠胃炎|慢性胃炎|浅表性胃炎|消化不良|"
    "头晕|头痛|眩晕|失眠|神经衰弱|腰肌劳损|软组织|挫伤|扭伤|皮炎|湿疹|荨麻疹|口腔溃疡|牙|结膜炎|便秘|乏力|疲劳|健康查体|体检"
)
"""What an outpatient window usually treats (低标准入院): J00–J06, J20, K29, K52, R42, M54, T14, L20–L30 without
complications."""


def cleaned(disease: pl.Expr) -> pl.Expr:
    """A name without blanks, in half width and capitals."""
    return disease.str.normalize("NFKC").str.to_uppercase().str.replace_all(r"\s+", "")


def group(disease: pl.Expr) -> pl.Expr:
    """The group of near-synonyms, the cleaned name itself where no group knows it."""
    name = cleaned(disease)
    titles = [pl.when(name.str.contains(pattern)).then(pl.lit(title)) for title, pattern in SAME]
    return pl.coalesce(*titles, name)


def years_off(disease: pl.Expr, age: pl.Expr, table: AgeTable) -> pl.Expr:
    """By how many years the age misses those of the illness, by `AGES` or `SELDOM`; 0 where it does not."""
    name = cleaned(disease)
    off = [
        pl.when(name.str.contains(pattern)).then(
            pl.max_horizontal(
                pl.lit(0) if young is None else young - age, pl.lit(0) if old is None else age - old
            )
        )
        for pattern, young, old in table
    ]
    return pl.max_horizontal(pl.lit(0), *off).fill_null(0).cast(pl.Int64)


def lengthy() -> pl.Expr:
    """Whether months in bed are usual for the illness or in the hospital."""
    ill = pl.col("disease").str.contains(LENGTHY).fill_null(value=False)
    return ill | pl.col("hospital").str.contains(LENGTHY_HOUSES).fill_null(value=False)
