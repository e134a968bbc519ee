"""Absences of a placement (CARE C14): the child is away and stays in care. Parts of whereabouts, which is the lock.

Hospital, holiday, trial at home, camp, boarding school, missing, detention, unknown: the kinds are the pack's. The
place is kept for the pack's days; then it is free, and the child's return is judged for room again. Facts: refused only
where they cannot have been. Not here: where the child lives (placement), the search for a missing child (registry's
alerts, which a person raises), the way home (reintegration).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from services.placements.domain import possible
from services.placements.domain.absence_facts import AbsenceChanged, AbsenceEnded, AbsenceOverdue, AbsenceStarted
from services.placements.domain.days import Span
from services.placements.domain.placement import Impossible, Placement, State
from shared.errors import Conflict, NotFound

if TYPE_CHECKING:
    from services.placements.domain.judgement import Act
    from services.placements.domain.whereabouts import Whereabouts

DAY = timedelta(days=1)
MISSING_ALERT = "absence_missing_alert"


class AbsenceState(StrEnum):
    """Where an absence is in its life. `with_placement`: the stay itself ended while the child was away."""

    AWAY = "away"
    OVERDUE = "overdue"
    BACK = "back"
    WITH_PLACEMENT = "with_placement"
    WITHDRAWN = "withdrawn"


TRANSITIONS: dict[AbsenceState, frozenset[AbsenceState]] = {
    AbsenceState.AWAY: frozenset(
        {AbsenceState.OVERDUE, AbsenceState.BACK, AbsenceState.WITH_PLACEMENT, AbsenceState.WITHDRAWN}
    ),
    AbsenceState.OVERDUE: frozenset(
        {AbsenceState.AWAY, AbsenceState.BACK, AbsenceState.WITH_PLACEMENT, AbsenceState.WITHDRAWN}
    ),
    AbsenceState.BACK: frozenset({AbsenceState.WITHDRAWN}),
    # Away again only by correction of the stay: the child never left it.
    AbsenceState.WITH_PLACEMENT: frozenset({AbsenceState.AWAY, AbsenceState.WITHDRAWN}),
    AbsenceState.WITHDRAWN: frozenset(),
}
OPEN = frozenset({AbsenceState.AWAY, AbsenceState.OVERDUE})


class AlreadyAway(Conflict):
    """A child is away from one place once at a time."""

    code = "already-away"
    title = "Already away"


@dataclass(frozen=True, kw_only=True)
class Away:
    """What is said of an absence: in [from_, back), expected back on a day (None: nobody can say)."""

    kind: str
    from_: date
    expected_back: date | None = None
    back: date | None = None


@dataclass(eq=False)
class Absence:
    """One absence. `to` is the first night back, or that of the end of the stay; `kept_until` the place's last day."""

    id: UUID
    child: UUID
    placement: UUID
    state: AbsenceState
    kind: str
    from_: date
    expected_back: date | None
    to: date | None
    kept_until: date | None
    recorded_on: date

    @property
    def is_open(self) -> bool:
        """Whether the child is away."""
        return self.state in OPEN

    @property
    def span(self) -> Span:
        """The nights away."""
        return Span(self.from_, self.to)

    def enter(self, state: AbsenceState) -> None:
        """Go over into another state. Raises Conflict where TRANSITIONS has no such step."""
        if state not in TRANSITIONS[self.state]:
            raise Conflict(f"An absence that is {self.state} cannot become {state}.", field="state")
        self.state = state

    def end(self, state: AbsenceState, on: date | None) -> AbsenceEnded:
        """It is over."""
        self.enter(state)
        self.to = on
        return AbsenceEnded(
            child=self.child, absence=self.id, placement=self.placement, back=on,
            returned=state is AbsenceState.BACK, withdrawn=state is AbsenceState.WITHDRAWN,
        )  # fmt: skip

    def started(self, area: str, alert_until: datetime | None) -> AbsenceStarted:
        """What is told of its beginning."""
        return AbsenceStarted(
            child=self.child, absence=self.id, placement=self.placement, kind=self.kind, from_=self.from_,
            expected_back=self.expected_back, kept_until=self.kept_until, area=area,
            alert=alert_until is not None, alert_until=alert_until,
        )  # fmt: skip


def start(
    child: "Whereabouts",
    id_: UUID,
    placement_id: UUID,
    away: Away,
    at: datetime,
    act: "Act",
    *,
    ends_former: bool = False,
) -> None:
    """Write down that a child is away, or (with `back`) was. With `ends_former` what it was away for before ends then.

    Raises Impossible for days outside the stay or in the future, AlreadyAway where it was away already.
    """
    possible.require_entry(child.known)
    placement, kind = child.placement(placement_id), act.law.absence_kind(away.kind)
    former = _open(child) if ends_former and away.back is None else None
    _require_days(placement, away, act.today)
    if former and away.from_ < former.from_:
        raise Impossible("It began before what it follows.", field="from", rule="ends-before-it-begins")
    _require_once(child, placement, away, former)
    if former:
        child.record(former.end(AbsenceState.BACK, away.from_))
    absence = Absence(
        id_, child.id, placement.id, AbsenceState.AWAY, away.kind, away.from_, away.expected_back, None,
        kept_until=act.law.last_day(kind.place_kept, away.from_, placement.area), recorded_on=act.today,
    )  # fmt: skip
    child.absences.append(absence)
    until = act.law.deadline(MISSING_ALERT, at, placement.area) if kind.alert and away.back is None else None
    child.record(absence.started(placement.area, until))
    if away.back is not None:
        child.record(absence.end(AbsenceState.BACK, away.back))
    child.review(act)


def expect(child: "Whereabouts", id_: UUID, expected_back: date | None, act: "Act") -> None:
    """The child is expected back on another day, or (None) nobody can say any more."""
    possible.require_entry(child.known)
    absence = _away(child, id_)
    if expected_back is not None and expected_back < absence.from_:
        raise Impossible("A child comes back after it went.", field="expected_back", rule="ends-before-it-begins")
    absence.expected_back = expected_back
    child.record(AbsenceChanged(child=child.id, absence=id_, expected_back=expected_back))
    child.review(act)


def come_back(child: "Whereabouts", id_: UUID, on: date, act: "Act") -> None:
    """The child is back; the night from that day on it sleeps in its place."""
    possible.require_entry(child.known)
    absence = _away(child, id_)
    possible.require_departure(child.known, absence.from_, on, act.today)
    child.record(absence.end(AbsenceState.BACK, on))
    child.review(act)


def withdraw(child: "Whereabouts", id_: UUID, act: "Act") -> None:
    """There never was such an absence; the entry is kept."""
    absence = find(child, id_)
    child.record(absence.end(AbsenceState.WITHDRAWN, absence.to))
    child.review(act)


def find(child: "Whereabouts", id_: UUID) -> Absence:
    """One of the child's absences. Raises NotFound."""
    for each in child.absences:
        if each.id == id_:
            return each
    raise NotFound("No absence with this id.", field="absence")


def notice(child: "Whereabouts", act: "Act") -> None:
    """What follows from the stays and the day: absences of stays that are over end, those expected back are overdue."""
    places = {each.id: each for each in child.placements}
    for absence in child.absences:
        placement = places[absence.placement]
        if absence.is_open and placement.state is not State.ACTIVE:
            gone = placement.state is State.ENDED
            on = max(placement.to, absence.from_) if gone and placement.to else absence.to
            child.record(absence.end(AbsenceState.WITH_PLACEMENT if gone else AbsenceState.WITHDRAWN, on))
        elif (
            absence.state is AbsenceState.WITH_PLACEMENT and placement.state is State.ACTIVE and _latest(child, absence)
        ):
            absence.enter(AbsenceState.AWAY)
            absence.to = None
            child.record(absence.started(placement.area, None))
        _notice_overdue(child, absence, placement, act)
    if child.absences:
        _keep_places(child, act.today)


def changes_on(child: "Whereabouts") -> Iterator[date]:
    """The days on which time alone changes something."""
    for each in child.absences:
        if each.state is AbsenceState.AWAY and each.expected_back is not None:
            yield each.expected_back + DAY
        if each.is_open and each.kept_until is not None:
            yield each.kept_until + DAY


def _keep_places(child: "Whereabouts", today: date) -> None:
    lost = {each.placement for each in child.absences if each.is_open and (each.kept_until or today) < today}
    for placement in child.placements:
        if placement.place_kept == (placement.id in lost):
            placement.place_kept = not placement.place_kept


def _notice_overdue(child: "Whereabouts", absence: Absence, placement: Placement, act: "Act") -> None:
    expected = absence.expected_back
    late = absence.is_open and expected is not None and expected < act.today and not child.known.withdrawn
    if expected and late and absence.state is AbsenceState.AWAY:
        absence.enter(AbsenceState.OVERDUE)
        child.record(
            AbsenceOverdue(
                child=child.id, absence=absence.id, placement=placement.id, expected_back=expected, area=placement.area
            )
        )
    elif not late and absence.state is AbsenceState.OVERDUE:
        absence.enter(AbsenceState.AWAY)


def _away(child: "Whereabouts", id_: UUID) -> Absence:
    absence = find(child, id_)
    if not absence.is_open:
        raise Conflict(f"Not possible for an absence that is {absence.state}.", field="absence")
    return absence


def _open(child: "Whereabouts") -> Absence | None:
    return next((each for each in child.absences if each.is_open), None)


def _latest(child: "Whereabouts", absence: Absence) -> bool:
    return all(
        each is absence or each.state is AbsenceState.WITHDRAWN or each.from_ < absence.from_ for each in child.absences
    )


def _require_days(placement: Placement, away: Away, today: date) -> None:
    """Raise Impossible for days outside the stay, in the future or in the wrong order."""
    if not placement.lived:
        raise Conflict(f"Nobody is away from a placement that is {placement.state}.", field="placement")
    if away.from_ > today or (away.back or today) > today:
        raise Impossible("It lies in the future.", field="from", rule="not-in-the-future")
    if away.from_ < placement.from_ or (placement.to is not None and (away.back or date.max) > placement.to):
        raise Impossible("The child was not in this place on some of these days.", field="from", rule="within-the-stay")
    if (away.back or away.from_) < away.from_ or (away.expected_back or away.from_) < away.from_:
        raise Impossible("It ends before it begins.", field="expected_back", rule="ends-before-it-begins")


def _require_once(child: "Whereabouts", placement: Placement, away: Away, former: Absence | None) -> None:
    span = Span(away.from_, away.back)
    for each in child.absences:
        counts = each.state is not AbsenceState.WITHDRAWN and each is not former
        if counts and each.placement == placement.id and each.span.overlaps(span):
            raise AlreadyAway(
                f"The child was away on some of these days: absence {each.id}.", field="from", rule="away-once",
                remedy="Say when it came back from there, or that this absence follows that one.",
            )  # fmt: skip
