"""What placements publishes about decisions on children in care, appeals, notices and removals."""

from services.placements.domain import decision_facts as facts
from services.placements.domain.decision import DecisionStatus
from services.placements.domain.decisions_checks import TABLE_RULES
from services.placements.domain.rulebook import RULES
from shared.event_schema import AreaCode, Code, Day, EventSchema, Flag, Id, ListOf, OneOf


class _Decision(EventSchema):
    subject = "child"
    child = Id()
    decision = Id()


class _Stated(_Decision):
    case = Id(optional=True)
    act = Code("decision_act")
    situation = Code("decision_situation")
    outcome = Code("decision_outcome")
    body = Code("deciding_body")
    instrument = Code("instrument_kind")
    area = AreaCode()
    provider = Id(optional=True)
    care_forms = ListOf(Code("care_form"))
    made_on = Day()
    from_ = Day()
    until = Day(optional=True)
    appeal_until = Day(optional=True)
    renews = Id(optional=True)
    status = OneOf(*DecisionStatus)
    unmet = ListOf(OneOf(*sorted({*RULES, *TABLE_RULES})))


class DecisionRecordedV1(_Stated):
    """A court or body decided about a child; holds in [from, until). `unmet`: the rules that it does not meet."""

    type = "placements.decision-recorded.v1"
    fact = facts.DecisionRecorded


class DecisionCorrectedV1(_Stated):
    """The record was wrong; the data is what was always so. `withdrawn`: there never was such a decision."""

    type = "placements.decision-corrected.v1"
    fact = facts.DecisionCorrected
    withdrawn = Flag()


class DecisionConfirmedV1(_Decision):
    """An oral order was confirmed in writing, or a second person signed."""

    type = "placements.decision-confirmed.v1"
    fact = facts.DecisionConfirmed
    on = Day()


class DecisionExecutedV1(_Decision):
    """What was decided has been done."""

    type = "placements.decision-executed.v1"
    fact = facts.DecisionExecuted
    case = Id(optional=True)
    on = Day()


class DecisionEndedV1(_Decision):
    """A decision holds no longer from a day on: its time was over, it lapsed, or it was quashed."""

    type = "placements.decision-ended.v1"
    fact = facts.DecisionEnded
    case = Id(optional=True)
    status = OneOf(*DecisionStatus)
    on = Day()
    area = AreaCode()


class OrderAnsweredV1(_Decision):
    """The authority has said what it does about an order by which rules are not met."""

    type = "placements.order-answered.v1"
    fact = facts.OrderAnswered


class DecisionAppealedV1(_Decision):
    """Somebody appealed; `suspended`: the decision rests until that is decided."""

    type = "placements.decision-appealed.v1"
    fact = facts.DecisionAppealed
    case = Id(optional=True)
    appeal = Id()
    by = Code("appeal_by")
    suspended = Flag()


class AppealDecidedV1(_Decision):
    """An appeal was decided; `status`: what the decision is now."""

    type = "placements.appeal-decided.v1"
    fact = facts.AppealDecided
    case = Id(optional=True)
    appeal = Id()
    outcome = Code("appeal_outcome")
    status = OneOf(*DecisionStatus)
    on = Day()


class ChildTakenV1(EventSchema):
    """A body took a child at once. `named`: the law lets this body act at once; null: not known."""

    type = "placements.child-taken.v1"
    fact = facts.ChildTaken
    subject = "child"
    child = Id()
    emergency = Id()
    placement = Id(optional=True)
    taken_by = Code("deciding_body")
    situation = Code("decision_situation")
    taken_from = Code("taken_from")
    on = Day()
    area = AreaCode()
    named = Flag(optional=True)


class _Notice(EventSchema):
    subject = "child"
    child = Id()
    notice = Id()


class NoticeOpenedV1(_Notice):
    """Somebody is to be told of a decision or a removal by some hour of the day `due`."""

    type = "placements.notice-opened.v1"
    fact = facts.NoticeOpened
    about = Id()
    to = Code("notice_to")
    due = Day()


class NoticeSentV1(_Notice):
    """They were told, or it was written down why not."""

    type = "placements.notice-sent.v1"
    fact = facts.NoticeSent
    means = Code("notice_means")
    in_time = Flag()


class NoticeOverdueV1(_Notice):
    """They were not told in time."""

    type = "placements.notice-overdue.v1"
    fact = facts.NoticeOverdue
    to = Code("notice_to")
    due = Day()
    area = AreaCode()


class NoticeDroppedV1(_Notice):
    """What they were to be told of never was."""

    type = "placements.notice-dropped.v1"
    fact = facts.NoticeDropped


SCHEMAS: tuple[type[EventSchema], ...] = (
    DecisionRecordedV1,
    DecisionCorrectedV1,
    DecisionConfirmedV1,
    DecisionExecutedV1,
    DecisionEndedV1,
    OrderAnsweredV1,
    DecisionAppealedV1,
    AppealDecidedV1,
    ChildTakenV1,
    NoticeOpenedV1,
    NoticeSentV1,
    NoticeOverdueV1,
    NoticeDroppedV1,
)
