"""Who is brother or sister to whom, as it follows from parents and from what was declared. Pure.

Not here: which relationships are recorded, and what may be (families).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class Bond(StrEnum):
    """What a relationship says of descent: the other is a parent, a parent's partner, a sibling, or none of these."""

    PARENT = "parent"
    STEP_PARENT = "step_parent"
    SIBLING = "sibling"
    OTHER = "other"


PARENTAL = frozenset({Bond.PARENT, Bond.STEP_PARENT})


class SiblingKind(StrEnum):
    """How two children are siblings, as far as it is known."""

    FULL = "full"
    HALF = "half"
    STEP = "step"
    DECLARED = "declared"


@dataclass(frozen=True)
class Tie:
    """A relationship that is not withdrawn, as far as siblings follow from it: `other` is the child's `bond`."""

    relationship: UUID
    child: UUID
    other: UUID
    bond: Bond
    sibling: SiblingKind | None = None
    from_: date | None = None
    to: date | None = None

    def in_force(self, on: date) -> bool:
        """Whether it holds on a day; an unknown beginning lies before every day, the day it ended is out."""
        return (self.from_ is None or self.from_ <= on) and (self.to is None or on < self.to)


@dataclass(frozen=True)
class Sibling:
    """How a child is a sibling: what follows from the parents goes before what was declared."""

    kind: SiblingKind
    by_descent: bool
    declared: bool


def siblings(of: UUID, ties: Iterable[Tie], on: date) -> dict[UUID, Sibling]:
    """The siblings of a child on a day, among those that `ties` speak of.

    Full: two parents are known to be the same. Half: one is. Step: the one's parent is partner of the other's parent,
    while that is so. Descent does not end: a parent counts whatever became of the relationship. People of one
    household are no siblings by that alone: brothers often keep one house for both their families.
    """
    parents: defaultdict[UUID, set[UUID]] = defaultdict(set)
    partners: defaultdict[UUID, set[UUID]] = defaultdict(set)
    said: dict[UUID, SiblingKind] = {}
    for tie in ties:
        if tie.bond is Bond.PARENT:
            parents[tie.child].add(tie.other)
        elif tie.bond is Bond.STEP_PARENT and tie.in_force(on):
            partners[tie.child].add(tie.other)
        elif tie.bond is Bond.SIBLING and tie.in_force(on) and of in (tie.child, tie.other):
            brother = tie.other if tie.child == of else tie.child
            said[brother] = _nearer(said.get(brother), tie.sibling or SiblingKind.DECLARED)
    found: dict[UUID, Sibling] = {}
    own, own_partners = parents[of], partners[of]
    for each in {*parents, *partners, *said} - {of}:
        kind = _by_descent(own, own_partners, parents[each], partners[each])
        if kind is not None or each in said:
            found[each] = Sibling(kind or said[each], kind is not None, each in said)
    return found


def by_descent_alone(one: UUID, other: UUID, ties: Iterable[Tie], on: date) -> bool:
    """Whether two records are siblings by their parents only: two records of one child, with its mother, are so too."""
    found = siblings(one, ties, on).get(other)
    return found is not None and found.by_descent and not found.declared


def _by_descent(own: set[UUID], partners: set[UUID], others: set[UUID], their: set[UUID]) -> SiblingKind | None:
    shared = len(own & others)
    if shared:
        return SiblingKind.FULL if shared > 1 else SiblingKind.HALF
    return SiblingKind.STEP if partners & others or own & their else None


def _nearer(one: SiblingKind | None, other: SiblingKind) -> SiblingKind:
    """Of two that were declared of the same children, the nearer; in the order of SiblingKind."""
    return other if one is None else min(one, other, key=list(SiblingKind).index)
