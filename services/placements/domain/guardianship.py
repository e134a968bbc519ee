"""The supervision of guardians: reports and visits due, the child's property, pension and alimony (CARE C3).

Who is guardian, and by what decision, is registry's legal measure; each guardianship, preliminary guardianship and
trusteeship there has one supervision here, under the measure's id. Not here: what is told (guardianship_facts).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from services.placements.domain import guardianship_facts as facts
from services.placements.domain.leaving_care_plan import Holding
from services.placements.domain.placement import Impossible
from shared.aggregate import Aggregate
from shared.errors import Conflict, Refused

ONE_DAY = timedelta(days=1)
SUPERVISED = frozenset({"guardianship", "preliminary-guardianship", "trusteeship"})
CARE_LOST = "left-without-care"
"""What kinds of measures do (the pack's list measure_kind, column effect)."""
COURT, INSTITUTION_HEAD = "COURT", "INSTITUTION_HEAD"
RELIED_ON = {"deciding_body": frozenset({COURT}), "guardian_kind": frozenset({INSTITUTION_HEAD})}


class GuardianshipState(StrEnum):
    """Where a guardianship is, as registry's measure says."""

    ANNOUNCED = "announced"
    IN_FORCE = "in-force"
    SUSPENDED = "suspended"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


S = GuardianshipState
GUARDIANSHIP_TRANSITIONS: dict[GuardianshipState, frozenset[GuardianshipState]] = {
    S.ANNOUNCED: frozenset({S.IN_FORCE, S.SUSPENDED, S.ENDED, S.WITHDRAWN}),
    S.IN_FORCE: frozenset({S.SUSPENDED, S.ENDED, S.WITHDRAWN}),
    S.SUSPENDED: frozenset({S.IN_FORCE, S.ENDED, S.WITHDRAWN}),
    # Back where registry's record was corrected.
    S.ENDED: frozenset({S.IN_FORCE, S.WITHDRAWN}),
    S.WITHDRAWN: frozenset(),
}


class GuardianOfTheInstitution(Refused):
    """The head of an institution who is guardian consents to nothing that concerns the institution (CARE C3)."""

    code = "guardian-of-the-institution"
    title = "Guardian heads the institution"


@dataclass(frozen=True)
class Appointed:
    """What registry's measure says: whose guardianship of what kind, by which body, in [from_, to)."""

    kind: str
    holder_kind: str
    person: UUID | None
    provider: UUID | None
    body: str
    from_: date
    to: date | None = None


@dataclass(frozen=True, kw_only=True)
class GuardianReport:
    """What a guardian reported, or a visit found, on a day. `visit`: someone went there. Words are for people alone."""

    on: date
    visit: bool
    findings: tuple[str, ...] = ()
    holdings: tuple[Holding, ...] = ()
    words: str = ""


@dataclass(eq=False)
class Guardianship(Aggregate):
    """The supervision of one guardian of one child. `reports` and `holdings` (the child's property) are sealed.

    `visits` is what an alarm about visits is about: it does not end with a report.
    """

    id: UUID
    child: UUID
    area: str | None
    visits: UUID
    appointed: Appointed
    state: GuardianshipState = S.ANNOUNCED
    since: date | None = None
    ended_on: date | None = None
    report_due: date | None = None
    reported_on: date | None = None
    report_told: bool = False
    visit_due: date | None = None
    visited_on: date | None = None
    visit_told: bool = False
    next_on: date | None = None
    holdings: tuple[Holding, ...] = ()
    reports: tuple[GuardianReport, ...] = ()
    version: int = 0

    @property
    def acts(self) -> bool:
        """Whether the guardian represents the child now."""
        return self.state is S.IN_FORCE

    @property
    def by_court(self) -> bool:
        """Whether a court appointed the guardian."""
        return self.appointed.body == COURT

    def hear(self, state: GuardianshipState, on: date, due: tuple[date | None, date | None]) -> None:
        """Registry told of the measure. `due`: of the first report and visit, once it is in force."""
        if state is self.state:
            return
        if state not in GUARDIANSHIP_TRANSITIONS[self.state]:
            return  # registry's word of an older state, or one that is over
        was, self.state = self.state, state
        if state is S.IN_FORCE:
            self.ended_on = None
            if was in {S.ANNOUNCED, S.ENDED}:
                self.since, (self.report_due, self.visit_due) = on, due
                self.report_told = self.visit_told = False
        if state in {S.ENDED, S.WITHDRAWN}:
            self.ended_on = on
            self.record(facts.SupervisionEnded(self.child, self.id, on, self.visits))
        else:
            said = self.appointed
            self.record(facts.GuardianshipSupervised(self.child, self.id, said.kind, said.holder_kind, self.acts))
        self._look_ahead()

    def receive(self, report: GuardianReport, next_due: date | None, today: date) -> None:
        """The guardian reported, or was visited; the next is due by `next_due`. Raises Conflict, Impossible."""
        if self.state in {S.ANNOUNCED, S.WITHDRAWN}:
            raise Conflict("The guardianship is not in force.", field="state", rule="guardianship-in-force")
        if report.on > today or (self.since is not None and report.on < self.since):
            raise Impossible("It lies ahead, or before the guardianship.", field="on", rule="not-in-the-future")
        self.reports = (*self.reports, report)
        self.holdings = report.holdings or self.holdings
        if report.visit:
            self.visited_on, self.visit_due, self.visit_told = report.on, next_due, False
            self.record(facts.GuardianVisited(self.child, self.id, report.on, report.findings, self.visits))
        else:
            self.reported(report.on, next_due, report.findings)
        self._look_ahead()

    def reported(self, on: date, next_due: date | None, findings: tuple[str, ...] = ()) -> None:
        """The guardian reported on a day, here or to registry; once a day."""
        if self.reported_on == on and self.report_due == next_due:
            return
        self.reported_on, self.report_due, self.report_told = on, next_due, False
        self.record(facts.GuardianReportReceived(self.child, self.id, on, findings))
        self._look_ahead()

    def go_on(self, area: str | None, today: date) -> None:
        """The child's area, and what is overdue. Doing it again changes nothing."""
        self.area = area or self.area
        if self.acts and self.report_due and self.report_due < today and not self.report_told:
            self.report_told = True
            self.record(facts.GuardianReportOverdue(self.child, self.id, self.report_due, self.area))
        if self.acts and self.visit_due and self.visit_due < today and not self.visit_told:
            self.visit_told = True
            self.record(facts.GuardianVisitOverdue(self.child, self.id, self.visit_due, self.area, self.visits))
        self._look_ahead()

    def _look_ahead(self) -> None:
        days = [
            day for day, told in ((self.report_due, self.report_told), (self.visit_due, self.visit_told)) if not told
        ]
        self.next_on = min((day + ONE_DAY for day in days if day), default=None) if self.acts else None


@dataclass(eq=False)
class CareLoss:
    """A measure by which a child lost parental care: in force in [from_, to). `id` is the measure's.

    `person`: the parent whose care was lost; None: that of both.
    """

    id: UUID
    child: UUID
    from_: date
    person: UUID | None = None
    to: date | None = None
    in_force: bool = False


def unrepresented_since(losses: Iterable[CareLoss], guardians: Iterable[Guardianship]) -> date | None:
    """Since when a child that lost the care of both parents has no guardian; None: it has one, or a parent."""
    lost = _both_lost([each for each in losses if each.in_force])
    held = list(guardians)
    if lost is None or any(each.acts for each in held):
        return None
    ended = [each.ended_on for each in held if each.state is S.ENDED and each.ended_on]
    return max([lost, *ended])


def _both_lost(losses: Sequence[CareLoss]) -> date | None:
    """Since when the care of both parents is lost: by one measure, or by two that name one each."""
    both = [each.from_ for each in losses if each.person is None]
    by_parent: dict[UUID, date] = {}
    for each in losses:
        if each.person is not None:
            by_parent[each.person] = min(each.from_, by_parent.get(each.person, each.from_))
    one_by_one = sorted(by_parent.values())[1:2]
    return min([*both, *one_by_one], default=None)


def require_consent(guardians: Iterable[Guardianship], person: UUID | None, provider: UUID | None) -> None:
    """Raise GuardianOfTheInstitution where a guardian would consent in a matter of the institution it heads.

    `person`: who consents, by registry's person; None: whoever is guardian. `provider`: whose matter it is.
    """
    for each in guardians:
        heads = each.appointed.holder_kind == INSTITUTION_HEAD and each.appointed.provider == provider
        if provider is not None and heads and each.acts and person in {None, each.appointed.person}:
            raise GuardianOfTheInstitution(
                "The guardian heads the institution that it concerns.",
                field="consent",
                rule="guardian-of-the-institution",
                remedy="Ask another representative: the guardianship body, or a guardian appointed for this matter.",
            )


class Guardianships(Protocol):
    """The supervised guardianships. Whoever locks one has locked the child's whereabouts before."""

    def find(self, id_: UUID) -> Guardianship | None:
        """One by the id of registry's measure, locked."""

    def get(self, id_: UUID) -> Guardianship:
        """One, locked. Raises NotFound."""

    def child_of(self, id_: UUID) -> UUID:
        """Whose it is; nothing is locked. Raises NotFound."""

    def expect_of(self, children: Iterable[UUID]) -> None:
        """Load and lock those of many children at once."""

    def of(self, child: UUID) -> Sequence[Guardianship]:
        """Those of a child, locked, the oldest first."""

    def add(self, thing: Guardianship) -> None:
        """Take in a new one."""

    def stirring(self, today: date, limit: int) -> Sequence[UUID]:
        """Those whose report or visit has become overdue and was not told, or whose child is another area's now."""


class CareLosses(Protocol):
    """The measures by which children lost parental care."""

    def find(self, id_: UUID) -> CareLoss | None:
        """One by the id of registry's measure, locked."""

    def of(self, child: UUID) -> Sequence[CareLoss]:
        """Those of a child."""

    def add(self, thing: CareLoss) -> None:
        """Take in a new one."""
