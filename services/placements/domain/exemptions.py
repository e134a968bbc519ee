"""What stands in for a rule that is not met: a deviation, reasoned and signed by two, or an override (CARE C12).

A deviation is possible where the rule allows one, or where two rules cannot both be met; an override only where the
pack says by whom, never for a conflict of rules, and it ends on a day. None is silent: each is told, listed for
oversight, and judged with the rule. Parts of whereabouts, which is the lock. Not here: the rules (rules_*), the words.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

from services.placements.domain import judgement, possible
from services.placements.domain.days import months_later
from services.placements.domain.exemption_facts import (
    DEVIATION,
    OVERRIDE,
    ExemptionEnded,
    ExemptionGranted,
    ExemptionProposed,
)
from services.placements.domain.placement import Placement, State, Stay
from services.placements.domain.rulebook import RULES
from services.placements.domain.rules import Rule, Verdict
from shared.errors import Conflict, Forbidden, Invalid, NotFound, Refused

if TYPE_CHECKING:
    from services.placements.domain.judgement import Act
    from services.placements.domain.whereabouts import Whereabouts

EXPIRED, STAY_OVER = "EXPIRED", "STAY_OVER"
RELIED_ON: Mapping[str, frozenset[str]] = {"exemption_end_reason": frozenset({EXPIRED, STAY_OVER})}
NOBODY, ONE_NIGHT = UUID(int=0), timedelta(days=1)
SIGNATURE_DUE, OVERRIDE_HOLDS = "exemption_signature_due", "override_holds"


class ExemptionState(StrEnum):
    """Where an exemption is in its life; only one in force stands in for a rule."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    REFUSED = "refused"
    ENDED = "ended"


TRANSITIONS: dict[ExemptionState, frozenset[ExemptionState]] = {
    ExemptionState.PROPOSED: frozenset({ExemptionState.IN_FORCE, ExemptionState.REFUSED}),
    ExemptionState.IN_FORCE: frozenset({ExemptionState.ENDED}),
    ExemptionState.REFUSED: frozenset(),
    # Back where the end of its stay was an error.
    ExemptionState.ENDED: frozenset({ExemptionState.IN_FORCE}),
}


class NoDeviation(Refused):
    """The rule allows no deviation here."""

    code = "no-deviation"
    title = "No deviation from this rule"


class NotOverridable(Refused):
    """The country pack lets nobody, or not this person, override the rule."""

    code = "not-overridable"
    title = "Not to be overridden"


class SameSigner(Forbidden):
    """Two different people sign."""

    code = "same-signer"
    title = "A second person signs"


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What is asked: that a rule be set aside in a stay, for a reason by code, up to (not on) the day `until`."""

    rule: str
    reason: str
    by: str
    until: date | None = None


@dataclass(eq=False)
class Exemption:
    """What stands in for one rule in a stay: in a placement, or in the first stay of the form at the provider.

    `facts` are those by which the rule was not met; in [`signed_on`, `until`) it is in force, and not beyond its stay.
    """

    id: UUID
    child: UUID
    rule: str
    kind: str
    state: ExemptionState
    reason: str
    placement: UUID | None
    care_form: str
    provider: UUID | None
    area: str
    facts: dict[str, str]
    conflicts_with: str | None
    proposed_by: str
    proposed_on: date
    until: date | None
    signed_by: str | None = None
    signed_on: date | None = None
    ended_on: date | None = None
    end_reason: str | None = None

    def covers(self, rule: str, stay: Placement, on: date) -> bool:
        """Whether it stands in for a rule in a stay on a day; in the stay with which it ended it did."""
        if self.state is ExemptionState.ENDED and self.end_reason == STAY_OVER:
            return self.rule == rule and stay.id == self.placement
        if self.state is not ExemptionState.IN_FORCE or self.rule != rule or (self.until and on >= self.until):
            return False
        return stay.id == self.placement or (stay.care_form, stay.provider) == (self.care_form, self.provider)

    def enter(self, state: ExemptionState) -> None:
        """Go over into another state. Raises Conflict where TRANSITIONS has no such step."""
        if state not in TRANSITIONS[self.state]:
            raise Conflict(f"An exemption that is {self.state} cannot become {state}.", field="state")
        self.state = state


@dataclass(eq=False)
class Reasoning:
    """The reason in words, of whoever asked. Sealed; told to nobody."""

    id: UUID
    child: UUID
    words: str


def asked(child: "Whereabouts", stay: Stay, other_reasons: tuple[str, ...], today: date) -> Placement:
    """A stay that somebody means to authorise, as rules read it; it is no placement of the child."""
    placement = Placement.of(NOBODY, child.id, State.PLANNED, replace(stay, to=None), ground=None, today=today)
    placement.other_reasons = other_reasons
    return placement


def find(child: "Whereabouts", id_: UUID) -> Exemption:
    """One of the child's exemptions. Raises NotFound, and EntryIsWithdrawn for an entry made in error."""
    possible.require_entry(child.known)
    for each in child.exemptions:
        if each.id == id_:
            return each
    raise NotFound("No exemption with this id.", field="exemption")


def propose(child: "Whereabouts", id_: UUID, stay: Placement, ask: Ask, act: "Act") -> Exemption:
    """Ask for a deviation; it stands in for the rule when a second person has signed.

    Raises Invalid for a rule that there is not, NoDeviation where the rule allows none here, Conflict where it is met.
    """
    possible.require_entry(child.known)
    rule = _rule(ask.rule)
    verdict = _verdict(child, stay, rule, act)
    if not (verdict.deviable if verdict else rule.deviation):
        raise NoDeviation(f"{rule.title}: no deviation is possible.", rule=rule.id, remedy=rule.satisfied_by)
    _require_day(rule, ask.until, stay, act)
    found = _exemption(id_, child.id, DEVIATION, stay, ask, verdict, act.today)
    child.exemptions.append(found)
    due = act.law.last_day(SIGNATURE_DUE, act.today, stay.area) or act.today
    child.record(ExemptionProposed(child.id, id_, rule.id, found.area, due))
    return found


def sign(child: "Whereabouts", id_: UUID, by: str, act: "Act") -> None:
    """The second person signs: from now on it stands in for the rule. Raises SameSigner, Conflict."""
    found = find(child, id_)
    if by == found.proposed_by:
        raise SameSigner(
            "Who asked does not sign too.",
            rule="second-signature",
            remedy="Another person signs; where there is none, one from the next level up.",
        )
    if found.until is not None and found.until <= act.today:
        raise Conflict("Its last day has passed.", field="until", rule="ends-ahead", remedy="Propose it anew.")
    found.enter(ExemptionState.IN_FORCE)
    _grant(child, found, by, act)


def refuse(child: "Whereabouts", id_: UUID, by: str, reason: str, act: "Act") -> None:
    """The second person does not sign. Raises SameSigner, Conflict."""
    found = find(child, id_)
    if by == found.proposed_by:
        raise SameSigner("Who asked does not answer.", rule="second-signature", remedy="Another person answers.")
    found.enter(ExemptionState.REFUSED)
    found.ended_on, found.end_reason = act.today, reason
    child.record(ExemptionEnded(child.id, id_, found.rule, reason, act.today))


def override(
    child: "Whereabouts", id_: UUID, stay: Placement, ask: Ask, roles: Collection[str], act: "Act"
) -> Exemption:
    """Set a rule aside by one's own authority, up to a day. Raises Invalid, Conflict, NotOverridable.

    Only roles that the pack names for one of the rule's numbers may; of two rules that collide one yields by deviation.
    """
    possible.require_entry(child.known)
    rule = _rule(ask.rule)
    allowed = act.law.overriders(rule.parameters, stay.area, act.today)
    if not allowed & set(roles):
        who = "Ask one of the roles that the law names." if allowed else rule.satisfied_by
        no = NotOverridable(f"{rule.title}: the law lets nobody like you override it.", rule=rule.id, remedy=who)
        no.facts = {"overridden_by": " ".join(sorted(allowed))} if allowed else {}
        raise no
    verdict = _verdict(child, stay, rule, act)
    if verdict is not None and verdict.found.against:
        raise NotOverridable(
            "Two rules cannot both be met; which yields is signed as a deviation.",
            rule=rule.id,
            remedy="Propose a deviation; a second person signs it.",
        )
    longest = act.law.last_day(OVERRIDE_HOLDS, act.today, stay.area)
    if longest is None:
        raise NotOverridable("The pack does not say how long an override holds.", rule=rule.id)
    ask = Ask(rule=rule.id, reason=ask.reason, by=ask.by, until=min(ask.until or longest, longest))
    _require_day(rule, ask.until, stay, act)
    found = _exemption(id_, child.id, OVERRIDE, stay, ask, verdict, act.today)
    found.state = ExemptionState.IN_FORCE
    child.exemptions.append(found)
    _grant(child, found, ask.by, act)
    return found


def withdraw(child: "Whereabouts", id_: UUID, reason: str, act: "Act") -> None:
    """It stands in no longer: the rule is judged alone again. Raises Conflict where it is not in force."""
    found = find(child, id_)
    found.enter(ExemptionState.ENDED)
    _end(child, found, act.today, reason)
    child.review(act)


def notice(child: "Whereabouts", act: "Act") -> None:
    """End those whose day is there, or whose stay is over; the fact names that day.

    Where the end of a stay turns out to have been an error, what ended with it is in force again.
    """
    for each in child.exemptions:
        over = _stay_over(child, each)
        if each.state is ExemptionState.ENDED and each.end_reason == STAY_OVER and over is None:
            each.enter(ExemptionState.IN_FORCE)
            each.ended_on, each.end_reason = None, None
            granted = _granted(each)
            child.record(granted)
        if each.state is not ExemptionState.IN_FORCE:
            continue
        if each.until is not None and each.until <= act.today:
            each.enter(ExemptionState.ENDED)
            _end(child, each, each.until, EXPIRED)
        elif over is not None:
            each.enter(ExemptionState.ENDED)
            each.placement = over.id
            _end(child, each, max(over.to or act.today, each.signed_on or act.today), STAY_OVER)


def _stay_over(child: "Whereabouts", found: Exemption) -> Placement | None:
    """The stay that it was given for, where that is over: the one it names, else the first that was lived since."""
    named = next((each for each in child.placements if each.id == found.placement), None)
    if named is None or named.state is State.WITHDRAWN:
        since, what = found.signed_on or found.proposed_on, (found.care_form, found.provider)
        lived = (each for each in child.placements if each.lived and (each.care_form, each.provider) == what)
        used = (each for each in lived if each.to is None or max(each.from_ + ONE_NIGHT, each.to) > since)
        named = min(used, key=lambda each: each.from_, default=None)
    return named if named is not None and named.state is State.ENDED else None


def changes_on(child: "Whereabouts") -> Iterator[date]:
    """The days on which one of them ends."""
    yield from (each.until for each in child.exemptions if each.state is ExemptionState.IN_FORCE and each.until)


def _rule(id_: str) -> Rule:
    if id_ not in RULES:
        raise Invalid("No rule with this id.", field="rule", rule="rule-known")
    return RULES[id_]


def _verdict(child: "Whereabouts", stay: Placement, rule: Rule, act: "Act") -> Verdict | None:
    """What the rule says to the stay; None where only a body that decides asks it. Raises Conflict where it is met."""
    verdict = judgement.of(child, stay, rule, act)
    if verdict is not None and verdict.met:
        raise Conflict("The rule is met, or set aside already.", field="rule", rule="rule-not-met")
    return verdict


def _require_day(rule: Rule, until: date | None, stay: Placement, act: "Act") -> None:
    if until is not None and until <= act.today:
        raise Invalid("It ends on a day ahead.", field="until", rule="ends-ahead")
    if rule.look_again is None:
        return
    span = act.law.number(rule.look_again, stay.area, act.today)
    last = months_later(act.today, span.amount) if span else None
    if until is None or (last is not None and until > last):
        raise Invalid(
            "It is looked at again on a day, and not too late.",
            field="until",
            rule="look-again",
            remedy=f"Name a day up to {last}." if last else "Name a day.",
        )


def _exemption(
    id_: UUID, child: UUID, kind: str, stay: Placement, ask: Ask, verdict: Verdict | None, today: date
) -> Exemption:
    return Exemption(
        id=id_, child=child, rule=ask.rule, kind=kind, state=ExemptionState.PROPOSED, reason=ask.reason,
        placement=stay.id if stay.lived else None, care_form=stay.care_form, provider=stay.provider, area=stay.area,
        facts=dict(verdict.facts) if verdict else {}, conflicts_with=verdict.found.against if verdict else None,
        proposed_by=ask.by, proposed_on=today, until=ask.until,
    )  # fmt: skip


def _grant(child: "Whereabouts", found: Exemption, by: str, act: "Act") -> None:
    found.signed_by, found.signed_on = by, act.today
    granted = _granted(found)
    child.record(granted)
    child.review(act)


def _granted(found: Exemption) -> ExemptionGranted:
    return ExemptionGranted(
        child=found.child, exemption=found.id, rule=found.rule, kind=found.kind, reason=found.reason,
        placement=found.placement, care_form=found.care_form, provider=found.provider, area=found.area,
        until=found.until, conflicts_with=found.conflicts_with, owner=RULES[found.rule].owner,
    )  # fmt: skip


def _end(child: "Whereabouts", found: Exemption, on: date, reason: str) -> None:
    found.ended_on, found.end_reason = on, reason
    child.record(ExemptionEnded(child.id, found.id, found.rule, reason, on))
