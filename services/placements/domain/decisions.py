"""Decisions on a child: recording, signing, confirming, correcting (CARE C2). Functions on the root, whereabouts.

A court's order is recorded and never refused: the rules not met are kept with it, and someone is told to appeal or ask
for review. So is a decision that was found on paper behind an imported stay. Any other body is refused where the
table does not name it, or a rule says no. Not here: what time does to decisions (decisions_time), appeals
(decisions_appeals), notices (decisions_notices).
"""

from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from services.placements.domain import (
    decision_facts,
    decision_table,
    decisions_acts,
    decisions_checks,
    decisions_notices,
    decisions_standing,
    decisions_time,
    possible,
)
from services.placements.domain.decision import (
    ORAL_ORDER,
    VOLUNTARY,
    Decision,
    DecisionIsOver,
    DecisionStatus,
    Terms,
)
from services.placements.domain.decision_table import Line
from services.placements.domain.judgement import Act
from services.placements.domain.placement import Impossible
from services.placements.domain.rules import refuse
from services.placements.domain.situation import CaseFacts
from shared.errors import Conflict, Invalid, NotFound, Refused

if TYPE_CHECKING:
    from services.placements.domain.whereabouts import Whereabouts

CONFIRMATION, SIGNATURE = "oral_order_confirmation", "second_signature_due"
"""The pack's parameters: the time to confirm an oral order where the table has none, and to sign as a second person."""
_OVER = frozenset({DecisionStatus.LAPSED, DecisionStatus.ENDED})


class NotASecondPerson(Refused):
    """Whoever decided, recorded or assessed is no second person (CARE C2)."""

    code = "not-a-second-person"
    title = "Not a second person"


@dataclass(frozen=True)
class By:
    """Who writes it down, and when."""

    actor: str
    at: datetime


@dataclass(frozen=True)
class _Judged:
    """A decision as it was judged. `binds`: what the table and the rules say no to cannot be decided.

    `second`: it does not hold before a second person has signed. `assessed_by`: who can write down none that permits
    care without one, whoever is named as having decided.
    """

    terms: Terms
    line: Line | None
    binds: bool
    second: bool
    unmet: dict[str, dict[str, str]]
    assessed_by: frozenset[str]

    def needs_second(self, recorded_by: str) -> bool:
        """Whether a second person signs, where an account has written down what it says."""
        return self.second or (self.binds and bool(self.terms.care_forms) and recorded_by in self.assessed_by)


def find(child: "Whereabouts", id_: UUID) -> Decision:
    """One of the child's decisions. Raises NotFound."""
    for each in child.decisions:
        if each.id == id_:
            return each
    raise NotFound("No decision with this id.", field="decision")


def record(child: "Whereabouts", id_: UUID, terms: Terms, by: By, act: Act, case: CaseFacts | None = None) -> Decision:
    """Write down a decision. Raises what the table or a rule says no to, but not for a court's or one on paper."""
    possible.require_entry(child.known)
    judged = _judge(child, terms, by.actor, act, case)
    decision = _made(child, id_, judged, by, act)
    child.decisions.append(decision)
    lapsed = tuple(each.id for each in child.decisions if each.status is DecisionStatus.LAPSED)
    child.record(decision_facts.DecisionRecorded(**stated(decision), see_to=_see_to(decision, act), lapsed=lapsed))
    decisions_notices.open_for(child, decision, judged.line, by.at, act)
    child.review(act)
    return decision


def sign(child: "Whereabouts", id_: UUID, by: By, assessed_by: frozenset[str], act: Act) -> Decision:
    """A second person signs: never the account that decided or recorded it, nor one that assessed."""
    decision = find(child, id_)
    if decision.status is not DecisionStatus.UNSIGNED:
        raise Conflict("It needs no second signature.", field="decision", rule="awaits-second-signature")
    if by.actor in {decision.decided_by, decision.recorded_by, *assessed_by}:
        raise NotASecondPerson(
            "Whoever decided, recorded or assessed cannot be the second person.",
            rule="separation-of-duties",
            remedy="Ask somebody else of the office, or of the next level up.",
        )
    decision.second_by, decision.second_at = by.actor, by.at
    decisions_standing.resume(child, decision)
    child.record(decision_facts.DecisionConfirmed(child.id, id_, act.today))
    child.review(act)
    return decision


def confirm(
    child: "Whereabouts", id_: UUID, on: datetime, instrument: str, number: str, file: UUID | None, by: By, act: Act
) -> Decision:
    """An oral order was confirmed in writing at a moment: in time, or it stays lapsed.

    Raises Impossible for a moment before it was given or in the future, Refused where it was too late, Conflict where
    it was never oral or is over.
    """
    decision = find(child, id_)
    if decision.confirm_by is None:
        raise Conflict("It was no oral order.", field="decision", rule="was-oral")
    if not decision.unconfirmed or decision.status in {DecisionStatus.QUASHED, DecisionStatus.WITHDRAWN}:
        raise DecisionIsOver(f"It was confirmed before, or is {decision.status}.", field="status")
    if on > by.at or (decision.made_at and on < decision.made_at):
        raise Impossible("It cannot have been confirmed then.", field="confirmed_at", rule="not-in-the-future")
    if instrument == ORAL_ORDER:
        raise Invalid("It is confirmed in writing.", field="instrument", rule="in-writing")
    if on > decision.confirm_by:
        raise Refused(
            f"It was to be confirmed until {decision.confirm_by.isoformat()} and has lapsed.",
            rule="oral-confirmed-in-time", remedy="Record the written order as a decision of its own.",
        )  # fmt: skip
    decision.confirmed_at, decision.instrument, decision.number = on, instrument, number
    decision.file = file or decision.file
    if not decisions_standing.over(child, decision, by.at, act.today):
        decisions_standing.resume(child, decision)
    child.record(decision_facts.DecisionConfirmed(child.id, id_, act.today))
    if decision.status is DecisionStatus.UNSIGNED or (decision.unmet and decision.status is DecisionStatus.IN_FORCE):
        _tell_whom_to_see(child, decision, act)
    child.review(act)
    return decision


def correct(child: "Whereabouts", id_: UUID, terms: Terms, by: By, act: Act, case: CaseFacts | None = None) -> Decision:
    """Put right what the record had wrong from the beginning; judged as if it were recorded now.

    What a second person signed is signed anew where it now says something else; by whoever did not write it.
    Raises as `record` does, Conflict where it is over, Invalid where a written decision would become an oral one.
    """
    decision = find(child, id_)
    if decision.status in {DecisionStatus.QUASHED, DecisionStatus.WITHDRAWN}:
        raise Conflict("It is over.", field="decision", rule="decision-is-open")
    if terms.oral and decision.instrument != ORAL_ORDER:
        raise Invalid(
            "A written decision is none by word of mouth.", field="instrument", rule="oral-from-the-beginning",
            remedy="Withdraw it, and record the oral order.",
        )  # fmt: skip
    judged = _judge(child, _kept(decision, terms), by.actor, act, case, corrects=id_)
    unsigned, met = decision.status is DecisionStatus.UNSIGNED, not decision.unmet
    _restate(decision, judged, by, act)
    if not (decision.status in _OVER and decisions_standing.over(child, decision, by.at, act.today)):
        decisions_standing.resume(child, decision)
    if decision.unconfirmed and decision.confirm_by and decision.confirm_by <= by.at and decision.status not in _OVER:
        decisions_time.end(child, decision, DecisionStatus.LAPSED, act.today)
    not_met = met and bool(decision.unmet) and decision.status is DecisionStatus.IN_FORCE
    if not_met or (decision.status is DecisionStatus.UNSIGNED and not unsigned):
        _tell_whom_to_see(child, decision, act)
    else:
        child.record(decision_facts.DecisionCorrected(**stated(decision), withdrawn=False))
    child.review(act)
    return decision


def withdraw(child: "Whereabouts", id_: UUID, act: Act) -> Decision:
    """There never was such a decision; the entry is kept, without effect."""
    decision = find(child, id_)
    decision.enter(DecisionStatus.WITHDRAWN)
    child.record(decision_facts.DecisionCorrected(**stated(decision), withdrawn=True))
    decisions_notices.drop(child, id_)
    child.review(act)
    return decision


def answer(child: "Whereabouts", id_: UUID, by: By) -> Decision:
    """The supervisor has seen to an order by which rules are not met: it was reviewed, and no appeal follows."""
    decision = find(child, id_)
    if not decision.unmet or decision.answered_at is not None:
        raise Conflict("There is nothing to answer.", field="decision", rule="order-to-answer")
    decision.answered_at = by.at
    child.record(decision_facts.OrderAnswered(child.id, id_))
    return decision


def stated(decision: Decision) -> dict[str, Any]:
    """What is told of it."""
    alike = ("case", "act", "situation", "outcome", "body", "instrument", "area", "provider", "care_forms", "made_on")
    return {name: getattr(decision, name) for name in alike} | {
        "child": decision.child,
        "decision": decision.id,
        "from_": decision.effective_from,
        "until": decision.in_force_until,
        "appeal_until": decision.appeal_until,
        "renews": decision.renews,
        "status": str(decision.status),
        "unmet": tuple(sorted(decision.unmet)),
    }


def _judge(
    child: "Whereabouts", terms: Terms, actor: str, act: Act, case: CaseFacts | None, corrects: UUID | None = None
) -> _Judged:
    """What the table and the rules say; raised where it binds whoever decided."""
    if terms.made_on > act.today:
        raise Impossible("It lies in the future.", field="made_on", rule="not-in-the-future")
    before = {each.id for each in child.decisions} - {corrects}
    if terms.renews is not None and terms.renews not in before:
        raise Invalid("The child has no such decision.", field="renews", rule="decision-known")
    line = decision_table.line(act.law, terms.act, terms.situation, terms.made_on, terms.area)
    binds = not terms.ordered and not decisions_checks.found_on_paper(child, terms)
    terms = decisions_checks.completed(child, terms, line, act, actor if binds else None, corrects)
    if corrects is not None and corrects in decisions_checks.renewed(child, terms.renews):
        raise Invalid("That decision renews this one.", field="renews", rule="renews-an-earlier-one")
    refusals = list(decisions_checks.by_table(child, terms, line, act))
    verdicts = [each for each in decisions_checks.verdicts(child, terms, act, case) if not each.met]
    alone = [each for each in verdicts if binds and decisions_checks.needs_second_person(each)]
    verdicts = [each for each in verdicts if each not in alone]
    if binds:
        decisions_acts.require(child, terms, act, corrects, case.kind if case else None)
        decisions_checks.require_outcome(terms, act)
        for refusal in refusals:
            raise refusal
        refuse(verdicts)
    unmet = {str(each.rule): dict(each.facts) for each in refusals}
    unmet |= {each.rule.id: dict(each.facts) for each in verdicts}
    second = bool(alone) or (binds and line is not None and line.second_signature)
    return _Judged(terms, line, binds, second, unmet, case.assessed_by if case else frozenset())


def _made(child: "Whereabouts", id_: UUID, judged: _Judged, by: By, act: Act) -> Decision:
    terms, confirm_by = judged.terms, _confirm_by(judged, by.at, act)
    needs_second = judged.needs_second(by.actor)
    status = DecisionStatus.UNSIGNED if needs_second else DecisionStatus.IN_FORCE
    if confirm_by is not None:
        status = DecisionStatus.ORAL
    return Decision(
        id=id_, child=child.id, status=status, recorded_by=by.actor, recorded_at=by.at, confirm_by=confirm_by,
        carry_out_by=_carry_out_by(judged, act), needs_second=needs_second, unmet=judged.unmet, **vars(terms),
    )  # fmt: skip


def _kept(decision: Decision, terms: Terms) -> Terms:
    """The terms of a correction, with what it does not say anew: who decided, and the hour of an oral order."""
    decided_by = None if terms.ordered else decision.decided_by
    made_at = decision.made_at if terms.oral else None
    return replace(terms, decided_by=terms.decided_by or decided_by, made_at=terms.made_at or made_at)


def _restate(decision: Decision, judged: _Judged, by: By, act: Act) -> None:
    """Write a correction into the decision, but for its status."""
    terms = judged.terms
    if terms.situation != VOLUNTARY:
        decision.agreement_withdrawn_at = None
    if decision.agreement_withdrawn_at is not None:
        ends = [each for each in (terms.in_force_until, decision.in_force_until) if each is not None]
        terms = replace(terms, in_force_until=max(min(ends), terms.effective_from + timedelta(days=1)))
    if decisions_standing.says_otherwise(decision, terms):
        decision.second_by = decision.second_at = None
        decision.recorded_by = by.actor  # whoever wrote what is to be signed is no second person
    for each in fields(Terms):
        setattr(decision, each.name, getattr(terms, each.name))
    decision.unmet = judged.unmet
    decision.needs_second = judged.needs_second(decision.recorded_by) or (judged.binds and decision.needs_second)
    decision.carry_out_by = _carry_out_by(judged, act)
    if decision.confirmed_at is None:
        decision.confirm_by = _confirm_by(judged, decision.recorded_at, act)


def _confirm_by(judged: _Judged, recorded_at: datetime, act: Act) -> datetime | None:
    """Until when an oral order is to be confirmed in writing."""
    terms, line = judged.terms, judged.line
    if not terms.oral:
        return None
    since = terms.made_at or recorded_at
    if line and line.confirm:
        return act.law.calendar.deadline(since, line.confirm)
    return act.law.deadline(CONFIRMATION, since, terms.area)


def _carry_out_by(judged: _Judged, act: Act) -> date | None:
    """The last day on which it may be carried out; then it lapses."""
    terms, line = judged.terms, judged.line
    if not line or not line.carry_out or not act.law.outcome(terms.outcome).carried_out:
        return None
    return act.law.calendar.last_day(max(terms.made_on, terms.effective_from), line.carry_out)


def _tell_whom_to_see(child: "Whereabouts", decision: Decision, act: Act) -> None:
    """It does not hold before a second person has signed, or rules are not met by it: that is not old news."""
    see_to = _see_to(decision, act)
    child.record(decision_facts.DecisionCorrected(**stated(decision), withdrawn=False, see_to=see_to))


def _see_to(decision: Decision, act: Act) -> tuple[str, str, date | datetime] | None:
    """The alarm that it begins: kind, role, until when."""
    if decision.unconfirmed and decision.confirm_by:
        return decision_facts.CONFIRM_ORAL, "duty_officer", decision.confirm_by
    if decision.unmet and decision.answered_at is None:
        usual = act.today + timedelta(days=act.law.law(decision.area, decision.made_on, act.today).breach_due)
        return decision_facts.APPEAL_OR_REVIEW, "supervisor", decision.appeal_until or usual
    if decision.needs_second:
        last = act.law.last_day(SIGNATURE, act.today, decision.area)
        return decision_facts.SECOND_SIGNATURE, "supervisor", last or act.today
    return None
