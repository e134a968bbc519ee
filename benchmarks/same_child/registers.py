"""Registers of invented children: which languages and writings meet in each, and who is recorded twice.

A register of one language is written mostly one way; in the mixed ones several peoples and writings meet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from types import MappingProxyType
from uuid import UUID

from benchmarks.same_child import changes, families, records, words
from benchmarks.same_child.families import Child, Family
from benchmarks.same_child.records import Plan, Record

TWICE = 0.2
"""Share of the children recorded twice."""
MOTHER_TOLD, BIRTHPLACE_TOLD, PARENT_ON_RECORD, PARENT_LINKED = 0.3, 0.3, 0.5, 0.1
TWIN_FAMILIES = 10
ESTIMATE, HELD_OUT, UNSEEN = words.ESTIMATE, words.HELD_OUT, words.UNSEEN


@dataclass(frozen=True)
class Register:
    """The languages (with shares) and the ways of writing (with shares) that a deployment has."""

    peoples: Mapping[str, float]
    ways: Mapping[str, float]
    languages: tuple[str, ...]


def _of(language: str, **ways: float) -> Register:
    return Register({language: 1.0}, ways, (language,))


REGISTERS: Mapping[str, Register] = MappingProxyType(
    {
        "ru": _of("ru", Cyrl=1),
        "kk": Register({"kk": 1}, {"Cyrl": 0.7, "ru": 0.3}, ("kk", "ru")),
        "ky": Register({"ky": 1}, {"Cyrl": 0.8, "ru": 0.2}, ("ky", "ru")),
        "tg": Register({"tg": 1}, {"Cyrl": 0.9, "ru": 0.1}, ("tg", "ru")),
        "uz-Latn": _of("uz", Latn=1),
        "uz-Cyrl": _of("uz", Cyrl=0.8, ru=0.2),
        "sr": _of("sr", Cyrl=0.6, Latn=0.4),
        "hr": _of("hr", Latn=1),
        "ro": _of("ro", Latn=0.8, cedilla=0.2),
        "tk": _of("tk", Latn=0.9, ru=0.1),
        "ur": _of("ur", Arab=1),
        "fa": _of("fa", Arab=1),
        "mixed kz": Register({"kk": 0.7, "ru": 0.3}, {"Cyrl": 0.4, "ru": 0.3, "Latn": 0.3}, ("kk", "ru")),
        "mixed uz": Register({"uz": 0.9, "ru": 0.1}, {"Latn": 0.45, "Cyrl": 0.3, "ru": 0.2, "new": 0.05}, ("uz", "ru")),
        "mixed pk": Register({"ur": 1}, {"Arab": 0.5, "Latn": 0.5}, ("ur", "en")),
        "mixed tj": Register(
            {"tg": 0.8, "fa": 0.2}, {"Cyrl": 0.45, "ru": 0.2, "Latn": 0.2, "Arab": 0.15}, ("tg", "fa", "ru")
        ),
    }
)  # fmt: skip


def made(register: Register, number: int, half: int, seed: int) -> list[Record]:
    """The records of so many children; those recorded twice come a second time at the end, in another order."""
    draw = Random(f"{seed}-{half}-{sorted(register.peoples)}-{sorted(register.ways)}")
    children: list[Child] = []
    for people, share in register.peoples.items():
        own = families.twins(people, half, draw, TWIN_FAMILIES)
        children += [*own, *families.children(people, half, round(number * share) - len(own), draw)]
    plans = [records.planned(child, register.ways, draw) for child in children]
    mothers = {child.family: UUID(int=draw.getrandbits(128)) for child in children}
    found = [_record(n, n, plan, (), mothers, draw) for n, plan in enumerate(plans)]
    for person in draw.sample(range(len(children)), round(len(children) * TWICE)):
        again = replace(plans[person], variants=dict(plans[person].variants), parts=dict(plans[person].parts))
        done = changes.change(again, draw)
        linked = found[person].parents if draw.random() < PARENT_LINKED else frozenset()
        found.append(replace(_record(len(found), person, again, done, mothers, draw), parents=linked))
    return found


def in_one_field(records_: Sequence[Record], seed: int) -> list[Record]:
    """The same records, but that second ones have family name, given name and patronymic in one field, as a program
    with one field for the name hands them over."""
    draw = Random(f"one field-{seed}")
    found = []
    for record in records_:
        name = record.name
        if record.person != record.number:
            said = [name.family, name.given] if draw.random() < 0.5 else [name.given, name.family]
            whole = " ".join(part for part in (*said, name.patronymic) if part)
            field = "given" if draw.random() < 0.5 else "family"
            name = replace(name, **{"given": "", "family": "", "patronymic": "", field: whole})
        found.append(replace(record, name=name))
    return found


def _record(
    number: int, person: int, plan: Plan, done: tuple[str, ...], mothers: Mapping[Family, UUID], draw: Random
) -> Record:
    family = plan.child.family
    mother = family.mother.written(plan.writing.column) if draw.random() < MOTHER_TOLD else ""
    return Record(
        number,
        person,
        family.language,
        plan.name(),
        plan.sex,
        plan.birth,
        plan.area,
        family.area[:2] if draw.random() < BIRTHPLACE_TOLD else "",
        records.peoples.written(mother, plan.writing, plan.variants["rule"]),
        frozenset({mothers[family]}) if draw.random() < PARENT_ON_RECORD else frozenset(),
        done,
    )
