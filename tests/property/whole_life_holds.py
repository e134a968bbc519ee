"""What must hold at every moment of a child's life: CARE C1 and what goes with it, as invariants of the machine.

Exactly one place; a decision behind formal care, or a breach with a day; for each rule not met an open breach; who is
late is told with an owner and an hour; nothing holds that was not confirmed, signed or left in peace by an appeal.
"""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis.stateful import invariant

from services.placements import domain
from services.placements.domain import State
from services.placements.domain.absences import AbsenceState
from services.placements.domain.breach import LEGACY
from services.placements.domain.decision_facts import NoticeOverdue
from services.placements.domain.decisions_notices import NoticeStatus
from services.placements.domain.exemptions import STAY_OVER, ExemptionState
from tests.property.whole_life import Life
from tests.property.whole_life_law import law
from tests.property.whole_life_record import DAY, heard_of, standing_of

DECISIONS = {"decision-in-force", "legacy-decision-due"}


class Holds(Life):
    """What must hold."""

    def __init__(self) -> None:
        super().__init__()
        self.clocks: dict[tuple[int, UUID], Any] = {}

    @invariant()
    def both_records_say_the_same(self) -> None:
        if not self.world.behind:
            daily, down = self.world.daily.story(), self.world.down.story()
            for name, told in daily.items():
                only = (told - down[name], down[name] - told) if isinstance(told, Counter) else (told, down[name])
                assert told == down[name], (name, *only)

    @invariant()
    def the_child_sleeps_in_one_place(self) -> None:
        lived = [each for each in self.child.placements if each.state in {State.ACTIVE, State.ENDED}]
        nights = Counter(
            each.from_ + timedelta(days=night)
            for each in lived
            for night in range(((each.to or self.today + DAY) - each.from_).days)
        )
        assert max(nights.values(), default=0) <= 1
        assert sum(each.state is State.ACTIVE for each in lived) <= 1

    @invariant()
    def each_rule_that_is_not_met_is_one_open_breach_and_no_other_is_open(self) -> None:
        for record in self.world.up:
            record.require_noticed(self.now)

    @invariant()
    def behind_formal_care_is_a_decision_or_a_deadline(self) -> None:
        here = self.child.active
        if here and law().care_form(here.care_form).formal and not self.child.known.withdrawn:
            open_ = [each for each in self.child.breaches if each.is_open and each.placement == here.id]
            assert self.decided(here) or {each.rule for each in open_} & DECISIONS
            assert all(each.owner and each.due for each in open_)

    def decided(self, here: domain.Placement) -> bool:
        """Whether a decision stands behind a stay, looked up apart from the rules and from the program's own status."""
        stands = self.world.ledger.stands
        return any(
            stands(self.child, each, self.now) and here.care_form in each.care_forms for each in self.child.decisions
        )

    @invariant()
    def no_decision_holds_that_was_not_confirmed_signed_or_left_in_peace(self) -> None:
        for record in self.world.up:
            self.world.ledger.require_standing(record, self.now)

    @invariant()
    def a_deadline_once_set_does_not_move(self) -> None:
        for which, record in enumerate(self.world.both):
            for each in record.child.breaches:
                stay = record.child.placement(each.placement)
                if each.rule == LEGACY:  # an area's plan may hurry it, never postpone it beyond the pack's time
                    longest = law().law(stay.area, stay.from_, self.today).legacy_decision_due
                    assert not each.is_open or each.due <= stay.recorded_on + timedelta(days=longest)
                else:
                    assert self.clocks.setdefault((which, each.id), (each.due, each.due_at)) == (each.due, each.due_at)

    @invariant()
    def whoever_was_not_told_in_time_is_an_alarm_of_the_duty_officer_by_its_hour(self) -> None:
        for record in self.world.both:
            told = {fact.notice: fact.alarm() for fact in record.told if isinstance(fact, NoticeOverdue)}
            for each in record.child.notices:
                if each.status is NoticeStatus.OVERDUE:
                    assert each.id in told
                    assert (told[each.id].role, told[each.id].due) == ("duty_officer", each.due)
            assert len(told) == sum(isinstance(fact, NoticeOverdue) for fact in record.told)

    @invariant()
    def whoever_is_away_is_in_care_and_away_once(self) -> None:
        counted = [each for each in self.child.absences if each.state is not AbsenceState.WITHDRAWN]
        pairs = [(one, other) for one in counted for other in counted if one.id < other.id]
        assert not any(one.placement == other.placement and one.span.overlaps(other.span) for one, other in pairs)
        away = [each for each in counted if each.is_open]
        assert len(away) <= 1
        assert all(self.child.placement(each.placement).state is State.ACTIVE for each in away)

    @invariant()
    def what_is_set_aside_in_a_stay_is_set_aside_no_longer_than_it(self) -> None:
        for each in self.child.exemptions:
            stay = None if each.placement is None else self.child.placement(each.placement)
            in_force = each.state is ExemptionState.IN_FORCE
            assert not (in_force and stay and stay.state is State.ENDED)
            over = [one for one in self.child.placements if one.state is State.ENDED]
            if stay and stay.state is not State.WITHDRAWN:  # then it was given for the stay that was lived instead
                over = [one for one in over if one is stay]
            assert each.end_reason != STAY_OVER or (over and each.ended_on)

    @invariant()
    def nobody_answers_for_a_child_in_care_is_known(self) -> None:
        here, known = self.child.active, self.child.known
        in_care = here is not None and law().care_form(here.care_form).formal and not (known.withdrawn or known.died_on)
        lacks = in_care and not any(each.named for each in self.child.cases)
        assert (self.child.lacking is not None) == lacks
        if self.child.lacking and self.child.lacking.due:
            assert self.child.lacking.told == (self.child.lacking.due < self.today)

    @invariant()
    def events_alone_tell_the_same(self) -> None:
        for record in self.world.both:
            assert heard_of(record) == standing_of(record)
