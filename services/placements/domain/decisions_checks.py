"""What the decision table says to a decision, and what follows from it where people left it out.

Not here: what the rules of care say (judgement), whether that binds (decisions).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from services.placements.domain import codes, judgement
from services.placements.domain.decision import DecisionStatus, Terms
from services.placements.domain.decision_table import Line, line
from services.placements.domain.judgement import Act
from services.placements.domain.placement import Ground, Placement, State, Stay
from services.placements.domain.rules import Verdict
from services.placements.domain.situation import CaseFacts
from shared.errors import Invalid, Refused

if TYPE_CHECKING:
    from services.placements.domain.whereabouts import Whereabouts

PROLONGING = frozenset({"PROLONGATION", "RENEWAL"})
RELIED_ON = {"decision_act": PROLONGING}
TABLE_RULES = ("body-not-named", "oral-not-allowed", "longest-decision", "renewals-used-up")
"""What the decision table says no to; like the rules, it does not bind a court."""

IN_FORCE, OF_THE_PLACE = "decision-in-force", frozenset({"registered-provider", "approval-in-force"})


class BodyNotNamed(Refused):
    """The pack's decision table does not let this body decide this."""

    code = "body-not-named"
    title = "Not a body that decides this"


class OralNotAllowed(Refused):
    """The law knows no oral order for this."""

    code = "oral-not-allowed"
    title = "No oral order"


class DecisionTooLong(Refused):
    """A decision holds no longer than the law says."""

    code = "longest-decision"
    title = "Holds too long"


class RenewalsUsedUp(Refused):
    """The law lets it be renewed no more often."""

    code = "renewals-used-up"
    title = "Renewed too often"


def completed(
    child: "Whereabouts", terms: Terms, by_law: Line | None, act: Act, decider: str | None, corrects: UUID | None = None
) -> Terms:
    """The terms, with the end of the time to appeal as the table has it, the decision they go on for, and who decided.

    `decider`: whoever writes it down decided, where nobody else is named. None goes on for itself (`corrects`).
    """
    appeal_until, renews = terms.appeal_until, terms.renews
    if appeal_until is None and by_law and by_law.appeal:
        appeal_until = act.law.calendar.last_day(terms.made_on, by_law.appeal)
    if renews is None and terms.act in PROLONGING:
        before = [
            each
            for each in child.decisions
            if corrects not in renewed(child, each.id)
            and each.holds(terms.made_on)
            and set(each.care_forms) & set(terms.care_forms)
        ]
        renews = max(before, key=lambda each: each.effective_from).id if before else None
    decided_by = terms.decided_by or decider
    return replace(terms, appeal_until=appeal_until, renews=renews, decided_by=decided_by)


def found_on_paper(child: "Whereabouts", terms: Terms) -> bool:
    """Whether it was made before an import brought the stay that it permits: then it is a fact of the past.

    It names the stay's form and no other provider, was in effect before the import, and on one of the stay's days.
    """
    return any(
        each.ground is Ground.IMPORTED
        and each.state is not State.WITHDRAWN
        and max(terms.made_on, terms.effective_from) < each.recorded_on
        and each.care_form in terms.care_forms
        and (None in {terms.provider, each.provider} or terms.provider == each.provider)
        and terms.effective_from < (each.to or date.max)
        and each.from_ < (terms.in_force_until or date.max)
        for each in child.placements
    )


def by_table(child: "Whereabouts", terms: Terms, by_law: Line | None, act: Act) -> Iterator[Refused]:
    """What the table says no to."""
    decides = by_law.decides if by_law else frozenset()
    if decides is not None and terms.body not in decides:
        refusal = BodyNotNamed(
            f"The decision table names {'other bodies' if decides else 'nobody'} for this.", field="body",
            rule=BodyNotNamed.code, remedy="Ask one of the bodies named to decide.",
        )  # fmt: skip
        refusal.facts = {"may_decide": " ".join(sorted(decides)) or "none"}
        yield refusal
    if by_law is None:
        return
    if terms.oral and not by_law.oral:
        yield OralNotAllowed(
            "The law knows no oral order for this.", field="instrument", rule=OralNotAllowed.code,
            remedy="Record the decision when it is in writing.",
        )  # fmt: skip
    last = act.law.calendar.last_day(terms.effective_from, by_law.longest) if by_law.longest else None
    if last is not None and (terms.in_force_until is None or terms.in_force_until > last):
        yield DecisionTooLong(
            f"It holds until {last.isoformat()} at most.", field="in_force_until", rule=DecisionTooLong.code,
            remedy="Let it end by then; it may be reviewed and renewed.",
        )  # fmt: skip
    used, allowed = _renewals(child, terms, by_law, act)
    if allowed is not None and used > allowed:
        yield RenewalsUsedUp(
            f"The law lets it be renewed {allowed} times.", field="renews", rule=RenewalsUsedUp.code,
            remedy="Decide anew what the child needs: return, a family, or a permanent placement.",
        )  # fmt: skip


def verdicts(child: "Whereabouts", terms: Terms, act: Act, case: CaseFacts | None) -> Sequence[Verdict]:
    """What the rules say to each stay that the decision would permit, each rule once."""
    found: dict[str, Verdict] = {}
    for asked in stays(child, terms, act, case):
        permission = judgement.permission(child, asked, act, case, terms)
        placing = (each for each in permission if asked_when_decided(each.rule.id, terms))
        for verdict in (*placing, *judgement.deciding(child, asked, act, case, terms)):
            if verdict.rule.id not in found or not verdict.met:
                found[verdict.rule.id] = verdict
    return tuple(found.values())


def stays(
    child: "Whereabouts", terms: Terms, act: Act, case: CaseFacts | None, kind: type[Placement] = Placement
) -> Iterator[Placement]:
    """The stays that a decision would permit, as rules read them; none of them is one of the child's."""
    for form in terms.care_forms:
        first, *others = case.reasons if case and case.reasons else (codes.NOT_RECORDED,)
        stay = Stay(
            care_form=form, area=terms.area, from_=max(terms.effective_from, terms.made_on), provider=terms.provider,
            planned_to=terms.in_force_until, entry_reason=first,
        )  # fmt: skip
        asked = kind.of(act.new_id(), child.id, State.PLANNED, stay, ground=None, today=act.today)
        asked.other_reasons = tuple(others)
        yield asked


def asked_when_decided(rule: str, terms: Terms) -> bool:
    """Whether a rule on the stay is asked when it is decided: not for this decision, nor for a place named later."""
    return rule != IN_FORCE and (terms.provider is not None or rule not in OF_THE_PLACE)


def needs_second_person(verdict: Verdict) -> bool:
    """Whether all that is wrong is that the one who assessed decided: then somebody of the next level up signs."""
    return verdict.rule.id == "separation-of-duties" and verdict.facts.get("own_staff_on_panel") == "no"


def require_outcome(terms: Terms, act: Act) -> None:
    """Raise Invalid where the care forms are none of the outcome's, or care is decided on without naming its form."""
    permitted = act.law.outcome(terms.outcome).permits
    if permitted - {"NONE"} and not terms.care_forms:
        raise Invalid("Say which care forms are permitted.", field="care_forms", rule="care-form-of-outcome")
    for form in terms.care_forms:
        if act.law.care_form(form).bucket not in permitted:
            refusal = Invalid(
                "This outcome does not go with this form of care.", field="care_forms", rule="care-form-of-outcome"
            )
            refusal.facts = {"outcome": terms.outcome, "care_form": form}
            raise refusal


def renewed(child: "Whereabouts", id_: UUID | None) -> set[UUID]:
    """A decision with those that it renews, back to the first."""
    known, found = {each.id: each for each in child.decisions}, set[UUID]()
    while id_ is not None and id_ in known and id_ not in found:
        found.add(id_)
        id_ = known[id_].renews
    return found


def _renewals(child: "Whereabouts", terms: Terms, by_law: Line, act: Act) -> tuple[int, int | None]:
    """How often it would have been renewed, and how often the law allows that which was first decided."""
    known, used, first, id_ = {each.id: each for each in child.decisions}, 0, by_law, terms.renews
    while id_ in known and used <= len(known):
        before = known[id_]
        if before.status is not DecisionStatus.WITHDRAWN:
            used += 1
        first = line(act.law, before.act, before.situation, before.made_on, before.area) or first
        id_ = before.renews
    return used, first.renewals if used else None
