"""What an application, an assessment, a training and an approval of a carer family say; what the law says to them.

Not here: what becomes of the family (families).
"""

from dataclasses import dataclass
from datetime import date

from services.placements.domain.provider import Takes
from shared.errors import Refused


class AssessorApproves(Refused):
    """Who assessed a family does not approve it (CARE C2)."""

    code = "separation-of-duties"
    title = "Assessed by the same person"


class NotYetSuitable(Refused):
    """The assessment or the training is not there, or does not allow it."""

    code = "family-not-suitable"
    title = "Not yet suitable"


class ApprovalTooLong(Refused):
    """An approval lasts as long as the law allows, then it is decided anew."""

    code = "approval-too-long"
    title = "Approval too long"


class FamilyTooLarge(Refused):
    """With its own children the family would care for more than the law allows."""

    code = "family-too-large"
    title = "Family too large"


@dataclass(frozen=True, kw_only=True)
class FamilyLaw:
    """What the country pack says of carer families; None: not known, and nothing is refused for it.

    `validity`: calendar months of an approval; `notice`: days before its end on which it is to be decided anew.
    `training_hours` at least; `children` at most, its own among them.
    """

    validity: int
    notice: int
    training_hours: int | None = None
    children: int | None = None


@dataclass(frozen=True)
class Training:
    """A course that the carers took: its kind, hours, and last day."""

    kind: str
    hours: int
    on: date


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """What an assessor found on a day; `by` is the assessor's account."""

    on: date
    by: str
    recommendation: str


@dataclass(frozen=True, kw_only=True)
class FamilyTerms:
    """For whom a family is approved, in [from_, until); until None: as long as the law allows."""

    places: int
    care_forms: tuple[str, ...]
    takes: Takes
    from_: date
    until: date | None = None
    conditions: tuple[str, ...] = ()
