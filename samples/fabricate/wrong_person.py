"""Faults in who a row says the patient is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from samples.fabricate.desk import Desk, Kinds, entitled, hold
from samples.fabricate.model import Stay
from samples.fabricate.people import check_character
from samples.fabricate.pricing import PRIORITY

KINDS = Kinds()


@KINDS.add("id check")
def _id_check(desk: Desk, stay: Stay) -> None:
    number = stay.person.id_no
    stay.written["id_no"] = number[:17] + ("1" if number[17] != "1" else "2")
    hold(stay, "ID01")


@KINDS.add("id missing")
def _id_missing(desk: Desk, stay: Stay) -> None:
    stay.written["id_no"] = ""
    hold(stay, "ID01")


@KINDS.add("id numeric", lambda desk, stay: stay.hospital.shape.container == "xlsx")
def _id_numeric(desk: Desk, stay: Stay) -> None:
    stay.written["id_no"] = float(stay.person.id_no[:17] + "0")
    hold(stay, "ID03")


@KINDS.add("id scientific", lambda desk, stay: stay.hospital.shape.container != "xlsx")
def _id_scientific(desk: Desk, stay: Stay) -> None:
    stay.written["id_no"] = f"{float(stay.person.id_no[:17] + '0'):.5E}"
    hold(stay, "ID03")


@KINDS.add("id old", lambda desk, stay: stay.person.born.year < 2000)
def _id_old(desk: Desk, stay: Stay) -> None:
    number = stay.person.id_no
    stay.written["id_no"] = number[:6] + number[8:17]
    stay.codes.append("ID02")


@KINDS.add("id lower", lambda desk, stay: stay.person.id_no.endswith("X"))
def _id_lower(desk: Desk, stay: Stay) -> None:
    stay.written["id_no"] = stay.person.id_no.lower()
    stay.codes.append("ID02")


@KINDS.add("id wide")
def _id_wide(desk: Desk, stay: Stay) -> None:
    stay.written["id_no"] = "".join(chr(ord(mark) + 0xFEE0) for mark in stay.person.id_no)
    stay.codes.append("ID02")


@KINDS.add("id blanks")
def _id_blanks(desk: Desk, stay: Stay) -> None:
    number = stay.person.id_no
    stay.written["id_no"] = f"{number[:6]} {number[6:14]}\u3000{number[14:]}"
    stay.codes.append("ID02")


@KINDS.add("id apostrophe")
def _id_apostrophe(desk: Desk, stay: Stay) -> None:
    stay.written["id_no"] = "'" + stay.person.id_no
    stay.codes.append("ID02")


@KINDS.add("other name", entitled)
def _other_name(desk: Desk, stay: Stay) -> None:
    stay.written["name"] = stay.person.name[0] + "改名"
    hold(stay, "ID04")


@KINDS.add("name dot", lambda desk, stay: entitled(desk, stay) and "·" in stay.person.name)
def _name_dot(desk: Desk, stay: Stay) -> None:
    stay.written["name"] = stay.person.name.replace("·", desk.rng.choice("・•‧･．"))


@KINDS.add("name blank", lambda desk, stay: entitled(desk, stay) and len(stay.person.name) == 2)
def _name_blank(desk: Desk, stay: Stay) -> None:
    stay.written["name"] = "\u3000".join(stay.person.name)


@KINDS.add("sex")
def _sex(desk: Desk, stay: Stay) -> None:
    stay.written["sex"] = "女" if stay.person.sex == "男" else "男"
    stay.codes.append("ID05")


@KINDS.add("mistyped", lambda desk, stay: entitled(desk, stay) and desk.alone(stay))
def _mistyped(desk: Desk, stay: Stay) -> None:
    number = stay.person.id_no
    taken = {entry.person.id_no for entry in desk.roster} | {s.person.id_no for s in desk.stays}
    for order in range(1000):
        first17 = f"{number[:14]}{order:03d}"
        other = first17 + check_character(first17)
        if first17[16] == number[16] and other not in taken:
            break
    stay.person = replace(stay.person, id_no=other)
    stay.category = None
    stay.codes.append("RO06")


@KINDS.add("dead", lambda desk, stay: desk.alone(stay) and _one_entry(desk, stay))
def _dead(desk: Desk, stay: Stay) -> None:
    entry = desk.entries[stay.person.id_no][0]
    died = replace(entry, died_on=stay.admitted - timedelta(days=desk.rng.randint(3, 40)))
    desk.roster[desk.roster.index(entry)] = died
    hold(stay, "RO07")


def _one_entry(desk: Desk, stay: Stay) -> bool:
    return stay.category is not None and len(desk.entries[stay.person.id_no]) == 1


@KINDS.add("stranger", lambda desk, stay: stay.person.id_no not in desk.entries)
def _stranger(desk: Desk, stay: Stay) -> None:
    """`claims` gives the ordinary patient assistance."""


@KINDS.add("label", entitled)
def _label(desk: Desk, stay: Stay) -> None:
    stay.label = desk.rng.choice([name for name in PRIORITY if name != stay.category])
    stay.codes.append("RO03")
