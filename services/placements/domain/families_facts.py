"""What is told of carer families, and which of it somebody must see to. Not here: when it happens (families).

`provider` is the family's id. Ids, days and codes; never who the carers are, nor what they say of themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.placements.domain.alarms import Due

FAMILY_APPROVAL_ENDING = "FAMILY_APPROVAL_ENDING"
CARER_FAMILY, NOT_SUITABLE = "CARER_FAMILY", "NOT_SUITABLE"
OFFICER = "foster_care_officer"
RELIED_ON: Mapping[str, frozenset[str]] = {
    "alarm_kind": frozenset({FAMILY_APPROVAL_ENDING}),
    "provider_kind": frozenset({CARER_FAMILY}),
    "family_recommendation": frozenset({NOT_SUITABLE}),
}


@dataclass(frozen=True)
class _OfFamily:
    provider: UUID
    area: str


@dataclass(frozen=True)
class _Settling(_OfFamily):
    def settles(self) -> tuple[UUID, ...]:
        """Nobody need see to the end of the approval any more."""
        return (self.provider,)


@dataclass(frozen=True)
class FamilyApplied(_OfFamily):
    """A family asks to be approved; children may live with it already."""


@dataclass(frozen=True)
class FamilyApproved(_Settling):
    """Children can be placed with the family in [from_, until); `again`: it was approved before without a gap."""

    places: int
    care_forms: tuple[str, ...]
    age_from: int
    age_to: int
    sexes: tuple[str, ...]
    from_: date
    until: date
    again: bool


@dataclass(frozen=True)
class FamilyReapprovalPrompted(_OfFamily):
    """The approval ends soon: the next is to be decided on."""

    until: date

    def alarm(self) -> Due:
        """To be assessed and decided before the approval ends."""
        return Due(kind=FAMILY_APPROVAL_ENDING, about=self.provider, role=OFFICER, area=self.area, due=self.until)


@dataclass(frozen=True)
class FamilySuspended(_OfFamily):
    """No further child is placed with the family for the time being."""

    on: date
    reason: str


@dataclass(frozen=True)
class FamilyReinstated(_OfFamily):
    """The suspension is over; the approval holds to its end as before."""

    on: date


@dataclass(frozen=True)
class FamilyLapsed(_Settling):
    """The approval ended on a day, and there was no other."""

    on: date


@dataclass(frozen=True)
class FamilyRefused(_Settling):
    """The family was not approved."""

    on: date
    reason: str


@dataclass(frozen=True)
class FamilyWithdrawn(_Settling):
    """The family cares for no child any more, or asks no longer to."""

    on: date
    reason: str
