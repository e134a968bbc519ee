"""What placements publishes about gatekeeping cases: codes, days, ids; never what anybody said."""

from services.placements.domain import gatekeeping_told as domain
from services.placements.domain.gatekeeping_states import CaseStatus
from services.placements.events import gatekeeping_voluntary
from shared.event_schema import AreaCode, Code, Day, EventSchema, Flag, Id, ListOf, OneOf

STATUS = tuple(str(status) for status in CaseStatus)


class _Case(EventSchema):
    subject = "child"
    child = Id()
    case = Id()


class GatekeepingRequestedV1(_Case):
    """A decision on a child is asked for: entry into care, a change, prolongation, renewal, return."""

    type = "placements.gatekeeping-requested.v1"
    fact = domain.GatekeepingRequested
    kind = Code("gatekeeping_kind")
    area = AreaCode()
    reasons = ListOf(Code("entry_reason"))
    on = Day()


class GatekeepingReasonedV1(_Case):
    """The reasons were said anew; what was said before stays in the log."""

    type = "placements.gatekeeping-reasoned.v1"
    fact = domain.GatekeepingReasoned
    reasons = ListOf(Code("entry_reason"))
    on = Day()


class GatekeepingAdvancedV1(_Case):
    """The case came to a step of which nothing else is told: screened, options recorded."""

    type = "placements.gatekeeping-advanced.v1"
    fact = domain.GatekeepingAdvanced
    status = OneOf(*STATUS)


class GatekeepingChildHeardV1(_Case):
    """The child was heard, with what support; or was not, for what reason."""

    type = "placements.gatekeeping-child-heard.v1"
    fact = domain.GatekeepingChildHeard
    heard = Flag()
    support = Code("communication_support", optional=True)
    not_heard_reason = Code("not_heard_reason", optional=True)
    on = Day()


class GatekeepingAssessedV1(_Case):
    """The child was assessed; whether care was found necessary."""

    type = "placements.gatekeeping-assessed.v1"
    fact = domain.GatekeepingAssessed
    on = Day()
    necessary = Flag()


class GatekeepingRecommendedV1(_Case):
    """The panel recommended an outcome."""

    type = "placements.gatekeeping-recommended.v1"
    fact = domain.GatekeepingRecommended
    outcome = Code("decision_outcome")
    on = Day()


class GatekeepingDecidedV1(_Case):
    """The case was decided. `as_recommended` null: nobody had recommended. `until`: what needs more comes back then."""

    type = "placements.gatekeeping-decided.v1"
    fact = domain.GatekeepingDecided
    decision = Id()
    outcome = Code("decision_outcome")
    as_recommended = Flag(optional=True)
    until = Day(optional=True)


class GatekeepingAppealedV1(_Case):
    """Somebody appeals against the decision; `suspends`: it waits for the appeal's end."""

    type = "placements.gatekeeping-appealed.v1"
    fact = domain.GatekeepingAppealed
    decision = Id()
    suspends = Flag()


class GatekeepingCompletedV1(_Case):
    """What was decided was done."""

    type = "placements.gatekeeping-completed.v1"
    fact = domain.GatekeepingCompleted
    on = Day()


class GatekeepingUnansweredV1(_Case):
    """The body did not decide in time: by law the request lapses, or is refused."""

    type = "placements.gatekeeping-unanswered.v1"
    fact = domain.GatekeepingUnanswered
    effect = OneOf("lapses", "refused")
    on = Day()


class GatekeepingLapsedV1(_Case):
    """It was not carried out, or not decided, in time; the case is on the list again."""

    type = "placements.gatekeeping-lapsed.v1"
    fact = domain.GatekeepingLapsed
    area = AreaCode()
    on = Day()


class GatekeepingWithdrawnV1(_Case):
    """The request was given up, or fell away."""

    type = "placements.gatekeeping-withdrawn.v1"
    fact = domain.GatekeepingWithdrawn
    reason = Code("gatekeeping_end_reason")
    on = Day()


class GatekeepingJoinedV1(_Case):
    """The case is heard together with that of a brother or sister."""

    type = "placements.gatekeeping-joined.v1"
    fact = domain.GatekeepingJoined
    into = Id()


class GatekeepingStepOverdueV1(_Case):
    """The step after `status` was due on a day and was not done; told once."""

    type = "placements.gatekeeping-step-overdue.v1"
    fact = domain.GatekeepingStepOverdue
    area = AreaCode()
    status = OneOf(*STATUS)
    due = Day()


SCHEMAS: tuple[type[EventSchema], ...] = (
    GatekeepingRequestedV1,
    GatekeepingReasonedV1,
    GatekeepingAdvancedV1,
    GatekeepingChildHeardV1,
    GatekeepingAssessedV1,
    GatekeepingRecommendedV1,
    GatekeepingDecidedV1,
    GatekeepingAppealedV1,
    GatekeepingCompletedV1,
    GatekeepingUnansweredV1,
    GatekeepingLapsedV1,
    GatekeepingWithdrawnV1,
    GatekeepingJoinedV1,
    GatekeepingStepOverdueV1,
    *gatekeeping_voluntary.SCHEMAS,
)
