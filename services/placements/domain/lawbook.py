"""What the rules ask the country pack: the numbers of the law by day and area, care forms, classes of reasons, tables.

Not here: how a pack keeps them (services/placements/law.py, shared/countries), the rules themselves (rules_*).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from services.placements.domain import calendar, codes
from services.placements.domain.absence_facts import AbsenceKind


@dataclass(frozen=True, kw_only=True)
class Law:
    """The numbers of the rules, named as the pack's parameters (countries/_base/parameters.toml has their units).

    None: the pack does not know it, and the rule that needs it says nothing.
    """

    under_three_age: int
    under_three_residential_stay: int
    leap_birthday: str
    emergency_decision: int
    emergency_repeat_window: int
    legacy_decision_due: int
    breach_due: int
    under_three_reset_after: int | None = None
    minimum_age_residential: int | None = None
    sibling_exception_review: int | None = None
    institution_children: int | None = None
    house_children: int | None = None
    family_type_home_children: int | None = None
    close_to_home_levels: int | None = None
    panel_professions: int | None = None
    child_consent_age: int | None = None
    child_until_age: int = 18
    review_interval_temporary: int | None = None
    review_interval_long_term: int | None = None
    guardian_appointment: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What a decision comes to: buckets of care forms it may permit, and whether something is to be carried out."""

    permits: frozenset[str]
    carried_out: bool


@dataclass(frozen=True)
class CareForm:
    """A care form of the pack: its international bucket and the kind of provider that gives it.

    `preference`: its place in the pack's order of preference, 1 before 2; `long_term`: reviewed as long-term care is;
    `permitted`: whether the law knows it; `approval`: whether who gives it is approved before a child comes.
    """

    code: str
    bucket: str
    provider_kind: str
    preference: int | None = None
    long_term: bool = False
    permitted: bool = True
    approval: bool = False

    @property
    def residential(self) -> bool:
        """Whether children live with staff, not in a family."""
        return self.bucket == "RESIDENTIAL"

    @property
    def formal(self) -> bool:
        """Whether it is formal alternative care."""
        return self.bucket != "NONE"

    @property
    def as_destination(self) -> str:
        """The code of exit_destination that says a child went on to this form (COUNTING F8)."""
        if self.formal:
            return codes.TO_RESIDENTIAL_CARE if self.residential else codes.TO_FAMILY_BASED_CARE
        return codes.HOME if self.provider_kind == codes.OWN_FAMILY else codes.ELSEWHERE


class LawBook(Protocol):
    """What the country pack says, on a day and in an area."""

    def law(self, area: str, began: date, today: date) -> Law:
        """The law that holds today for a stay that began, or will begin, on a day."""

    def care_form(self, code: str) -> CareForm:
        """The care form. Raises Invalid for an unknown code."""

    def reason_class(self, code: str) -> str:
        """The class of an entry reason: poverty, absence, harm or unknown. Raises Invalid for an unknown code."""

    def outcome(self, code: str) -> Outcome:
        """The outcome of a decision. Raises Invalid for an unknown code."""

    def absence_kind(self, code: str) -> AbsenceKind:
        """The kind of absence. Raises Invalid for an unknown code."""

    def last_day(self, name: str, since: date, area: str | None) -> date | None:
        """The last day of the time that a parameter gives, the day `since` not counted; None: the pack knows none."""

    def number(self, name: str, area: str | None, on: date) -> calendar.Span | None:
        """A number of the law with its unit; None where the pack does not know it."""

    def deadline(self, name: str, since: datetime, area: str | None, *, rolls: bool = False) -> datetime | None:
        """The moment until which the parameter gives time, counted from `since`; None where the pack knows none."""

    def table(self, name: str, on: date, area: str | None = None) -> tuple[Mapping[str, Any], ...]:
        """The lines of a table of the pack that are in force on a day in an area."""

    def overriders(self, parameters: Iterable[str], area: str, on: date) -> frozenset[str]:
        """The roles that may override a rule by one of its parameters; none where the pack lets nobody."""

    def levels_between(self, home: str, place: str, on: date) -> int | None:
        """How many levels one goes up from `home` to the nearest area that holds `place` too; None: not known."""

    @property
    def calendar(self) -> calendar.Calendar:
        """The country's calendar."""
