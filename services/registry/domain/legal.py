"""A legal measure: what a court or body decided about a child's legal position, from a day, to a day (CARE C3).

Not here: how the measures of one child go together and who represents it (legal_file), ages (legal_ages), consents
(legal_consents), what may be decided (placements' decisions).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.registry.domain.legal_facts import LegalMeasureAppealed, LegalMeasureCorrected, LegalMeasureEnded
from shared.aggregate import Aggregate
from shared.errors import Conflict, Invalid


class Effect(StrEnum):
    """What a kind of measure does, whatever a country calls it; the pack's list measure_kind says which kind does what.

    `suspicion`: the person is suspected of harm to the child, and neither represents it nor consents (CARE C15).
    """

    LEFT_WITHOUT_CARE = "left-without-care"
    RIGHTS_FULL = "rights-full"
    RIGHTS_LIMITED = "rights-limited"
    RIGHTS_REMOVED = "rights-removed"
    CUSTODY = "custody"
    GUARDIANSHIP = "guardianship"
    PRELIMINARY_GUARDIANSHIP = "preliminary-guardianship"
    TRUSTEESHIP = "trusteeship"
    EMANCIPATION = "emancipation"
    SUSPICION = "suspicion"


RIGHTS = frozenset({Effect.RIGHTS_FULL, Effect.RIGHTS_LIMITED, Effect.RIGHTS_REMOVED})
REPRESENTING = frozenset({Effect.GUARDIANSHIP, Effect.PRELIMINARY_GUARDIANSHIP, Effect.TRUSTEESHIP})


class MeasureStatus(StrEnum):
    """Where a measure is in its life."""

    RECORDED = "recorded"
    IN_FORCE = "in_force"
    ENDED = "ended"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


MEASURE_TRANSITIONS: dict[MeasureStatus, frozenset[MeasureStatus]] = {
    MeasureStatus.RECORDED: frozenset({MeasureStatus.IN_FORCE, MeasureStatus.ENDED, MeasureStatus.WITHDRAWN}),
    MeasureStatus.IN_FORCE: frozenset({MeasureStatus.ENDED, MeasureStatus.SUPERSEDED, MeasureStatus.WITHDRAWN}),
    MeasureStatus.ENDED: frozenset({MeasureStatus.WITHDRAWN}),
    MeasureStatus.SUPERSEDED: frozenset({MeasureStatus.WITHDRAWN}),
    MeasureStatus.WITHDRAWN: frozenset(),
}

INSTITUTION_HEAD, STATE_BODY = "INSTITUTION_HEAD", "STATE_BODY"
SUPERSEDED, CAME_OF_AGE, TERM_OVER = "SUPERSEDED", "CAME_OF_AGE", "TERM_OVER"
OVERTURNED, EMANCIPATED = "OVERTURNED", "EMANCIPATED"
RELIED_ON: Mapping[str, frozenset[str]] = {
    "guardian_kind": frozenset({INSTITUTION_HEAD, STATE_BODY}),
    "measure_end_reason": frozenset({SUPERSEDED, CAME_OF_AGE, TERM_OVER, OVERTURNED, EMANCIPATED}),
}


class MeasureIsOver(Conflict):
    """The measure is not in a state that admits this step."""

    code = "measure-is-over"
    title = "Measure is over"


@dataclass(frozen=True)
class Holder:
    """Who holds a custody, guardianship or trusteeship: a person, the head of a provider, or a State body.

    `of_person`, `of_property`: what it reaches over.
    """

    kind: str
    person: UUID | None = None
    provider: UUID | None = None
    of_person: bool = True
    of_property: bool = True

    def __post_init__(self) -> None:
        if self.person is None and self.kind != STATE_BODY:
            raise Invalid("Say which person.", field="holder.person", rule="holder-is-known")
        if (self.provider is not None) != (self.kind == INSTITUTION_HEAD):
            raise Invalid(
                "The provider is named for the head of an institution, and for nobody else.",
                field="holder.provider",
                rule="institution-of-its-head",
            )
        if not (self.of_person or self.of_property):
            raise Invalid("A holder of nothing.", field="holder", rule="holder-of-something")

    def overlaps(self, other: "Holder") -> bool:
        """Whether both reach over the person, or both over the property."""
        return (self.of_person and other.of_person) or (self.of_property and other.of_property)


@dataclass(frozen=True)
class Decision:
    """The decision behind a measure: body, instrument, its number and day; `id` in placements once that is known."""

    body: str
    instrument: str
    number: str = ""
    made_on: date | None = None
    id: UUID | None = None


@dataclass(frozen=True)
class Terms:
    """What a measure says. In force in [from_, to). `person`: whose rights, or who is suspected; None: both parents.

    `beyond_majority`: a court let it last after the child has come of age. `words` are for people alone.
    """

    kind: str
    effect: Effect
    from_: date
    decision: Decision
    to: date | None = None
    person: UUID | None = None
    holder: Holder | None = None
    cause: str | None = None
    beyond_majority: bool = False
    words: str = ""

    def __post_init__(self) -> None:
        if self.to is not None and self.to <= self.from_:
            raise Invalid("A measure ends after it begins.", field="to", rule="ends-before-it-begins")
        if self.person is None and self.effect in RIGHTS | {Effect.SUSPICION}:
            raise Invalid("Say whose rights, or who is suspected.", field="person", rule="person-is-known")
        if (self.holder is None) == (self.effect in REPRESENTING | {Effect.CUSTODY}):
            raise Invalid("A holder is named for custody and guardianship.", field="holder", rule="holder-is-known")
        if (self.cause is None) == (self.effect is Effect.LEFT_WITHOUT_CARE):
            raise Invalid("A cause is named for the loss of parental care.", field="cause", rule="cause-of-loss")


@dataclass(frozen=True)
class Appeal:
    """An appeal against a measure, and whether the measure rests meanwhile; `upheld` None: not decided yet."""

    lodged_on: date
    suspends: bool
    decided_on: date | None = None
    upheld: bool | None = None


@dataclass(frozen=True)
class Ending:
    """The first day on which a measure no longer held, and why."""

    on: date
    reason: str


@dataclass(frozen=True)
class Report:
    """A guardian's report: the child's property, pension and alimony, in words."""

    on: date
    property: str = ""
    pension: str = ""
    alimony: str = ""


@dataclass(eq=False)
class LegalMeasure(Aggregate):
    """One measure. It is changed through the child's legal file, whose other measures it may concern."""

    id: UUID
    child: UUID
    terms: Terms
    recorded_on: date
    status: MeasureStatus = MeasureStatus.RECORDED
    supersedes: tuple[UUID, ...] = ()
    appeal: Appeal | None = None
    ending: Ending | None = None
    changed_on: date | None = None
    report_due: date | None = None
    reports: tuple[Report, ...] = ()
    before: tuple[Terms, ...] = field(default=())
    version: int = 0

    @property
    def suspended(self) -> bool:
        """Whether the measure rests until an appeal is decided."""
        return self.appeal is not None and self.appeal.suspends and self.appeal.upheld is None

    @property
    def acts(self) -> bool:
        """Whether the measure has its effect now."""
        return self.status is MeasureStatus.IN_FORCE and not self.suspended

    @property
    def is_open(self) -> bool:
        """Whether it holds, or is to."""
        return self.status in {MeasureStatus.RECORDED, MeasureStatus.IN_FORCE}

    def held_on(self, day: date, today: date) -> bool:
        """Whether the measure had its effect on a day; what is said of appeals is what is so today."""
        if self.status in {MeasureStatus.RECORDED, MeasureStatus.WITHDRAWN} or (self.suspended and day >= today):
            return False
        ends = [each for each in (self.terms.to, self.ending.on if self.ending else None) if each]
        return self.terms.from_ <= day and all(day < end for end in ends)

    @property
    def due(self) -> date | None:
        """The day on which time alone changes its status; None: it does not."""
        if self.status is MeasureStatus.RECORDED:
            return None if self.suspended else self.terms.from_
        return self.terms.to if self.status is MeasureStatus.IN_FORCE else None

    def stated(self) -> dict[str, Any]:
        """What is told of it."""
        holder = self.terms.holder
        return {
            "child": self.child,
            "measure": self.id,
            "kind": self.terms.kind,
            "person": self.terms.person,
            "holder_kind": holder.kind if holder else None,
            "holder_person": holder.person if holder else None,
            "holder_provider": holder.provider if holder else None,
            "from_": self.terms.from_,
            "to": self.ending.on if self.ending else self.terms.to,
            "body": self.terms.decision.body,
            "in_force": self.acts,
        }

    def enter(self, status: MeasureStatus, today: date) -> None:
        """Go over into another state. Raises MeasureIsOver where the table has no such step."""
        if status not in MEASURE_TRANSITIONS[self.status]:
            raise MeasureIsOver(f"A measure that is {self.status} cannot become {status}.", field="status")
        self.status, self.changed_on = status, today

    def end(self, ending: Ending, today: date, status: MeasureStatus = MeasureStatus.ENDED) -> None:
        """The measure holds no longer. Raises MeasureIsOver."""
        on = max(ending.on, self.terms.from_)
        self.enter(status, today)
        self.ending, self.report_due = replace(ending, on=on), None
        self.record(LegalMeasureEnded(self.child, self.id, self.terms.kind, on, ending.reason))

    def correct(self, terms: Terms) -> None:
        """Put right what the record said; what it said before is kept."""
        self.before, self.terms = (*self.before, self.terms), terms
        self.record(LegalMeasureCorrected(**self.stated(), withdrawn=False))

    def withdraw(self, today: date) -> None:
        """There never was such a measure; the entry is kept. Raises MeasureIsOver."""
        self.enter(MeasureStatus.WITHDRAWN, today)
        self.report_due = None
        self.record(LegalMeasureCorrected(**self.stated(), withdrawn=True))

    def take(self, appeal: Appeal) -> None:
        """An appeal was lodged, or decided."""
        self.appeal = appeal
        self.record(LegalMeasureAppealed(self.child, self.id, suspended=self.suspended))
