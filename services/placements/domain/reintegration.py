"""The way home: preparation, trial, full-time return, and looking after it for years (CARE C13).

Follow-ups count from the day of the return, each on the same day so many calendar months later. Not here: where the
child is (whereabouts, which the handler changes with it), what is told (reintegration_facts), what must be settled
before (reintegration_preparation), what becomes of it by itself (reintegration_course).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from services.placements.domain import reintegration_facts as facts
from services.placements.domain.days import months_later
from services.placements.domain.placement import Impossible
from services.placements.domain.reintegration_follow_ups import Answers, FollowUp
from services.placements.domain.reintegration_preparation import Preparation
from shared.aggregate import Aggregate
from shared.errors import Conflict, Refused

SUSTAINED_AFTER = 12
"""Months at home after which a return counts as sustained (CARE C13)."""


class ReintegrationState(StrEnum):
    """Where a child is on its way home."""

    PREPARED = "prepared"
    TRIAL = "trial"
    RETURNED = "returned"
    FOLLOWED_UP = "followed-up"
    SUSTAINED = "sustained"
    BROKEN_DOWN = "broken-down"
    ENDED = "ended"


S = ReintegrationState
REINTEGRATION_TRANSITIONS: dict[ReintegrationState, frozenset[ReintegrationState]] = {
    S.PREPARED: frozenset({S.TRIAL, S.RETURNED, S.ENDED}),
    # Back to prepared: the child returned to its place in care, and the work goes on.
    S.TRIAL: frozenset({S.PREPARED, S.RETURNED, S.ENDED}),
    S.RETURNED: frozenset({S.FOLLOWED_UP, S.SUSTAINED, S.BROKEN_DOWN, S.ENDED}),
    S.FOLLOWED_UP: frozenset({S.SUSTAINED, S.BROKEN_DOWN, S.ENDED}),
    S.SUSTAINED: frozenset({S.BROKEN_DOWN, S.ENDED}),
    # Back only where the entry that said so was made in error.
    S.BROKEN_DOWN: frozenset({S.RETURNED, S.FOLLOWED_UP, S.SUSTAINED}),
    S.ENDED: frozenset(),
}
BEFORE_RETURN = frozenset({S.PREPARED, S.TRIAL})
AT_HOME = frozenset({S.RETURNED, S.FOLLOWED_UP, S.SUSTAINED})


class TrialTooLong(Refused):
    """A trial at home is not planned for longer than the law allows."""

    code = "trial-too-long"
    title = "Trial too long"


@dataclass(eq=False)
class Reintegration(Aggregate):
    """One child's way home from one placement. `seen` and `born_to` are what was known when it was looked at last.

    `unmet` are the preconditions that were missing when the child went home. What the child said is sealed.
    """

    id: UUID
    child: UUID
    placement: UUID
    area: str
    started_on: date
    state: ReintegrationState = S.PREPARED
    preparation: Preparation = field(default_factory=Preparation)
    relation: str | None = None
    trial_from: date | None = None
    trial_until: date | None = None
    trial_told: bool = False
    returned_on: date | None = None
    unmet: tuple[str, ...] = ()
    over_on: date | None = None
    reason: str | None = None
    re_entry: UUID | None = None
    next_on: date | None = None
    seen: int = 0
    born_to: date | None = None
    follow_ups: list[FollowUp] = field(default_factory=list)
    child_said: str = ""
    version: int = 0

    @classmethod
    def start(cls, id_: UUID, child: UUID, placement: UUID, area: str, today: date) -> "Reintegration":
        """Begin to prepare a child in a placement."""
        made = cls(id_, child, placement, area, today)
        made.record(facts.ReintegrationStarted(child, id_, placement, area))
        return made

    @property
    def before_return(self) -> bool:
        """Whether the child is still in care, at home at most on trial."""
        return self.state in BEFORE_RETURN

    @property
    def at_home(self) -> bool:
        """Whether the child is home full time, as far as is known."""
        return self.state in AT_HOME

    def prepare(self, preparation: Preparation, relation: str | None, child_said: str) -> None:
        """State how it stands with the preconditions. Raises Conflict after the return.

        What the child said, and who cares at home, stay as they were stated where nothing is said of them now: nobody
        who adds a decision means to take the child's words away.
        """
        if not self.before_return:
            raise Conflict("The child has returned, or will not.", field="state", rule="before-return")
        self.preparation = preparation
        self.relation, self.child_said = relation or self.relation, child_said or self.child_said
        self.version += 1

    def begin_trial(self, on: date, until: date, longest: date | None, deciding: Collection[UUID]) -> None:
        """The child goes home on trial. `longest`: the last day that the law allows; None: the pack knows none.

        Raises ReturnNotPrepared, TrialTooLong, Impossible.
        """
        self._require_step(S.TRIAL)
        self.preparation.require(deciding)
        if until <= on:
            raise Impossible("A trial ends after it begins.", field="until", rule="ends-before-it-begins")
        if longest is not None and until > longest:
            raise TrialTooLong(
                f"The trial may last until {longest.isoformat()}.",
                field="until",
                rule="trial-at-home",
                remedy="Plan a shorter trial, or decide on the return.",
            )
        self._try(on, until)

    def note_trial(self, on: date, until: date, deciding: Collection[UUID]) -> None:
        """The child lives at home on trial, which nobody permitted here: a fact, with what was not settled."""
        self._try(on, until, self.preparation.unmet(deciding))

    def _try(self, on: date, until: date, unmet: tuple[str, ...] = ()) -> None:
        self._enter(S.TRIAL)
        self.trial_from, self.trial_until, self.trial_told, self.unmet = on, until, False, unmet
        self.record(facts.TrialStarted(self.child, self.id, self.placement, on, until, self.area, not unmet))

    def stop_trial(self, on: date) -> None:
        """The child is back in its place in care; it may be tried again. Raises Conflict, Impossible."""
        if self.trial_from is not None and on < self.trial_from:
            raise Impossible("It ends before it begins.", field="on", rule="ends-before-it-begins")
        self._enter(S.PREPARED)
        self.record(facts.TrialStopped(self.child, self.id, on))

    def return_home(
        self, on: date, months: Sequence[int], ids: Sequence[UUID], today: date, unmet: tuple[str, ...] = ()
    ) -> None:
        """The child is home full time from a day on; follow-ups fall due so many months later.

        Written down late, only the last of those that have passed is still asked. `unmet`: what was not settled, where
        the return is a fact that nobody permitted.
        """
        if self.trial_from is not None and on < self.trial_from:
            raise Impossible("Full time before the trial.", field="on", rule="ends-before-it-begins")
        self._enter(S.RETURNED)
        self.returned_on, self.unmet = on, unmet
        self.follow_ups += [
            FollowUp(id_, self.id, self.child, month, months_later(on, month))
            for id_, month in zip(ids, months, strict=True)
        ]
        passed = [look for look in self.follow_ups if look.held_on is None and look.due < today]
        for look in passed[:-1]:
            look.missed = True
        self.record(facts.ChildReturned(self.child, self.id, self.placement, on, not unmet, self.area))

    def follow_up(self, answers: Answers, reason: str | None, today: date) -> None:
        """Someone looked. Not at home: it broke down for a reason. Raises Conflict, Impossible, Invalid."""
        if not self.at_home or self.returned_on is None:
            raise Conflict("The child is not home full time, as far as is known.", field="state", rule="after-return")
        look = answers.require(self.follow_ups, self.returned_on, today, reason)
        look.take(answers)
        passed = [each for each in self.follow_ups if each.month < look.month and each.held_on is None]
        for each in passed:
            each.missed = True
        done = (look.id, *(each.id for each in passed), self.placement)
        self.record(facts.ReintegrationFollowedUp(self.child, self.id, look.month, answers.on, answers.at_home, done))
        if not answers.at_home and reason is not None:
            self.break_down(answers.on, reason)
            return
        if self.state is S.RETURNED:
            self._enter(S.FOLLOWED_UP)
        if look.month >= SUSTAINED_AFTER and self.state is S.FOLLOWED_UP:
            self._enter(S.SUSTAINED)
            on = months_later(self.returned_on, SUSTAINED_AFTER)
            self.record(facts.ReintegrationSustained(self.child, self.id, on))

    def break_down(self, on: date, reason: str, re_entry: UUID | None = None) -> None:
        """The child is at home no more. `re_entry`: the placement that says so. Raises Conflict, Impossible."""
        if self.returned_on is None or on < self.returned_on:
            raise Impossible("Before the child returned.", field="on", rule="ends-before-it-begins")
        self._enter(S.BROKEN_DOWN)
        self.over_on, self.reason, self.re_entry = on, reason, re_entry
        self.record(facts.ReintegrationBrokenDown(self.child, self.id, on, reason, self._open_looks()))

    def end(self, on: date, reason: str) -> None:
        """It ended otherwise. Raises Conflict."""
        self._enter(S.ENDED)
        self.over_on, self.reason = on, reason
        self.record(facts.ReintegrationEnded(self.child, self.id, on, reason, self._open_looks()))

    def resume(self) -> None:
        """What said that it broke down was entered in error."""
        held = [each for each in self.follow_ups if each.held_on]
        sustained = any(each.month >= SUSTAINED_AFTER and each.at_home for each in held)
        self._enter(S.SUSTAINED if sustained else S.FOLLOWED_UP if held else S.RETURNED)
        self.over_on, self.reason, self.re_entry = None, None, None
        for look in self.follow_ups:
            look.told = look.told and look.held_on is not None
        self.record(facts.ReintegrationResumed(self.child, self.id))

    def _open_looks(self) -> tuple[UUID, ...]:
        return (*(each.id for each in self.follow_ups if each.held_on is None), self.placement)

    def _require_step(self, state: ReintegrationState) -> None:
        if state not in REINTEGRATION_TRANSITIONS[self.state]:
            raise Conflict(f"A way home that is {self.state} cannot become {state}.", field="state")

    def _enter(self, state: ReintegrationState) -> None:
        self._require_step(state)
        self.state = state


class Reintegrations(Protocol):
    """The ways home of a deployment. Whoever locks one has locked its child's whereabouts before."""

    def get(self, id_: UUID) -> Reintegration:
        """One, locked. Raises NotFound."""

    def child_of(self, id_: UUID) -> UUID:
        """Whose it is; nothing is locked. Raises NotFound."""

    def of(self, child: UUID) -> Sequence[Reintegration]:
        """Those of a child, locked, the oldest first."""

    def add(self, thing: Reintegration) -> None:
        """Take in a new one."""

    def stirring(self, today: date, limit: int) -> Sequence[UUID]:
        """Children whose way home may have to go on by itself: a day has come, or their whereabouts changed."""

    def expect_of(self, children: Iterable[UUID]) -> None:
        """Load and lock those of many children at once."""

    def unfollowed(self, since: date, majority: int, limit: int) -> Sequence[tuple[UUID, UUID]]:
        """Child and placement of returns home since a day, where the child has no way home on record for it."""

    def unnoted(self, majority: int, today: date, limit: int) -> Sequence[tuple[UUID, UUID, date]]:
        """Child, placement and first day of trials at home that go on as absences alone."""
