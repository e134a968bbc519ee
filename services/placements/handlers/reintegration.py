"""What happens when placements is asked about the way home, and what becomes of it by itself.

Each handler locks the child's whereabouts first. Not here: what a step needs (domain.reintegration).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from services.placements import domain
from services.placements.commands import reintegration as commands
from services.placements.domain import absences, codes, decisions_time, possible, reintegration_course
from services.placements.domain.coming_of_age import WayHomeLaw, of_age_on
from services.placements.domain.days import months_later
from services.placements.domain.decision import Decision, DecisionStatus
from services.placements.domain.guardianship import Guardianships
from services.placements.domain.reintegration import Reintegration, Reintegrations
from services.placements.domain.reintegration_facts import DECIDED, RETURN, TRIAL_AT_HOME
from services.placements.handlers import placements
from shared.errors import Conflict
from shared.ids import new_id

A_TURN = 500
FOLLOW_UPS, TRIAL, MAJORITY = "reintegration_follow_up", "trial_at_home", "child_until_age"
ADULT = 18


class UnitOfWork(placements.UnitOfWork, Protocol):
    """A transaction over placements' database."""

    @property
    def reintegrations(self) -> Reintegrations:
        """The ways home of the deployment."""

    @property
    def guardianships(self) -> Guardianships:
        """The supervised guardianships."""

    @property
    def way_home_law(self) -> WayHomeLaw:
        """What the pack says of the way home."""

    def expect(self, subjects: Iterable[UUID]) -> None:
        """Load the whereabouts of many children."""

    def expect_keys(self, children: Iterable[UUID]) -> None:
        """Load the keys of many children."""


def start_reintegration(uow: UnitOfWork, command: commands.StartReintegration) -> Reintegration:
    """Begin to prepare a child in care. Raises Conflict where it is in no care, or on its way already."""
    child = uow.whereabouts.of(command.child)
    possible.require_entry(child.known)
    stay = child.active
    if stay is None or not uow.way_home_law.formal(stay.care_form):
        raise Conflict("The child is not in care.", field="child", rule="child-in-care")
    if any(each.before_return for each in uow.reintegrations.of(command.child)):
        raise Conflict("The child is on its way home already.", field="child", rule="one-way-home")
    way = Reintegration.start(command.id, command.child, stay.id, stay.area, command.today)
    way.prepare(command.preparation, command.relation, command.child_said)
    uow.reintegrations.add(way)
    _go_on(uow, way, child, command.today)
    return way


def prepare_return(uow: UnitOfWork, command: commands.PrepareReturn) -> Reintegration:
    """State how it stands with what must be settled before."""
    _, way = _locked(uow, command.id)
    way.prepare(command.preparation, command.relation, command.child_said)
    return way


def begin_trial(uow: UnitOfWork, command: commands.BeginTrial) -> Reintegration:
    """Let the child live at home on trial; its placement stays open. Raises ReturnNotPrepared, TrialTooLong."""
    child, way = _locked(uow, command.id)
    possible.require_days(child.known, command.on, None, command.today)
    longest = uow.way_home_law.last_day(TRIAL, command.on, way.area)
    act = placements.acting(uow, command.today)
    way.begin_trial(command.on, command.until, longest, deciding(child, command.on, TRIAL_AT_HOME, RETURN))
    carry_out(child, way.preparation.decision, command.on, act, TRIAL_AT_HOME)
    if not any(each.is_open for each in child.absences):
        # No day on which it is expected back: that a trial is overdue is told of the trial, to whom decides.
        away = absences.Away(kind=TRIAL_AT_HOME, from_=command.on)
        absences.start(child, new_id(), way.placement, away, command.at, act)
    _go_on(uow, way, child, command.today)
    return way


def stop_trial(uow: UnitOfWork, command: commands.StopTrial) -> Reintegration:
    """The child came back to its place in care."""
    child, way = _locked(uow, command.id)
    possible.require_days(child.known, command.on, None, command.today)
    way.stop_trial(command.on)
    for absence in child.absences:
        if absence.is_open and absence.kind == TRIAL_AT_HOME:
            absences.come_back(child, absence.id, command.on, placements.acting(uow, command.today))
    _go_on(uow, way, child, command.today)
    return way


def return_child(uow: UnitOfWork, command: commands.ReturnChild) -> Reintegration:
    """Let the child be home full time: its placement ends that day. Raises ReturnNotPrepared."""
    child, way = _locked(uow, command.id)
    act = placements.acting(uow, command.today)
    way.preparation.require(deciding(child, command.on, RETURN))
    child.end(way.placement, command.on, DECIDED, codes.HOME, act)
    carry_out(child, way.preparation.decision, command.on, act, RETURN)
    months = uow.way_home_law.months(FOLLOW_UPS, way.area, command.on)
    way.return_home(command.on, months, [new_id() for _ in months], command.today)
    _go_on(uow, way, child, command.today)
    return way


def follow_up_return(uow: UnitOfWork, command: commands.FollowUpReturn) -> Reintegration:
    """Tell what a look at the child at home found."""
    child, way = _locked(uow, command.id)
    way.follow_up(command.answers, command.reason, command.today)
    _go_on(uow, way, child, command.today)
    return way


def record_breakdown(uow: UnitOfWork, command: commands.RecordBreakdown) -> Reintegration:
    """The child is at home no more; that it came into care again is noticed without this."""
    child, way = _locked(uow, command.id)
    possible.require_days(child.known, command.on, None, command.today)
    way.break_down(command.on, command.reason)
    _go_on(uow, way, child, command.today)
    return way


def end_reintegration(uow: UnitOfWork, command: commands.EndReintegration) -> Reintegration:
    """It is over without a breakdown."""
    child, way = _locked(uow, command.id)
    possible.require_days(child.known, command.on, None, command.today)
    way.end(command.on, command.reason)
    _go_on(uow, way, child, command.today)
    return way


def watch_reintegrations(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Looks and trials overdue, re-entries, deaths, birthdays: whatever has come since, also while nobody ran this."""
    stirring = uow.reintegrations.stirring(today, A_TURN)
    expect(uow, stirring)
    uow.reintegrations.expect_of(stirring)
    for id_ in stirring:
        child = uow.whereabouts.of(id_)
        for way in uow.reintegrations.of(id_):
            _go_on(uow, way, child, today)
    return len(stirring)


def follow_returns(uow: UnitOfWork, at: datetime, today: date) -> int:
    """A child went home and nobody had prepared it: it is looked after all the same, and its gatekeeper told."""
    months = uow.way_home_law.months(FOLLOW_UPS, None, today)
    age = uow.way_home_law.number(MAJORITY, None, today)
    since = months_later(today, -max(months, default=0))
    found = uow.reintegrations.unfollowed(since, age.amount if age else ADULT, A_TURN)
    expect(uow, [child for child, _ in found])
    for id_, placement in found:
        child = uow.whereabouts.of(id_)
        stay = child.placement(placement)
        way = Reintegration.start(new_id(), child.id, placement, stay.area, stay.to or today)
        uow.reintegrations.add(way)
        _go_on(uow, way, child, today)
    return len(found)


def follow_trials(uow: UnitOfWork, at: datetime, today: date) -> int:
    """A child is at home on trial and nobody permitted it: its way home goes on with it, its gatekeeper is told."""
    age = uow.way_home_law.number(MAJORITY, None, today)
    found = uow.reintegrations.unnoted(age.amount if age else ADULT, today, A_TURN)
    expect(uow, [child for child, _, _ in found])
    noted = 0
    for id_, placement, on in found:
        child = uow.whereabouts.of(id_)
        area = child.placement(placement).area
        until = uow.way_home_law.last_day(TRIAL, on, area)
        if until is None:
            continue
        way = next((each for each in uow.reintegrations.of(id_) if each.before_return), None)
        if way is None:
            way = Reintegration.start(new_id(), child.id, placement, area, on)
            uow.reintegrations.add(way)
        way.note_trial(on, until, deciding(child, on, TRIAL_AT_HOME, RETURN))
        carry_out(child, way.preparation.decision, on, placements.acting(uow, today), TRIAL_AT_HOME)
        _go_on(uow, way, child, today)
        noted += 1
    return noted


def expect(uow: UnitOfWork, children: Sequence[UUID]) -> None:
    """Load at once what a turn needs of many children: whereabouts, keys, guardians."""
    uow.expect(children)
    uow.expect_keys(children)
    uow.guardianships.expect_of(children)


def deciding(child: domain.Whereabouts, on: date, *acts: str) -> frozenset[UUID]:
    """The decisions on a child that permit one of these acts on a day, also where that is written down late."""
    return frozenset(each.id for each in child.decisions if each.act in acts and (each.holds(on) or _in_time(each, on)))


def carry_out(child: domain.Whereabouts, decision: UUID | None, on: date, act: domain.Act, what: str) -> None:
    """What a decision on this act ordered was done on a day; nothing where it is of another act, or done already."""
    for each in child.decisions:
        ready = each.status is DecisionStatus.IN_FORCE and each.carried_out_on is None and each.effective_from <= on
        if each.id == decision and each.act == what and (ready or _in_time(each, on)):
            decisions_time.carry_out(child, each.id, on, act)


def _in_time(decision: Decision, on: date) -> bool:
    """Whether a decision lapsed only because what was done in time was not written down."""
    lapsed = decision.status is DecisionStatus.LAPSED and decision.carried_out_on is None
    return lapsed and decision.effective_from <= on <= (decision.carry_out_by or date.min)


def majority(uow: UnitOfWork, child: domain.Whereabouts, area: str | None, today: date) -> date | None:
    """The first day on which a child is certainly of age; None where nothing is known of its birth."""
    guarded = any(each.acts and each.by_court for each in uow.guardianships.of(child.id))
    return of_age_on(child.known, uow.way_home_law, area, today, guarded=guarded)


def _locked(uow: UnitOfWork, id_: UUID) -> tuple[domain.Whereabouts, Reintegration]:
    child = uow.whereabouts.of(uow.reintegrations.child_of(id_))
    return child, uow.reintegrations.get(id_)


def _go_on(uow: UnitOfWork, way: Reintegration, child: domain.Whereabouts, today: date) -> None:
    law = uow.way_home_law
    of_age = majority(uow, child, way.area, today)
    months = law.months(FOLLOW_UPS, way.area, today)
    ended = child.placement(way.placement).to
    permitted = deciding(child, ended or today, RETURN)
    others = uow.surroundings.other_records(child.id, child.known) if child.known.same else ()
    reintegration_course.go_on(way, child, law.formal, of_age, months, new_id, today, permitted, others)


TIMED: Mapping[str, Callable[[Any, datetime, date], int]] = {
    "returns-without-a-way-home": follow_returns,
    "trials-without-a-way-home": follow_trials,
    "ways-home": watch_reintegrations,
}
