"""The hospitals of the made-up county of 2024, by the platform's codes."""

from __future__ import annotations

from samples.fabricate.today.model import House

HOUSES = (
    House("H63990100001", "示例县人民医院", "county", "二级甲等"),
    House("H63990100002", "示例县中医院", "county", "二级甲等"),
    House("H63990100003", "示例县妇幼保健院", "county", "二级乙等"),
    House("H63990100011", "青禾镇中心卫生院", "township", "一级甲等"),
    House("H63990100012", "柳沟乡卫生院", "township", "一级乙等"),
    House("H63990100013", "东滩镇卫生院", "township", "一级甲等"),
    House("H63990100014", "红崖乡卫生院", "township", "一级乙等"),
    House("H63990000001", "长河市第一人民医院", "city", "三级甲等"),
    House("H63990000002", "长河市第二人民医院", "city", "三级乙等"),
    House("H63000000001", "江源省人民医院", "province", "三级甲等"),
)

ELSEWHERE = House("H51990000007", "远山市人民医院", "city", "三级特等", registered=False)
"""In another province; it is not in the county's register."""
