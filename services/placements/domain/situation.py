"""What the rules read: one child, one stay, one day, and what is known around them. Facts only, gathered beforehand.

Not here: what a rule says to them (rules), how they are gathered (judgement, store.surroundings).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, Protocol
from uuid import UUID

from services.placements.domain import legacy
from services.placements.domain.days import birthday
from services.placements.domain.lawbook import CareForm, Law, LawBook
from services.placements.domain.placement import Placement
from services.placements.domain.possible import KnownChild


class When(StrEnum):
    """On what occasion a rule is asked: someone decides, someone permits a stay, or a stay is as it is."""

    DECIDING = "when a body decides"
    PERMISSION = "when a stay is authorised"
    STANDING = "as long as the stay lasts"


@dataclass(frozen=True, kw_only=True)
class ProviderFacts:
    """What is known of a provider or carer family on a day. None: not known, and no rule says no for it.

    `approved_from` and `approved_to`: the days of the licence or approval; `suspended`: it takes nobody. `places`: how
    many children it may have; `living` and `expected`: those who live there, and those who are authorised to come.
    `ages`: from the first to the last completed year. `under_one_roof`: how many children at most live in one house;
    `roofs`: how many live in each house, of those of whom it is known.
    """

    id: UUID
    kind: str
    area: str
    approval_needed: bool = False
    approved_from: date | None = None
    approved_to: date | None = None
    suspended: bool = False
    closed: bool = False
    places: int | None = None
    living: int = 0
    expected: int = 0
    ages: tuple[int, int] | None = None
    sexes: frozenset[str] = frozenset()
    care_forms: frozenset[str] = frozenset()
    under_one_roof: int | None = None
    roofs: Mapping[str, int] = field(default_factory=dict)

    def without(self, living: Collection[str | None], expected: int) -> "ProviderFacts":
        """The same but for a child that is counted here, in these houses (None: not known), and expected so often."""
        roofs = dict(self.roofs)
        for unit in living:
            if unit in roofs:
                roofs[unit] -= 1
        left = self.living - len(living)
        return replace(self, living=left, expected=self.expected - expected, roofs=roofs)


@dataclass(frozen=True, kw_only=True)
class SiblingFacts:
    """A brother or sister with a bond, and where it lives; not in care: no care form."""

    child: UUID
    adult: bool = False
    died: bool = False
    bond: str = "unknown"
    harmed: bool = False
    care_form: str | None = None
    provider: UUID | None = None
    placement: UUID | None = None
    planned_with: UUID | None = None
    """The provider to whom an authorised stay of the sibling is to go."""


class Lived(Protocol):
    """A stay that was or is lived, under whichever record of the child."""

    @property
    def id(self) -> UUID:
        """Its id."""

    @property
    def care_form(self) -> str:
        """The form of care."""

    @property
    def from_(self) -> date:
        """Its first day."""

    @property
    def to(self) -> date | None:
        """The day on which it ended."""


@dataclass(frozen=True, kw_only=True)
class StayElsewhere:
    """A stay that was or is lived, kept under another record of the same child."""

    id: UUID
    care_form: str
    from_: date
    to: date | None = None
    urgent: bool = False
    began_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class OtherRecord:
    """What another record of the same child holds; `named`: a worker answers for it there.

    `planned`: stays that were permitted there and have not begun, each up to its planned end.
    """

    id: UUID
    version: int = 0
    named: bool = False
    stays: Sequence[StayElsewhere] = ()
    planned: Sequence[StayElsewhere] = ()

    def in_care(self, book: LawBook) -> bool:
        """Whether the child is in formal care by this record."""
        return any(each.to is None and book.care_form(each.care_form).formal for each in self.stays)


@dataclass(frozen=True, kw_only=True)
class CaseFacts:
    """What a gatekeeping case recorded before the decision (CARE C4). Codes, numbers, yes or no; never words."""

    case: UUID
    kind: str
    reasons: tuple[str, ...] = ()
    help_tried: tuple[str, ...] = ()
    assessed: bool = False
    necessity: bool | None = None
    suitability: bool | None = None
    absolutely_necessary: bool | None = None
    last_resort: bool | None = None
    best_interests: bool | None = None
    short_with_end: bool | None = None
    planned_end: date | None = None
    options: Sequence["OptionFacts"] = ()
    kin_searched: bool | None = None
    child_heard: bool | None = None
    not_heard_reason: str | None = None
    child_consents: bool | None = None
    parents_heard: bool | None = None
    professions: frozenset[str] = frozenset()
    panel: frozenset[str] = frozenset()
    assessed_by: frozenset[str] = frozenset()
    staff_of: frozenset[UUID] = frozenset()
    """Providers for which members of the panel work."""
    parents_agree: bool | None = None
    recommended: str | None = None


@dataclass(frozen=True, kw_only=True)
class OptionFacts:
    """A form of care that was considered: asked of whom, and answered what."""

    care_form: str
    provider: UUID | None = None
    answer: str = "unknown"
    reason: str | None = None


class Surroundings(Protocol):
    """What rules ask for beyond the child's own record. Read within the transaction; nothing is locked by it."""

    def expect(self, providers: Iterable[UUID], children: Iterable[UUID]) -> None:
        """Look many up at once."""

    def provider(self, id_: UUID, besides: UUID | None = None) -> ProviderFacts | None:
        """A provider or carer family, or None where there is none with this id.

        Who lives there and who is expected is told without the child `besides`.
        """

    def siblings(self, of: UUID) -> Sequence[SiblingFacts]:
        """The brothers and sisters whom registry names."""

    def other_records(self, of: UUID, known: KnownChild) -> Sequence[OtherRecord]:
        """The records that registry merged with that of a child; neither withdrawn nor sealed ones."""


@dataclass(frozen=True)
class NoSurroundings:
    """Nothing is known around the child."""

    known: dict[UUID, ProviderFacts] = field(default_factory=dict)

    def expect(self, providers: Iterable[UUID], children: Iterable[UUID]) -> None:
        """There is nothing to look up."""

    def provider(self, id_: UUID, besides: UUID | None = None) -> ProviderFacts | None:
        """A provider of those that were given."""
        return self.known.get(id_)

    def siblings(self, of: UUID) -> Sequence[SiblingFacts]:
        """None."""
        return ()

    def other_records(self, of: UUID, known: KnownChild) -> Sequence[OtherRecord]:
        """None."""
        return ()


class Exempting(Protocol):
    """A signed deviation or an override, as rules see it."""

    id: UUID
    until: date | None

    def covers(self, rule: str, stay: Placement, on: date) -> bool:
        """Whether it stands in for a rule in a stay on a day."""


@dataclass(frozen=True, kw_only=True)
class Situation:
    """One stay of a child on a day, with all that rules read. Nothing here is changed by a rule.

    `stay` is judged as it is meant: its planned end is never before today. `decision`: the decision behind it.
    """

    today: date
    when: When
    law: Law
    book: LawBook
    known: KnownChild
    child: UUID
    stay: Placement
    form: CareForm
    placements: Sequence[Placement] = ()
    around: Surroundings = field(default_factory=NoSurroundings)
    decisions: Sequence[Any] = ()
    reviews: Sequence[Any] = ()
    absences: Sequence[Any] = ()
    breaches: Sequence[Any] = ()
    exemptions: Sequence[Exempting] = ()
    removals: Sequence[Any] = ()
    case: CaseFacts | None = None
    decision: Any = None
    unrepresented_since: date | None = None
    """Since when the child is in care without a known legal representative."""

    @cached_property
    def provider(self) -> ProviderFacts | None:
        """The provider or carer family of the stay."""
        return self.around.provider(self.stay.provider, self.child) if self.stay.provider else None

    @cached_property
    def siblings(self) -> Sequence[SiblingFacts]:
        """The brothers and sisters."""
        return self.around.siblings(self.child)

    @cached_property
    def elsewhere(self) -> Sequence[StayElsewhere]:
        """Stays of the same child under records that were merged with its own."""
        return tuple(stay for each in self._other_records for stay in each.stays)

    @cached_property
    def planned_elsewhere(self) -> Sequence[StayElsewhere]:
        """Stays that were permitted under those records and have not begun."""
        return tuple(stay for each in self._other_records for stay in each.planned)

    @cached_property
    def _other_records(self) -> Sequence[OtherRecord]:
        return self.around.other_records(self.child, self.known) if self.known.same else ()

    @property
    def on(self) -> date:
        """The day for which it is asked: a stay that is to begin is judged on its first day."""
        return max(self.today, self.stay.from_)

    @property
    def heal_by(self) -> date:
        """Until when a breach is to be healed where its rule names no time of its own.

        What came with an import has the day of its child on the calendar of imports (legacy).
        """
        if legacy.came_with(self.stay, self.today):
            due = legacy.due_by_default(self.child, self.stay.recorded_on, self.law.legacy_decision_due)
            return max(self.today, due)
        return self.today + timedelta(days=self.law.breach_due)

    def turns(self, born: date, age: int) -> date:
        """The day on which someone born on a day completes years of age."""
        return birthday(born, age, self.law.leap_birthday)

    @property
    def others(self) -> tuple[Placement, ...]:
        """The child's other stays that were or are lived."""
        return tuple(each for each in self.placements if each.lived and each.id != self.stay.id)

    def exemption(self, rule: str) -> Exempting | None:
        """What is signed in place of a rule."""
        return next((each for each in self.exemptions if each.covers(rule, self.stay, self.today)), None)
