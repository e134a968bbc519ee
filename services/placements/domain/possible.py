"""What can have been at all (CARE C1): the only grounds on which a fact is refused. Rules of care are not here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.placements.domain.days import Span
from services.placements.domain.placement import Impossible, InTwoPlaces, Placement
from shared.errors import Conflict, NotFound


class EntryIsWithdrawn(Conflict):
    """Registry's entry of the child was made in error."""

    code = "entry-is-withdrawn"
    title = "Entry made in error"


@dataclass(frozen=True)
class KnownChild:
    """What registry has told of a child. Not confirmed: placements names a child that registry has not told of yet.

    `merged`: the records that gave way to this one, as this one may have to another (`merged_into`).
    """

    born_from: date | None = None
    born_to: date | None = None
    area: str | None = None
    confirmed: bool = False
    withdrawn: bool = False
    merged_into: UUID | None = None
    sealed: bool = False
    siblings: frozenset[UUID] = frozenset()
    died_on: date | None = None
    sex: str | None = None
    merged: frozenset[UUID] = frozenset()

    @property
    def same(self) -> frozenset[UUID]:
        """The records that were found to be of the same child."""
        return self.merged if self.merged_into is None else self.merged | {self.merged_into}


def require_entry(known: KnownChild) -> None:
    """Raise EntryIsWithdrawn where there is no such child, NotFound where its record is sealed.

    A record merged into another one is no obstacle: where a child is, is written down under either (CARE C1).
    """
    if known.sealed:
        raise NotFound("No child with this id.", field="child")
    if known.withdrawn:
        raise EntryIsWithdrawn("The entry of this child was made in error and is kept unchanged.")


def require_plan(known: KnownChild, from_: date, planned_to: date | None) -> None:
    """Raise Impossible for a plan that ends before it begins, or begins before birth or after death."""
    _require_born(known, from_)
    _require_alive(known, from_)
    if planned_to is not None and planned_to <= from_:
        raise Impossible("A stay is planned to end after it begins.", field="planned_to", rule="ends-before-it-begins")


def require_days(known: KnownChild, from_: date, to: date | None, today: date) -> None:
    """Raise Impossible for days that lie in the future, before birth, after death, or in the wrong order."""
    _require_born(known, from_)
    _require_alive(known, from_)
    if from_ > today:
        raise Impossible("It lies in the future.", field="from", rule="not-in-the-future")
    if to is not None:
        require_departure(known, from_, to, today)


def require_departure(known: KnownChild, from_: date, to: date, today: date) -> None:
    """Raise Impossible for leaving in the future, before birth, or before coming.

    That the stay began before a birth date corrected since is a breach of its own and keeps nobody from leaving.
    """
    _require_born(known, to)
    if to > today:
        raise Impossible("It lies in the future.", field="to", rule="not-in-the-future")
    if to < from_:
        raise Impossible("It ends before it begins.", field="to", rule="ends-before-it-begins")


def require_left_after_arrival(former: Placement, on: date) -> None:
    """Raise Impossible where the child would leave a place before it came there."""
    if on < former.from_:
        remedy = "Check both first days, or withdraw the placement that is wrong."
        raise Impossible(
            f"The child came to placement {former.id} later than that.",
            field="from",
            rule="ends-before-it-begins",
            remedy=remedy,
        )


def require_alone(placements: Iterable[Placement], span: Span, besides: Placement | None = None) -> None:
    """Raise InTwoPlaces where the child was elsewhere in these days."""
    for other in placements:
        if other.lived and other is not besides and other.span.overlaps(span):
            raise InTwoPlaces(
                f"The child was in placement {other.id} on some of these days.", field="from", rule="one-place-a-child"
            )


def _require_born(known: KnownChild, day: date) -> None:
    if known.born_from is not None and day < known.born_from:
        raise Impossible("The child cannot have been born by then.", field="from", rule="not-before-birth")


def _require_alive(known: KnownChild, day: date) -> None:
    """Raise Impossible for coming after the last day on which the child may have died.

    Leaving is not asked: a stay that began after a death that was told of later can be ended as well as withdrawn.
    """
    if known.died_on is not None and day > known.died_on:
        raise Impossible("The child had died by then.", field="from", rule="not-after-death")
