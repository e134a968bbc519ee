"""Records of invented children: how a child is written down, once as its papers have it and once more with changes.

Belongs here: the record, and the plan by which one is written. Not here: what changes there are, how often (changes).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from random import Random
from uuid import UUID

from benchmarks.same_child import peoples
from benchmarks.same_child.families import Child
from benchmarks.same_child.peoples import Writing
from services.registry.domain.children_age import Birth
from services.registry.domain.names import Name

GIVEN, FAMILY, PATRONYMIC, FATHER = "given", "family", "patronymic", "father"


@dataclass(frozen=True)
class Record:
    """What a register has of a child. `person` is the truth, `changes` what was done to it; neither is compared."""

    number: int
    person: int
    language: str
    name: Name
    sex: str
    birth: Birth
    area: str
    birth_region: str = ""
    mother: str = ""
    parents: frozenset[UUID] = frozenset()
    changes: tuple[str, ...] = ()


@dataclass
class Plan:
    """How a record is to be written: filled as usual, then changed, then written."""

    child: Child
    way: str
    variants: dict[str, int]
    surname: str
    patronymic: str
    sex: str
    birth: Birth
    area: str
    parts: dict[str, str] = field(default_factory=dict)

    @property
    def writing(self) -> Writing:
        """The writing in which it is."""
        return peoples.WRITINGS[self.child.family.language][self.way]

    def write(self) -> None:
        """Fill the parts of the name."""
        family, writing = self.child.family, self.writing
        language, sex = family.language, self.child.sex
        column, of = writing.column, self.variants
        father = self._father(writing)
        self.parts = {
            GIVEN: " ".join(word.written(column, of[GIVEN]) for word in self.child.given),
            FAMILY: "" if family.name is None
            else peoples.surname(language, family.name, sex, writing, self.surname, of[FAMILY]),
            PATRONYMIC: peoples.patronymic(language, family.father, sex, writing, self.patronymic, of[FATHER]),
            FATHER: father,
        }  # fmt: skip
        self.parts = {part: peoples.written(text, writing, of["rule"]) for part, text in self.parts.items()}

    def _father(self, writing: Writing) -> str:
        """The father's name where it stands apart: always in Arabic script, where no patronymic is formed."""
        if self.patronymic == "father" or (self.patronymic != "none" and writing.column == "Arab"):
            return self.child.family.father.written(writing.column, self.variants[FATHER])
        return ""

    def name(self) -> Name:
        """The name as it stands in the record."""
        return Name(self.writing.script, "current", **self.parts)


def planned(child: Child, ways: Mapping[str, float], draw: Random) -> Plan:
    """A record as the papers have it, in one of the ways its register writes."""
    own = {way: share for way, share in ways.items() if way in peoples.WRITINGS[child.family.language]}
    way = draw.choices(list(own), list(own.values()))[0]
    spelt = {part: 0 if draw.random() < 0.6 else draw.randrange(4) for part in (GIVEN, FAMILY, FATHER)}
    plan = Plan(
        child, way, spelt | {"rule": draw.randrange(8)}, child.family.style, child.family.patronymic,
        child.sex, known(child.born), child.area,
    )  # fmt: skip
    plan.write()
    return plan


def known(day: date) -> Birth:
    """A birth known to the day, from a document."""
    return Birth(day, day, "day", "documented")
