"""A placement: one stay of a child in one place, and what may happen to it. Always reached through whereabouts."""

from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from enum import StrEnum
from uuid import UUID

from services.placements.domain import codes
from services.placements.domain.days import Span
from shared.errors import Conflict, Invalid


class State(StrEnum):
    """Where a placement is in its life. Only an active one is where the child is."""

    PLANNED = "planned"
    CLAIMED = "claimed"
    ACTIVE = "active"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


TRANSITIONS: dict[State, frozenset[State]] = {
    State.PLANNED: frozenset({State.ACTIVE, State.WITHDRAWN}),
    # A claim says the child is here while another place says the same; people settle it (CARE C1).
    State.CLAIMED: frozenset({State.ACTIVE, State.ENDED, State.WITHDRAWN}),
    State.ACTIVE: frozenset({State.ENDED, State.WITHDRAWN}),
    # Back to active only by correction: the child never left.
    State.ENDED: frozenset({State.ACTIVE, State.WITHDRAWN}),
    State.WITHDRAWN: frozenset(),
}


class Ground(StrEnum):
    """How whereabouts that nobody authorised came to be known."""

    FOUND = "found"
    ARRIVED = "arrived"
    COURT_ORDERED = "court-ordered"
    EMERGENCY = "emergency"
    IMPORTED = "imported"


class Impossible(Invalid):
    """What is said cannot have been: before birth, in the future, ended before it began."""

    code = "impossible"
    title = "Cannot have been so"


class InTwoPlaces(Conflict):
    """A child is in one place at a time."""

    code = "in-two-places"
    title = "In two places at once"


@dataclass(frozen=True, kw_only=True)
class Stay:
    """Where and how a child lives or is to live, in [from_, to). `area` is that of the responsible authority (F24).

    `carer_relation` is the carer's relation to the child, in family care. `planned_to` is the planned end. `unit`,
    where it is known, is the house or group of the provider.
    """

    care_form: str
    area: str
    from_: date
    to: date | None = None
    planned_to: date | None = None
    provider: UUID | None = None
    carer_relation: str | None = None
    kind: str = codes.PLANNED
    entry_reason: str = codes.NOT_RECORDED
    end_reason: str | None = None
    destination: str | None = None
    unit: str | None = None


@dataclass(frozen=True)
class PlacementAuthorised:
    """A stay was decided; `from_` and `planned_to` as planned."""

    child: UUID
    placement: UUID
    provider: UUID | None
    care_form: str
    carer_relation: str | None
    kind: str
    area: str
    from_: date
    planned_to: date | None
    entry_reason: str


@dataclass(frozen=True)
class PlacementStarted:
    """The child is in this place from a day on; `whereabouts`: a recorded fact, nobody authorised it."""

    child: UUID
    placement: UUID
    provider: UUID | None
    care_form: str
    carer_relation: str | None
    kind: str
    area: str
    from_: date
    entry_reason: str
    whereabouts: bool


@dataclass(frozen=True)
class PlacementMoved:
    """The child went from one place to another on one day (the end and the start are told by their own events)."""

    child: UUID
    from_placement: UUID
    to_placement: UUID
    on: date


@dataclass(frozen=True)
class PlacementEnded:
    """The child left; `to` is no night in care."""

    child: UUID
    placement: UUID
    to: date
    destination: str
    reason: str


@dataclass(frozen=True)
class PlacementCorrected:
    """The record was wrong; this is what was always so. `withdrawn`: there never was such a placement."""

    child: UUID
    placement: UUID
    care_form: str
    carer_relation: str | None
    area: str
    from_: date
    to: date | None
    destination: str | None
    withdrawn: bool
    provider: UUID | None = None


@dataclass(eq=False)
class Placement:
    """One stay of a child, planned, claimed, lived or ended. `ground` None: it was authorised before it began.

    `decision`: the one it was authorised by. `began_at`: the moment of arrival, where the law counts hours.
    `place_kept`: whether the place is the child's still; not where it is away for longer than the law says.
    """

    id: UUID
    child: UUID
    state: State
    authorised: bool
    ground: Ground | None
    care_form: str
    area: str
    from_: date
    to: date | None
    planned_to: date | None
    provider: UUID | None
    carer_relation: str | None
    kind: str
    entry_reason: str
    end_reason: str | None
    destination: str | None
    recorded_on: date
    other_reasons: tuple[str, ...] = field(default=())
    review_due: date | None = None
    decision: UUID | None = None
    began_at: datetime | None = None
    place_kept: bool = True
    unit: str | None = None

    @classmethod
    def of(cls, id_: UUID, child: UUID, state: State, stay: Stay, *, ground: Ground | None, today: date) -> "Placement":
        """A new placement of a child."""
        authorised = ground is None
        return cls(
            id=id_, child=child, state=state, authorised=authorised, ground=ground, recorded_on=today, **vars(stay)
        )

    @property
    def span(self) -> Span:
        """The days it covers."""
        return Span(self.from_, self.to)

    @property
    def lived(self) -> bool:
        """Whether the child is or was there (not only meant or said to be)."""
        return self.state in {State.ACTIVE, State.ENDED}

    @property
    def urgent(self) -> bool:
        """Whether it began as an emergency."""
        return self.kind == codes.EMERGENCY or self.ground is Ground.EMERGENCY

    @property
    def decided(self) -> bool:
        """Whether it was authorised before decisions were kept: then the authorisation was the decision."""
        return self.authorised and self.decision is None

    def enter(self, state: State) -> None:
        """Go over into another state. Raises Conflict where TRANSITIONS has no such step."""
        if state not in TRANSITIONS[self.state]:
            raise Conflict(f"A placement that is {self.state} cannot become {state}.", field="state")
        self.state = state

    def end(self, *, on: date, reason: str, destination: str) -> PlacementEnded:
        """The child left on a day."""
        self.enter(State.ENDED)
        self.to, self.end_reason, self.destination = on, reason, destination
        return PlacementEnded(child=self.child, placement=self.id, to=on, destination=destination, reason=reason)

    def restate(self, stay: Stay) -> None:
        """Put right what the record said of it; without an end in `stay` the child never left."""
        target = State.ENDED if stay.to else State.ACTIVE
        if target is not self.state:
            self.enter(target)
        self.care_form, self.carer_relation, self.provider = stay.care_form, stay.carer_relation, stay.provider
        self.area, self.from_, self.to, self.unit = stay.area, stay.from_, stay.to, stay.unit
        self.end_reason = (stay.end_reason or codes.NOT_RECORDED) if stay.to else None
        self.destination = (stay.destination or codes.NOT_RECORDED) if stay.to else None

    def keep_hour(self, zone: tzinfo) -> None:
        """The hour of arrival is one of the day it was said with; on another day none is known."""
        if self.began_at is not None and self.began_at.astimezone(zone).date() != self.from_:
            self.began_at = None

    def authorisation(self) -> PlacementAuthorised:
        """What was authorised."""
        return PlacementAuthorised(
            child=self.child, placement=self.id, provider=self.provider, care_form=self.care_form,
            carer_relation=self.carer_relation, kind=self.kind, area=self.area, from_=self.from_,
            planned_to=self.planned_to, entry_reason=self.entry_reason,
        )  # fmt: skip

    def start(self) -> PlacementStarted:
        """The child is here, since `from_`."""
        self.enter(State.ACTIVE)
        return self.arrival()

    def arrival(self) -> PlacementStarted:
        """What is told of the child's arrival."""
        return PlacementStarted(
            child=self.child, placement=self.id, provider=self.provider, care_form=self.care_form,
            carer_relation=self.carer_relation, kind=self.kind, area=self.area, from_=self.from_,
            entry_reason=self.entry_reason, whereabouts=not self.authorised,
        )  # fmt: skip

    def restatement(self) -> PlacementCorrected:
        """What the record says after a correction."""
        return PlacementCorrected(
            child=self.child, placement=self.id, care_form=self.care_form, carer_relation=self.carer_relation,
            area=self.area, from_=self.from_, to=self.to, destination=self.destination,
            withdrawn=self.state is State.WITHDRAWN, provider=self.provider,
        )  # fmt: skip
