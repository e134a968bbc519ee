"""How a child and another child or a person are related, dated; what of it cannot be, and what may become of it.

Not here: which siblings follow from it (families_kinship), persons (families_people), households (families_households).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from services.registry.domain import ESTIMATED, Birth
from services.registry.domain.families_kinship import PARENTAL, Bond, SiblingKind, Tie
from shared.aggregate import Aggregate
from shared.errors import Conflict, Invalid, Refused

SIBLING, NEVER_SO = "SIBLING", "NEVER_SO"
RELIED_ON: Mapping[str, frozenset[str]] = {
    "relationship_kind": frozenset({SIBLING}),
    "relationship_error": frozenset({NEVER_SO}),
}
"""What linking siblings by hand records (brother or sister, not further known), and why it is taken back."""


class RelationshipStatus(StrEnum):
    """Where the record of a relationship is in its life."""

    RECORDED = "recorded"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


RELATIONSHIP_TRANSITIONS: dict[RelationshipStatus, frozenset[RelationshipStatus]] = {
    RelationshipStatus.RECORDED: frozenset({RelationshipStatus.ENDED, RelationshipStatus.WITHDRAWN}),
    RelationshipStatus.ENDED: frozenset({RelationshipStatus.WITHDRAWN}),
    RelationshipStatus.WITHDRAWN: frozenset(),
}


class Party(StrEnum):
    """What the other one of a relationship, or a member of a household, is."""

    CHILD = "child"
    PERSON = "person"


class OwnRelative(Refused):
    """Nobody is the own parent, sibling or other relative."""

    code = "own-relative"
    title = "Related to oneself"


class CircularParents(Refused):
    """Nobody descends from the own child."""

    code = "circular-parents"
    title = "Circular parents"


class ParentBornAfterChild(Refused):
    """A parent is born before the child."""

    code = "parent-born-after-child"
    title = "Parent born after the child"


class SecondOfItsKind(Refused):
    """A child has one mother and one father of birth; who is not is withdrawn first, or is related otherwise."""

    code = "second-of-its-kind"
    title = "Second of its kind"


class RelationshipRecorded(Conflict):
    """The same relationship is on record already."""

    code = "relationship-recorded"
    title = "Relationship on record"


class RelationshipIsOver(Conflict):
    """The relationship takes no such change in the state it is in."""

    code = "relationship-is-over"
    title = "Relationship takes no such change"


class SiblingByDescent(Refused):
    """That two children are siblings follows from their parents: it is not taken back by itself."""

    code = "sibling-by-descent"
    title = "Sibling by descent"


@dataclass(frozen=True)
class KinChanged:
    """What a person is to a child, by the kind's code; not `standing`: it is so no longer, or never was.

    `area` and `deceased` are what is known of the person; who wished not to be named is told of nobody.
    """

    child: UUID
    person: UUID
    relation: str
    area: str
    deceased: bool
    standing: bool


@dataclass(frozen=True)
class Kind:
    """A kind of relationship, as the country pack's list relationship_kind has it.

    `kin`: of the family, by blood or law. `single`: a child has one at a time. `sibling`: which kind, for siblings.
    """

    code: str
    bond: Bond
    kin: bool
    single: bool = False
    symmetric: bool = False
    sibling: SiblingKind | None = None


@dataclass(eq=False)
class Relationship(Aggregate):
    """`other` (a child or a person) is to the child what `kind` says, from a day (None: unknown) to a day."""

    id: UUID
    child: UUID
    other: UUID
    other_kind: Party
    kind: Kind
    from_: date | None
    to: date | None = None
    status: RelationshipStatus = RelationshipStatus.RECORDED
    withdrawn_because: str | None = None
    version: int = 1

    @classmethod
    def between(
        cls,
        id_: UUID,
        child: UUID,
        other: UUID,
        other_kind: Party,
        kind: Kind,
        from_: date | None,
        to: date | None,
        *,
        today: date,
    ) -> "Relationship":
        """A relationship as it is recorded. Raises OwnRelative, Invalid (a span that cannot be)."""
        if child == other:
            raise OwnRelative("Nobody is related to themselves.", field="other", rule="not-oneself")
        if (from_ is not None and from_ > today) or (to is not None and to > today):
            field = "from" if from_ is not None and from_ > today else "to"
            raise Invalid("A relationship is recorded once it is one.", field=field, rule="not-in-the-future")
        if kind.symmetric and other_kind is Party.CHILD:
            child, other = sorted((child, other))
        made = cls(id_, child, other, other_kind, kind, from_)
        if to is not None:
            made.end(on=to, today=today)
            made.version = 1
        return made

    def end(self, *, on: date, today: date) -> None:
        """It held until the day `on`. Raises Invalid for a day that cannot be."""
        if on > today:
            raise Invalid("An end cannot lie in the future.", field="to", rule="not-in-the-future")
        if self.from_ is not None and on < self.from_:
            raise Invalid("It cannot end before it began.", field="to", rule="ends-after-beginning")
        self._enter(RelationshipStatus.ENDED)
        self.to = on

    def withdraw(self, *, reason: str) -> None:
        """It was entered in error: it never was so."""
        self._enter(RelationshipStatus.WITHDRAWN)
        self.withdrawn_because = reason

    def tie(self) -> Tie:
        """What siblings follow from. A brother or sister without a child's record is kin, and no more than that."""
        counts = self.kind.bond is not Bond.SIBLING or self.other_kind is Party.CHILD
        bond, sibling = (self.kind.bond, self.kind.sibling) if counts else (Bond.OTHER, None)
        return Tie(self.id, self.child, self.other, bond, sibling, self.from_, self.to)

    def overlaps(self, other: "Relationship") -> bool:
        """Whether both hold on some day (an unknown end is still to come)."""
        begins_before = self.from_ is None or other.to is None or self.from_ < other.to
        return begins_before and (other.from_ is None or self.to is None or other.from_ < self.to)

    def _enter(self, status: RelationshipStatus) -> None:
        if status not in RELATIONSHIP_TRANSITIONS[self.status]:
            raise RelationshipIsOver(
                f"A relationship that is {self.status} cannot become {status}.", field="status", rule="transition"
            )
        self.status = status
        self.version += 1


def refuse_contradiction(new: Relationship, known: Collection[Relationship], records: Collection[UUID]) -> None:
    """Raise where `new` says twice what is on record, or gives a child a second mother at one time.

    `known` are the relationships of the child that are not withdrawn, `records` its own and those merged into it.
    Raises RelationshipRecorded, SecondOfItsKind.
    """
    for each in known:
        same = each.child in records and each.kind.code == new.kind.code and each.overlaps(new)
        if same and each.other == new.other:
            raise RelationshipRecorded("This relationship is on record.", field="other", rule="recorded-once")
        if same and new.kind.single:
            raise SecondOfItsKind(
                "Another one is on record for this time, and a child has one.",
                field="kind",
                rule="one-at-a-time",
                remedy="Withdraw the wrong one first, or record this one as what it is.",
            )


def refuse_circle(new: Relationship, ancestors: Collection[UUID]) -> None:
    """Raise CircularParents where the child is among the `ancestors` of its own parent (children with a record)."""
    if new.kind.bond in PARENTAL and new.child in ancestors:
        raise CircularParents("The child is an ancestor of this parent.", field="other", rule="no-circle")


def refuse_younger_parent(new: Relationship, child: Birth, parent: Birth | None) -> None:
    """Raise ParentBornAfterChild where that is certain: neither birth is estimated, and the spans leave no doubt."""
    if new.kind.bond is not Bond.PARENT or parent is None or ESTIMATED in (child.basis, parent.basis):
        return
    if parent.born_from is not None and child.born_to is not None and parent.born_from >= child.born_to:
        raise ParentBornAfterChild("A parent is born before the child.", field="other", rule="parent-before-child")


class Relationships(Protocol):
    """The relationships of a deployment."""

    def alone(self) -> None:
        """Wait until nobody else changes relationships, and keep others waiting until commit."""

    def get(self, id_: UUID) -> Relationship:
        """The relationship, locked for change. Raises NotFound."""

    def add(self, relationship: Relationship) -> None:
        """Take in a new one."""

    def of_child(self, child: UUID) -> list[Relationship]:
        """Those of a child, from either side, that are not withdrawn."""

    def records(self, child: UUID) -> frozenset[UUID]:
        """The child's record and those that were merged into it."""

    def ties(self, child: UUID, also: UUID | None = None) -> list[Tie]:
        """What decides who is sibling to `child`, with `also` as one more parent."""

    def ancestors(self, of: UUID) -> frozenset[UUID]:
        """The child itself, its parents and step-parents who are children with a record, theirs, and so on."""
