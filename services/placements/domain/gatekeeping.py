"""A gatekeeping case: the way to a decision on a child, from the request to what was decided and carried out (CARE C4).

It guards entry into care, a more restrictive form, prolongation, renewal, return, and care on the parents' agreement.
The panel recommends; the decision itself is DECISIONS' (decisions). Not here: what is gathered on the way
(gatekeeping_parts), what the rules read of it (gatekeeping_facts), parents' agreement (gatekeeping_voluntary).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from services.placements.domain import gatekeeping_panel as panels
from services.placements.domain.gatekeeping_parts import (
    Assessment,
    Finding,
    FindingKind,
    Hearing,
    Member,
    Option,
    ParentView,
    Recommendation,
    not_later,
    require_kin_asked,
)
from services.placements.domain.gatekeeping_silence import Silence, Silent
from services.placements.domain.gatekeeping_states import (
    FINAL,
    GATHERING,
    LEAVES_HOME,
    NEEDS_MORE,
    NO_ACTION,
    STEP_CLOCKS,
    TRANSITIONS,
    CaseStatus,
    Step,
    last_day,
    out_of_turn,
)
from services.placements.domain.gatekeeping_told import (
    GatekeepingAdvanced,
    GatekeepingAppealed,
    GatekeepingAssessed,
    GatekeepingChildHeard,
    GatekeepingCompleted,
    GatekeepingDecided,
    GatekeepingJoined,
    GatekeepingLapsed,
    GatekeepingReasoned,
    GatekeepingRecommended,
    GatekeepingRequested,
    GatekeepingStepOverdue,
    GatekeepingUnanswered,
    GatekeepingWithdrawn,
)
from shared.aggregate import Aggregate, require_seen
from shared.errors import Conflict, Invalid, PreconditionMissing


@dataclass(eq=False)
class GatekeepingCase(Aggregate):
    """One way to a decision on one child. What was said and found is sealed under the child's key."""

    id: UUID
    child: UUID
    kind: str
    area: str
    reasons: tuple[str, ...]
    help_tried: tuple[str, ...]
    requested_by: str
    requested_on: date
    status: CaseStatus = CaseStatus.REQUESTED
    due_at: datetime | None = None
    overdue_told_at: datetime | None = None
    assessed_by: str | None = None
    outcome: str | None = None
    decision: UUID | None = None
    comes_back_on: date | None = None
    joined_into: UUID | None = None
    ended_on: date | None = None
    end_reason: str | None = None
    kin_searched_on: date | None = None
    panel_accounts: tuple[str, ...] = ()
    hearings: tuple[Hearing, ...] = ()
    parents: tuple[ParentView, ...] = ()
    options: tuple[Option, ...] = ()
    panel: tuple[Member, ...] = ()
    assessment: Assessment | None = None
    findings: tuple[Finding, ...] = ()
    recommendation: Recommendation | None = None
    screening: str = ""
    silence: Silence | None = None
    version: int = 0

    @classmethod
    def request(
        cls,
        id_: UUID,
        child: UUID,
        kind: str,
        *,
        area: str,
        reasons: tuple[str, ...],
        help_tried: tuple[str, ...],
        step: Step,
    ) -> "GatekeepingCase":
        """Somebody asks for a decision on a child, for reasons."""
        if not reasons:
            raise Invalid("A case has a reason.", field="reasons", rule="reason-given")
        case = cls(id_, child, kind, area, reasons, help_tried, step.by, step.today)
        case.due_at = step.law.deadline(STEP_CLOCKS[case.status], step.at, area)
        case.record(GatekeepingRequested(child, id_, kind, area, reasons, step.today))
        return case

    @property
    def open(self) -> bool:
        """Whether something is still to be done."""
        return self.status not in FINAL

    def finding(self, kind: FindingKind) -> Finding | None:
        """What was found last of a kind."""
        return next((each for each in reversed(self.findings) if each.kind is kind), None)

    def screen(self, words: str, step: Step) -> None:
        """The request is one for this gate; a case that lapsed or needed more, or was joined, is taken up by itself.

        One whose decision stands is not: what the panel recommended for it would be gone.
        """
        if self.status is CaseStatus.DECIDED and self.comes_back_on is None:
            raise out_of_turn(self.status, CaseStatus.SCREENED)
        self._enter(CaseStatus.SCREENED, step)
        self.screening, self.comes_back_on, self.recommendation, self.joined_into = words, None, None, None
        self._advance()

    def reason(self, reasons: tuple[str, ...], help_tried: tuple[str, ...], today: date) -> None:
        """Say anew for which reasons, and which help was tried before; what was said until then stays told."""
        self._require_gathering()
        if self.status is CaseStatus.RECOMMENDED:
            raise Conflict("The panel has recommended for these reasons.", field="status", rule="panel-has-recommended")
        if not reasons:
            raise Invalid("A case has a reason.", field="reasons", rule="reason-given")
        self.reasons, self.help_tried = reasons, help_tried
        self.record(GatekeepingReasoned(self.child, self.id, reasons, today))

    def hear(self, hearing: Hearing, today: date) -> None:
        """The child was heard, or was not, for a reason."""
        self._require_gathering()
        hearing.check(today)
        self.hearings = (*self.hearings, hearing)
        self.record(
            GatekeepingChildHeard(
                self.child, self.id, hearing.heard, hearing.support, hearing.not_heard_reason, hearing.on
            )
        )

    def ask_parent(self, view: ParentView, today: date) -> None:
        """What one of the parents was told and said; said anew it replaces what was recorded before."""
        self._require_gathering()
        view.check(today)
        self.parents = (*(each for each in self.parents if each.who != view.who), view)
        self.version += 1

    def assess(self, assessment: Assessment, necessity: Finding, suitability: Finding | None, step: Step) -> None:
        """The assessment is done, with what it finds: is care necessary; and which form suits, where that is known."""
        not_later(assessment.on, step.today)
        if self.status is not CaseStatus.JOINED:
            self._enter(CaseStatus.ASSESSED, step)
        self.assessment, self.assessed_by = assessment, assessment.by
        self.findings += tuple(each for each in (necessity, suitability) if each is not None)
        self.record(GatekeepingAssessed(self.child, self.id, assessment.on, necessity.found))

    def find(self, finding: Finding, family: frozenset[str], today: date) -> None:
        """Record a finding; a later one of the kind stands in place of the former."""
        if self.assessment is None:
            raise Conflict("Nothing is found before it is assessed.", field="status", rule="assessed-first")
        self._require_gathering()
        finding.check(today, self.options, family)
        self.findings = (*self.findings, finding)
        self.version += 1

    def record_options(self, options: tuple[Option, ...], kin_searched_on: date | None, step: Step) -> None:
        """Which forms of care were considered, who was asked, and what they answered."""
        if not options:
            raise Invalid("At least one option is considered.", field="options", rule="options-considered")
        for option in options:
            option.check(step.today)
        if kin_searched_on is not None:
            not_later(kin_searched_on, step.today, "kin_searched_on")
            require_kin_asked(options)
        panels.require_apart(self.panel, self.assessed_by, panels.places(options))
        if self.status is not CaseStatus.OPTIONS_RECORDED:
            self._enter(CaseStatus.OPTIONS_RECORDED, step)
        self.options, self.kin_searched_on, self.recommendation = options, kin_searched_on, None
        self._advance()

    def convene(self, panel: tuple[Member, ...]) -> None:
        """Who sits on the panel; from then on the case is on their agenda, until it is decided."""
        self._require_gathering()
        if self.status is CaseStatus.RECOMMENDED:
            raise Conflict("This panel has recommended.", field="status", rule="panel-has-recommended")
        panels.require_one_seat(panel)
        panels.require_apart(panel, self.assessed_by, panels.places(self.options))
        self.panel, self.panel_accounts = panel, tuple(each.account for each in panel)
        self.version += 1

    def recommend(self, recommendation: Recommendation, professions: int, step: Step) -> None:
        """The panel recommends. `professions`: of how many at least its members are."""
        not_later(recommendation.on, step.today)
        panels.require_wide(self.panel, professions)
        panels.require_apart(self.panel, self.assessed_by, {*panels.places(self.options), recommendation.provider})
        if recommendation.against > len(self.panel):
            raise Invalid("More are against than sit there.", field="against", rule="one-seat")
        self._enter(CaseStatus.RECOMMENDED, step)
        self.recommendation = recommendation
        self.record(GatekeepingRecommended(self.child, self.id, recommendation.outcome, recommendation.on))

    def decide(
        self,
        decision: UUID,
        outcome: str,
        today: date,
        *,
        ordered: bool = False,
        until: date | None = None,
        leading: "GatekeepingCase | None" = None,
    ) -> None:
        """It was decided (decisions). A court's order is taken at any step; so is that the child stays at home.

        A case that needs more comes back on the day `until`. `leading`: the case with which this one is heard.
        """
        if self.status is CaseStatus.LAPSED and not ordered:
            raise out_of_turn(self.status, CaseStatus.DECIDED)
        recommended = self._recommended(outcome, leading, ordered=ordered)
        if (outcome == NEEDS_MORE) != (until is not None):
            raise Invalid("What needs more comes back on a day.", field="until", rule="comes-back")
        self._enter(CaseStatus.DECIDED, None)
        self.decision, self.outcome, self.comes_back_on = decision, outcome, until
        as_recommended = None if recommended is None else recommended.outcome == outcome
        self.record(GatekeepingDecided(self.child, self.id, decision, outcome, as_recommended, until))
        if outcome == NO_ACTION:
            self.carry_out(today)

    def restate(self, outcome: str, *, ordered: bool = False, leading: "GatekeepingCase | None" = None) -> None:
        """The record of its decision had the outcome wrong. Raises Conflict where it could not be decided so (`decide`)

        or where something else followed of it at once: a case that was over, or that waited for more.
        """
        if outcome == self.outcome:
            return
        if {outcome, self.outcome} & {NEEDS_MORE, NO_ACTION}:
            raise Conflict(
                "What followed of it is not undone by a correction.", field="outcome", rule="case-stays",
                remedy="Withdraw the decision, and decide in the case.",
            )  # fmt: skip
        recommended = self._recommended(outcome, leading, ordered=ordered)
        assert self.decision is not None
        self.outcome = outcome
        as_recommended = None if recommended is None else recommended.outcome == outcome
        self.record(GatekeepingDecided(self.child, self.id, self.decision, outcome, as_recommended, self.comes_back_on))

    def require_seen(self, version: int | None) -> None:
        """Who decides it, or permits what was decided, has seen it as it is. Raises PreconditionMissing, Stale."""
        if version is None:
            raise PreconditionMissing(
                "This is done in its gatekeeping case, by who has read it.",
                field="case",
                rule="if-match-missing",
                remedy="Read the case, and act on it by its own address with its version.",
            )
        require_seen(self, version, field="case")

    @property
    def waiting(self) -> UUID:
        """The decision that waits to be carried out. Raises Conflict where none does."""
        if self.decision is None or self.status is not CaseStatus.DECIDED:
            raise Conflict(f"No stay is permitted in a case that is {self.status}.", field="case", rule="case-status")
        return self.decision

    def permit(self) -> None:
        """A stay was permitted by its decision: whoever has read it before compares."""
        self.version += 1

    def appeal(self, decision: UUID, *, suspends: bool) -> None:
        """Somebody appeals against the decision; the case stands as it does (CARE C4)."""
        self.record(GatekeepingAppealed(self.child, self.id, decision, suspends))

    def carry_out(self, on: date) -> None:
        """What was decided was done."""
        self._enter(CaseStatus.CARRIED_OUT, None)
        self.ended_on = on
        self.record(GatekeepingCompleted(self.child, self.id, on))

    def lapse(self, on: date, step: Step) -> None:
        """The decision was not carried out in time, or is none any more: the case is on the list again."""
        if self.status is not CaseStatus.DECIDED:
            raise out_of_turn(self.status, CaseStatus.LAPSED)
        self._enter(CaseStatus.LAPSED, step)
        self.record(GatekeepingLapsed(self.child, self.id, self.area, on, self.due_at or step.at))

    def fall_silent(self, silent: Silent, step: Step) -> None:
        """The body did not decide in time: by law the request has lapsed, or is refused; it is on the list again."""
        self._enter(CaseStatus.LAPSED, step)
        self.silence = silent.effect
        self.record(GatekeepingUnanswered(self.child, self.id, silent.effect, silent.on))
        self.record(GatekeepingLapsed(self.child, self.id, self.area, silent.on, self.due_at or step.at))

    def come_back(self, step: Step) -> None:
        """It needed more, and the day is there: it goes on where assessment begins."""
        self._enter(CaseStatus.SCREENED, step)
        self.comes_back_on, self.recommendation = None, None
        self._advance()

    def withdraw(self, reason: str, on: date) -> None:
        """The request is given up, or falls away."""
        self._enter(CaseStatus.WITHDRAWN, None)
        self.end_reason, self.ended_on = reason, on
        self.record(GatekeepingWithdrawn(self.child, self.id, reason, on))

    def join(self, leading: "GatekeepingCase", siblings: Collection[UUID]) -> None:
        """It is heard together with the case of a brother or sister; the child keeps its own view and findings."""
        panels.require_sibling(leading.child, siblings)
        if leading.status not in GATHERING - {CaseStatus.JOINED}:
            raise Conflict(f"That case is {leading.status}.", field="into", rule="joined-with-open")
        self._enter(CaseStatus.JOINED, None)
        self.joined_into = leading.id
        self.record(GatekeepingJoined(self.child, self.id, leading.id))

    def tell_overdue(self, at: datetime, zone: ZoneInfo) -> bool:
        """Tell that the step is overdue, once; whether it was told now. `zone`: where its last day ended."""
        if self.due_at is None or self.due_at > at or self.overdue_told_at is not None:
            return False
        self.overdue_told_at = at
        last = last_day(self.due_at, zone)
        self.record(GatekeepingStepOverdue(self.child, self.id, self.area, str(self.status), last, self.due_at))
        return True

    def _recommended(self, outcome: str, leading: "GatekeepingCase | None", *, ordered: bool) -> Recommendation | None:
        """What the panel recommended. Raises Conflict where it did not, and it could not be decided without."""
        recommended = (leading or self).recommendation
        if not ordered and outcome not in LEAVES_HOME and recommended is None:
            raise Conflict(
                f"A case that is {self.status} is not decided yet.",
                field="case",
                rule="recommended-first",
                remedy="Record assessment, options and the panel's recommendation first.",
            )
        return recommended

    def _advance(self) -> None:
        self.record(GatekeepingAdvanced(self.child, self.id, str(self.status)))

    def _require_gathering(self) -> None:
        if self.status not in GATHERING:
            raise Conflict(f"Not possible for a case that is {self.status}.", field="status", rule="case-status")

    def _enter(self, status: CaseStatus, step: Step | None) -> None:
        if status not in TRANSITIONS[self.status]:
            raise out_of_turn(self.status, status)
        self.status, self.overdue_told_at, self.silence = status, None, None
        clock = STEP_CLOCKS.get(status)
        self.due_at = step.law.deadline(clock, step.at, self.area) if step is not None and clock else None
