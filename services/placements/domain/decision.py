"""A decision of a court or body on a child in care (CARE C2): what it says, from when to when it holds, how it ends.

A part of whereabouts, which guards it: what is done to decisions is in decisions, decisions_time, decisions_appeals.
Not here: who may decide what (decision_table), legal measures such as guardianship (registry).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from services.placements.domain.days import Span
from shared.errors import Conflict, Invalid

COURT = "COURT"
ORAL_ORDER = "ORAL_ORDER"
RENEWAL, MORE_RESTRICTIVE = "RENEWAL", "MORE_RESTRICTIVE"
VOLUNTARY = "VOLUNTARY"
RELIED_ON: Mapping[str, frozenset[str]] = {
    "deciding_body": frozenset({COURT}),
    "instrument_kind": frozenset({ORAL_ORDER}),
    "decision_act": frozenset({RENEWAL, MORE_RESTRICTIVE}),
    "decision_situation": frozenset({VOLUNTARY}),
}


class DecisionStatus(StrEnum):
    """Where a decision is in its life. It holds while it is oral (until that must be confirmed) or in force."""

    UNSIGNED = "unsigned"
    ORAL = "oral"
    IN_FORCE = "in-force"
    SUSPENDED = "suspended"
    LAPSED = "lapsed"
    ENDED = "ended"
    QUASHED = "quashed"
    WITHDRAWN = "withdrawn"


_S = DecisionStatus
DECISION_TRANSITIONS: dict[DecisionStatus, frozenset[DecisionStatus]] = {
    # The second person has not signed yet.
    _S.UNSIGNED: frozenset({_S.IN_FORCE, _S.SUSPENDED, _S.LAPSED, _S.ENDED, _S.QUASHED, _S.WITHDRAWN}),
    # Confirmed in writing, it may still want a second signature.
    _S.ORAL: frozenset({_S.UNSIGNED, _S.IN_FORCE, _S.SUSPENDED, _S.LAPSED, _S.ENDED, _S.QUASHED, _S.WITHDRAWN}),
    # Unsigned again where a correction made another decision of it.
    _S.IN_FORCE: frozenset({_S.UNSIGNED, _S.SUSPENDED, _S.LAPSED, _S.ENDED, _S.QUASHED, _S.WITHDRAWN}),
    # Back to what it was when the appeal is decided.
    _S.SUSPENDED: frozenset({_S.UNSIGNED, _S.ORAL, _S.IN_FORCE, _S.LAPSED, _S.ENDED, _S.QUASHED, _S.WITHDRAWN}),
    # Back where it was confirmed or carried out in time, and that was written down late, or its hour was corrected.
    _S.LAPSED: frozenset({_S.UNSIGNED, _S.ORAL, _S.IN_FORCE, _S.SUSPENDED, _S.QUASHED, _S.WITHDRAWN}),
    # Back where the day of its end was corrected.
    _S.ENDED: frozenset({_S.UNSIGNED, _S.ORAL, _S.IN_FORCE, _S.SUSPENDED, _S.QUASHED, _S.WITHDRAWN}),
    _S.QUASHED: frozenset({_S.WITHDRAWN}),
    _S.WITHDRAWN: frozenset(),
}
HOLDING = frozenset({DecisionStatus.ORAL, DecisionStatus.IN_FORCE})


class DecisionIsOver(Conflict):
    """The decision is not in a state that admits this step."""

    code = "decision-is-over"
    title = "Not in a state that admits this"


class Staying(Protocol):
    """A stay, or a placement, that a decision may stand behind."""

    care_form: str
    provider: UUID | None
    from_: date
    to: date | None
    planned_to: date | None


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a decision says. It holds in [effective_from, in_force_until): on the last day the child is no longer there.

    `care_forms`: those that it permits; `provider`: where it names one. `decided_by`: the account of who decided, None
    for a court or another body outside. `file`: the copy, an attachment in registry. `renews`: the decision whose time
    it goes on for. `oral`: given by word of mouth, at `made_at`.
    """

    act: str
    situation: str
    outcome: str
    body: str
    instrument: str
    made_on: date
    effective_from: date
    area: str
    care_forms: tuple[str, ...] = ()
    provider: UUID | None = None
    number: str = ""
    in_force_until: date | None = None
    appeal_until: date | None = None
    case: UUID | None = None
    decided_by: str | None = None
    file: UUID | None = None
    renews: UUID | None = None
    made_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.in_force_until is not None and self.in_force_until <= self.effective_from:
            raise Invalid("A decision ends after it begins.", field="in_force_until", rule="ends-before-it-begins")

    @property
    def ordered(self) -> bool:
        """Whether a court decided: it is recorded, never refused."""
        return self.body == COURT

    @property
    def oral(self) -> bool:
        """Whether it was given by word of mouth."""
        return self.instrument == ORAL_ORDER


@dataclass(eq=False)
class Decision:
    """One decision. `unmet`: the rules not met by it, with the facts, as they were when it was recorded."""

    id: UUID
    child: UUID
    status: DecisionStatus
    act: str
    situation: str
    outcome: str
    body: str
    instrument: str
    made_on: date
    effective_from: date
    area: str
    care_forms: tuple[str, ...]
    provider: UUID | None
    number: str
    in_force_until: date | None
    appeal_until: date | None
    case: UUID | None
    decided_by: str | None
    file: UUID | None
    renews: UUID | None
    made_at: datetime | None
    recorded_by: str
    recorded_at: datetime
    unmet: dict[str, dict[str, str]] = field(default_factory=dict)
    needs_second: bool = False
    second_by: str | None = None
    second_at: datetime | None = None
    confirm_by: datetime | None = None
    confirmed_at: datetime | None = None
    carry_out_by: date | None = None
    carried_out_on: date | None = None
    ended_on: date | None = None
    answered_at: datetime | None = None
    agreement_withdrawn_at: datetime | None = None

    @property
    def ordered(self) -> bool:
        """Whether a court decided."""
        return self.body == COURT

    @property
    def unconfirmed(self) -> bool:
        """Whether it was given by word of mouth, and nobody has confirmed it in writing."""
        return self.confirm_by is not None and self.confirmed_at is None

    @property
    def span(self) -> Span:
        """The days in which it holds."""
        ends = [each for each in (self.in_force_until, self.ended_on) if each]
        return Span(self.effective_from, min(ends, default=None))

    def holds(self, day: date) -> bool:
        """Whether it is in force on a day, as far as is known now."""
        return self.status in HOLDING and self.effective_from <= day < (self.in_force_until or date.max)

    def permits(self, stay: Staying) -> bool:
        """Whether it names this care form and, where it names one, this provider."""
        return stay.care_form in self.care_forms and self.provider in {None, stay.provider}

    def covers(self, stay: Staying, first: date) -> bool:
        """Whether it holds and permits a stay from a day to its planned end; one without end only if it has none."""
        if not self.permits(stay) or not self.holds(first):
            return False
        return self.in_force_until is None or (stay.planned_to is not None and stay.planned_to <= self.in_force_until)

    def enter(self, status: DecisionStatus) -> None:
        """Go over into another state. Raises DecisionIsOver where the table has no such step."""
        if status not in DECISION_TRANSITIONS[self.status]:
            raise DecisionIsOver(f"A decision that is {self.status} cannot become {status}.", field="status")
        self.status = status


def behind(decisions: Iterable[Decision], stay: Staying, day: date) -> Decision | None:
    """The decision that holds on a day and permits a stay: of several the one that ends last."""
    return _last(each for each in decisions if each.holds(day) and each.permits(stay))


def covering(decisions: Iterable[Decision], stay: Staying, first: date, named: UUID | None = None) -> Decision | None:
    """The decision, or the one that is named, that covers a stay from a day on; None: none does."""
    return _last(each for each in decisions if named in {None, each.id} and each.covers(stay, first))


def _last(found: Iterable[Decision]) -> Decision | None:
    return max(found, key=lambda each: (each.in_force_until or date.max, each.made_on), default=None)
