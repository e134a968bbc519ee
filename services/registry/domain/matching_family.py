"""Who is on record beside a child, as evidence that two records are of one: parents by name and id, brothers, sisters.

Who are on record as siblings of each other are two children, but where this follows from their parents alone and no
name tells them apart: then it may be one child, recorded twice. Not here: how names are compared (matching_comparing),
which siblings follow from parents (families_kinship).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from services.registry.domain import matching_comparing as comparing
from services.registry.domain.matching_keys import Likeness
from services.registry.domain.matching_names import Reading
from services.registry.domain.matching_weights import AGREEING

MOTHER, FATHER = "MOTHER", "FATHER"
RELIED_ON: Mapping[str, frozenset[str]] = {"relationship_kind": frozenset({MOTHER, FATHER})}
"""Kinds of relationship whose names are compared, each with its like."""


@dataclass(frozen=True, slots=True)
class Family:
    """The names of mother and father on record, who is a parent, and who a brother or sister, by id."""

    mother: tuple[Reading, ...] = ()
    father: tuple[Reading, ...] = ()
    parents: frozenset[UUID] = frozenset()
    siblings: frozenset[UUID] = frozenset()

    def __bool__(self) -> bool:
        """Whether anybody is on record."""
        return bool(self.mother or self.father or self.parents or self.siblings)

    def beside(self, likeness: Likeness) -> Likeness:
        """A record's likeness with its family; what the likeness says already stands first."""
        return replace(
            likeness,
            mother=likeness.mother + self.mother,
            father=likeness.father + self.father,
            parents=likeness.parents | self.parents,
            siblings=likeness.siblings | self.siblings,
        )


def are_siblings(one: UUID, ours: Family, other: UUID, theirs: Family) -> bool:
    """Whether two children are on record as siblings of each other."""
    return one in theirs.siblings or other in ours.siblings


def may_be_recorded_twice(levels: comparing.Levels) -> bool:
    """Whether two siblings by descent may be one child: brothers, sisters and twins have given names of their own."""
    apart = comparing.DIFFERENT in (levels.get(comparing.BIRTH), levels.get(comparing.SEX))
    return levels.get(comparing.GIVEN) in AGREEING and not apart


def tells_of_family(asked: Likeness) -> bool:
    """Whether a family on record can be laid beside it: it names a parent, if only the father in the child's name."""
    named = asked.mother or asked.father or any(reading.father for reading in asked.names)
    return bool(named or asked.parents or asked.siblings)
