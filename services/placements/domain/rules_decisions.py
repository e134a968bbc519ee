"""Rules on the decision behind a stay: in force, in time, also for imports; and one place a child.

Not here: what was recorded before it was decided (rules_deciding), the decision itself (decisions).
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Protocol

from services.placements.domain.decision import MORE_RESTRICTIVE, Decision, DecisionStatus, behind
from services.placements.domain.legacy import due_by_default
from services.placements.domain.placement import Ground, Placement, State
from services.placements.domain.rules import Finding, Rule, Tier, When
from services.placements.domain.situation import Situation


class Stayed(Protocol):
    """A stay with its days, and the hour it began where that is known."""

    @property
    def from_(self) -> date:
        """Its first day."""

    @property
    def to(self) -> date | None:
        """The day on which it ended."""

    @property
    def began_at(self) -> datetime | None:
        """The hour of its first day."""


Clock = tuple[date, datetime | None]
"""The day until when somebody must have decided, and the hour where the law counts hours."""


def emergency_clock(stays: Iterable[Stayed], window: int) -> Stayed:
    """The stay with which the clock of an emergency began: those less than `window` days apart share one, the child's.

    (CARE C4: a second emergency within the window continues the first one's clock.)
    """
    began, *before = sorted(stays, key=_first_hour_last, reverse=True)
    for stay in before:  # not up to the first that is too far: of two on one day the earlier one may last longer
        if (began.from_ - (stay.to or began.from_)).days <= window:
            began = stay
    return began


def _first_hour_last(stay: Stayed) -> tuple[date, bool, datetime | None]:
    """Of two on one day the earlier hour comes first; one of which only the day is known, after those with an hour."""
    return (stay.from_, stay.began_at is None, stay.began_at)


def decision(now: Situation) -> Finding | None:
    """A decision in force stands behind care; permission for a stay asks for one that covers it (CARE C2).

    In an emergency its clock runs from the hour of arrival, or in whole days where only the day is known. The clock is
    the child's: neither a move nor a stay that is written down anew begins another one while nobody decided.
    """
    if now.when is When.PERMISSION:
        facts = {"care_form": now.form.code, "from": now.stay.from_.isoformat()}
        if now.stay.planned_to:
            facts["planned_to"] = now.stay.planned_to.isoformat()
        former = _less_restrictive(now)
        if former is not None and now.decision is not None and not _decided_since(now.decision, former):
            return Finding(satisfied=False, due=now.today, facts=facts | {"more_restrictive_than": former.care_form})
        if now.decision is None:
            facts |= _not_covering(now)
        return Finding(satisfied=now.decision is not None, due=now.today, facts=facts)
    if now.stay.ground is Ground.IMPORTED:
        return None
    due, due_at = now.today + timedelta(days=now.law.breach_due), None
    if now.stay.urgent or _goes_on(now):
        emergencies: list[Stayed] = [each for each in now.placements if each.lived and each.urgent]
        emergencies += [each for each in now.elsewhere if each.urgent]
        first = emergency_clock(emergencies, now.law.emergency_repeat_window)
        due = first.from_ + timedelta(days=-(-now.law.emergency_decision // 24))
        if first.began_at is not None:
            due_at = first.began_at + timedelta(hours=now.law.emergency_decision)
            due = due_at.astimezone(now.book.calendar.zone).date()
    due, due_at = min([(due, due_at), *_clocks_before(now)], key=_ends)
    return _standing(now, due, due_at)


def _ends(clock: Clock) -> tuple[date, bool, datetime | None]:
    """Of two on one day the earlier hour comes first; one without an hour lasts until the end of its day."""
    due, due_at = clock
    return due, due_at is None, due_at


def legacy_decision(now: Situation) -> Finding | None:
    """A decision stands behind an imported stay too, by a calendar of its own: no ten thousand alarms on day one."""
    if now.stay.ground is not Ground.IMPORTED:
        return None
    return _standing(now, due_by_default(now.stay.child, now.stay.recorded_on, now.law.legacy_decision_due), None)


def _not_covering(now: Situation) -> dict[str, str]:
    """The newest decision on record for this form that does not cover the stay: how it stands, for which days, where.

    Somebody who just recorded it must see what is wanting: a signature, other days, another place.
    """
    named = [
        each
        for each in now.decisions
        if now.form.code in each.care_forms and each.status is not DecisionStatus.WITHDRAWN
    ]
    if not named:
        return {}
    last = max(named, key=lambda each: each.recorded_at)
    until = last.in_force_until.isoformat() if last.in_force_until else "no end"
    found = {"decision": str(last.status), "decision_from": last.effective_from.isoformat(), "decision_until": until}
    return found if last.permits(now.stay) else found | {"decision_place": "another"}


def _goes_on(now: Situation) -> bool:
    """Whether the child came here from an emergency on which nobody decided: the clock is not the first place's."""
    return any(each.urgent for each in _undecided_before(now))


def _undecided_before(now: Situation, *, in_care: bool = False) -> list[Placement]:
    """The stays on which nobody decided that lead to this one without a night between them; those in care alone."""
    came = [now.stay] if now.stay.state is State.ACTIVE and not now.stay.authorised else []
    for stay in came:
        for each in now.others:
            counts = not in_care or now.book.care_form(each.care_form).formal
            undecided = not each.authorised and not _ever_decided(now, each)
            if each.to == stay.from_ and each not in came and undecided and counts:
                came.append(each)
    return came[1:]


def _clocks_before(now: Situation) -> Iterator[Clock]:
    """The deadlines that run on: of the undecided stays that lead to this one, and of what was withdrawn of its days.

    Of each stay the last: a decision since then may have given it another. Its own too, where what was recorded as a
    decision was none.
    """
    last = {each.placement: each for each in now.breaches if each.rule == DECISION.id}
    if now.stay.state is not State.ACTIVE or now.stay.authorised:
        return
    withdrawn = [
        each
        for each in now.placements
        if each.state is State.WITHDRAWN and each.id in last and not each.authorised and not _ever_decided(now, each)
        if now.stay.from_ <= (last[each.id].healed_on or now.today)
    ]
    own = [] if any(_was_made(each) and each.permits(now.stay) for each in now.decisions) else [now.stay]
    for each in [*own, *_undecided_before(now, in_care=True), *withdrawn]:
        if each.id in last:
            yield last[each.id].due, last[each.id].due_at


def _was_made(decision: Decision) -> bool:
    """Whether somebody decided, also if it was quashed since."""
    return decision.status not in {DecisionStatus.UNSIGNED, DecisionStatus.WITHDRAWN}


def _ever_decided(now: Situation, stay: Placement) -> bool:
    """Whether a decision stood behind a stay that is over."""
    stood = (each for each in now.decisions if _was_made(each) and each.status is not DecisionStatus.QUASHED)
    return any(each.permits(stay) for each in stood)


def _less_restrictive(now: Situation) -> Placement | None:
    """Where the child lives in care now, if the stay asked for comes later in the pack's order of preference."""
    for each in now.placements:
        form = now.book.care_form(each.care_form)
        ranked = form.preference is not None and now.form.preference is not None
        if each.state is State.ACTIVE and each.id != now.stay.id and form.formal and ranked:
            return each if (form.preference or 0) < (now.form.preference or 0) else None
    return None


def _decided_since(decision: Decision, former: Placement) -> bool:
    """Whether it is no older decision that happened to name the more restrictive form too (CARE C4)."""
    return decision.ordered or decision.act == MORE_RESTRICTIVE or decision.made_on > former.from_


def _standing(now: Situation, due: date, due_at: datetime | None) -> Finding:
    found = behind(now.decisions, now.stay, now.today)
    decided = found is not None or now.stay.decided or not now.form.formal
    until = found.in_force_until if found else None
    return Finding(satisfied=decided, due=due, due_at=due_at, until=until, facts={"care_form": now.form.code})


def removal(now: Situation) -> Finding | None:
    """A body that the law lets act at once took the child; where another did, only a decision heals it (CARE C2)."""
    taken = [each for each in now.removals if each.placement == now.stay.id and each.named is False]
    if not taken:
        return None
    due = now.today + timedelta(days=1)
    facts = {"taken_by": taken[-1].taken_by, "situation": taken[-1].situation}
    return Finding(satisfied=behind(now.decisions, now.stay, now.today) is not None, due=due, facts=facts)


def one_place(now: Situation) -> Finding | None:
    """A second place that claims the child is never in order."""
    due = now.today + timedelta(days=-(-now.law.emergency_decision // 24))
    return Finding(satisfied=False, due=due, facts={"claimed_from": now.stay.from_.isoformat()})


DECISION = Rule(
    id="decision-in-force",
    title="A decision behind every stay in care",
    source="A/RES/64/142 para 57",
    owner="gatekeeper",
    satisfied_by="Record the decision of the body that the law names, for this care form and these days, and have the "
    "second person sign where one must; or record where the child went instead.",
    judge=decision,
    when=frozenset({When.PERMISSION, When.STANDING}),
    tier=Tier.COURT_ORDER,
    parameters=("emergency_decision", "emergency_repeat_window", "breach_due"),
)
LEGACY_DECISION = Rule(
    id="legacy-decision-due",
    title="The decision behind a stay that came with an import",
    source="A/RES/64/142 para 57",
    owner="gatekeeper",
    satisfied_by="Find the decision on paper or make it, and record it.",
    judge=legacy_decision,
    when=frozenset({When.STANDING}),
    tier=Tier.COURT_ORDER,
    parameters=("legacy_decision_due",),
)
ONE_PLACE = Rule(
    id="whereabouts-conflict",
    title="Exactly one place a child",
    source="Kinward, CARE C1",
    owner="duty_officer",
    satisfied_by="Find out where the child is; confirm the claim or withdraw it.",
    judge=one_place,
    when=frozenset({When.STANDING}),
    states=frozenset({State.CLAIMED}),
    tier=Tier.SAFETY,
    parameters=("emergency_decision",),
)
REMOVAL = Rule(
    id="removal-by-body-named",
    title="Taken at once only by a body that the law names",
    source="CARE C2; the pack's decision table",
    owner="supervisor",
    satisfied_by="A decision of the body that the law names, or the child goes home.",
    judge=removal,
    when=frozenset({When.STANDING}),
    states=frozenset({State.ACTIVE}),
    tier=Tier.SAFETY,
)
RULES = (ONE_PLACE, DECISION, LEGACY_DECISION, REMOVAL)
