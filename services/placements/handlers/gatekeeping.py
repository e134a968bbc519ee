"""What happens in a gatekeeping case when somebody asks, and when its decision is made. The caller commits.

The caller has locked the child's whereabouts, as for every record about a child; then the case is locked. decisions
calls `require_seen`, `facts`, `decided`, `appealed`, `carried_out` and `lapsed`. What falls due: gatekeeping_clocks.
"""

from datetime import date, datetime
from uuid import UUID

from services.placements.commands import gatekeeping as commands
from services.placements.domain import gatekeeping_facts, gatekeeping_states
from services.placements.domain.gatekeeping import GatekeepingCase
from services.placements.domain.gatekeeping_parts import Assessment, Finding, FindingKind
from services.placements.domain.gatekeeping_states import CaseStatus, Step
from services.placements.domain.gatekeeping_voluntary import agreed_despite
from services.placements.domain.possible import require_entry
from services.placements.domain.situation import CaseFacts
from services.placements.handlers import gatekeeping_clocks, gatekeeping_voluntary
from services.placements.handlers.gatekeeping_work import UnitOfWork
from shared.command import Command
from shared.errors import Conflict, Invalid, NotFound
from shared.happening import Happening


def request_gatekeeping(uow: UnitOfWork, command: commands.RequestGatekeeping) -> GatekeepingCase:
    """Ask for a decision on a child. Raises Conflict where such a case is open."""
    child = uow.whereabouts.of(command.child)
    require_entry(child.known)
    if uow.gatekeeping_cases.open_of(command.child, command.kind):
        raise Conflict("Such a case is open for this child.", field="kind", rule="one-open-case")
    uow.keep_words_of(command.child)
    case = GatekeepingCase.request(
        command.id,
        command.child,
        command.kind,
        area=command.area,
        reasons=command.reasons,
        help_tried=command.help_tried,
        step=_step(uow, command),
    )
    uow.gatekeeping_cases.add(case)
    return case


def screen_gatekeeping(uow: UnitOfWork, command: commands.ScreenGatekeeping) -> GatekeepingCase:
    """The request is one for this gate; a lapsed case is taken up again."""
    case = uow.gatekeeping_cases.get(command.id)
    case.screen(command.words, _step(uow, command))
    return case


def reason_gatekeeping(uow: UnitOfWork, command: commands.ReasonGatekeeping) -> GatekeepingCase:
    """Say anew for which reasons, and which help was tried before."""
    case = uow.gatekeeping_cases.get(command.id)
    case.reason(command.reasons, command.help_tried, command.today)
    return case


def record_hearing(uow: UnitOfWork, command: commands.RecordHearing) -> GatekeepingCase:
    """The child was heard, or was not, for a reason."""
    case = uow.gatekeeping_cases.get(command.id)
    case.hear(command.hearing, command.today)
    return case


def record_parent_view(uow: UnitOfWork, command: commands.RecordParentView) -> GatekeepingCase:
    """What one of the parents was told and said."""
    case = uow.gatekeeping_cases.get(command.id)
    case.ask_parent(command.view, command.today)
    return case


def assess_gatekeeping(uow: UnitOfWork, command: commands.AssessGatekeeping) -> GatekeepingCase:
    """The assessment is done, with what it finds."""
    case, by, on = uow.gatekeeping_cases.get(command.id), command.actor, command.on
    necessity = Finding(
        kind=FindingKind.NECESSITY, found=command.necessity, by=by, on=on, words=command.necessity_words
    )
    suitability = None
    if command.suitability is not None:
        words = command.suitability_words
        suitability = Finding(kind=FindingKind.SUITABILITY, found=command.suitability, by=by, on=on, words=words)
    assessment = Assessment(by=by, on=on, domains=command.domains, words=command.words)
    case.assess(assessment, necessity, suitability, _step(uow, command))
    return case


def record_finding(uow: UnitOfWork, command: commands.RecordFinding) -> GatekeepingCase:
    """Record one finding, each by itself."""
    case = uow.gatekeeping_cases.get(command.id)
    finding = Finding(
        kind=command.kind, found=command.found, by=command.actor, on=command.on, until=command.until,
        words=command.words,
    )  # fmt: skip
    forms = {each.care_form for each in case.options}
    family = frozenset(form for form in forms if not uow.law.care_form(form).residential)
    case.find(finding, family, command.today)
    return case


def record_options(uow: UnitOfWork, command: commands.RecordOptions) -> GatekeepingCase:
    """Which forms of care were considered, who was asked, what they answered. Raises Invalid for a provider unknown."""
    case = uow.gatekeeping_cases.get(command.id)
    for option in command.options:
        if option.provider is not None and not uow.providers.exists(option.provider):
            raise Invalid(
                "No provider with this id.", field="provider", rule="provider-known",
                remedy="Name the provider or family that was asked, as registered here.",
            )  # fmt: skip
    case.record_options(command.options, command.kin_searched_on, _step(uow, command))
    return case


def convene_panel(uow: UnitOfWork, command: commands.ConvenePanel) -> GatekeepingCase:
    """Who sits on the panel; from then on the case is on their agenda."""
    case = uow.gatekeeping_cases.get(command.id)
    case.convene(command.members)
    return case


def recommend_gatekeeping(uow: UnitOfWork, command: commands.RecommendGatekeeping) -> GatekeepingCase:
    """The panel recommends. Raises PanelTooNarrow, NotOnThisPanel."""
    case = uow.gatekeeping_cases.get(command.id)
    professions = uow.law.number("panel_professions", case.area, command.today)
    case.recommend(command.recommendation, professions.amount if professions else 1, _step(uow, command))
    return case


def withdraw_gatekeeping(uow: UnitOfWork, command: commands.WithdrawGatekeeping) -> GatekeepingCase:
    """The request is given up."""
    case = uow.gatekeeping_cases.get(command.id)
    case.withdraw(command.reason, command.today)
    return case


def join_gatekeeping(uow: UnitOfWork, command: commands.JoinGatekeeping) -> GatekeepingCase:
    """Hear it together with the case of a brother or sister."""
    uow.gatekeeping_cases.expect([command.id, command.into])  # of two at once in one order
    case = uow.gatekeeping_cases.get(command.id)
    siblings = uow.whereabouts.of(case.child).known.siblings
    case.join(uow.gatekeeping_cases.get(command.into), siblings)
    return case


def facts(uow: UnitOfWork, case_id: UUID, child: UUID) -> CaseFacts:
    """What the rules read of a child's case. Raises NotFound where it has no such case."""
    case = _of_child(uow, case_id, child)
    leading = _leading(uow, case)
    return gatekeeping_facts.facts(case, leading, agreed=_agreed(uow, case))


def require_seen(uow: UnitOfWork, case_id: UUID, child: UUID, version: int | None) -> None:
    """Who decides a child's case has seen it as it is now. Raises NotFound, PreconditionMissing, Stale."""
    _of_child(uow, case_id, child).require_seen(version)


def decided(
    uow: UnitOfWork,
    case_id: UUID,
    child: UUID,
    decision_id: UUID,
    outcome: str,
    today: date,
    *,
    ordered: bool = False,
    until: date | None = None,
) -> GatekeepingCase:
    """A decision was recorded in a child's case. `ordered`: by a court, at whatever step the case is."""
    case = _of_child(uow, case_id, child)
    case.decide(decision_id, outcome, today, ordered=ordered, until=until, leading=_leading(uow, case))
    return case


def corrected(uow: UnitOfWork, decision_id: UUID, outcome: str, *, ordered: bool) -> None:
    """The record of a case's decision was put right. Raises Conflict where it could not have been decided so."""
    for case in uow.gatekeeping_cases.on_decision(decision_id):
        case.restate(outcome, ordered=ordered, leading=_leading(uow, case))


def appealed(uow: UnitOfWork, decision_id: UUID, *, suspends: bool) -> None:
    """Somebody appeals against the decision of a case."""
    for case in uow.gatekeeping_cases.on_decision(decision_id):
        case.appeal(decision_id, suspends=suspends)


def carried_out(uow: UnitOfWork, decision_id: UUID, on: date) -> None:
    """What a decision permits began."""
    for case in uow.gatekeeping_cases.on_decision(decision_id):
        if case.status is CaseStatus.DECIDED:
            case.carry_out(on)


def lapsed(uow: UnitOfWork, decision_id: UUID, at: datetime, on: date) -> None:
    """A decision was not carried out in time, or is none any more: its case is on the list again."""
    for case in uow.gatekeeping_cases.on_decision(decision_id):
        if case.status is CaseStatus.DECIDED:
            case.lapse(on, Step("system", at, on, uow.law))


def note_child_withdrawn(uow: UnitOfWork, event: Happening) -> None:
    """Registry's entry was made in error: its cases and what its parents agreed to fall away."""
    _fall_away(uow, event.subject, gatekeeping_states.IN_ERROR)
    gatekeeping_voluntary.note_entered_in_error(uow, event)


def note_child_died(uow: UnitOfWork, event: Happening) -> None:
    """The child died: its cases and what its parents agreed to fall away."""
    _fall_away(uow, event.subject, gatekeeping_states.CHILD_DIED)
    gatekeeping_voluntary.note_died(uow, event)


def _fall_away(uow: UnitOfWork, child: UUID, reason: str) -> None:
    uow.whereabouts.of(child)
    for case in uow.gatekeeping_cases.open_of(child):
        case.withdraw(reason, uow.today)


def _of_child(uow: UnitOfWork, case_id: UUID, child: UUID) -> GatekeepingCase:
    case = uow.gatekeeping_cases.get(case_id)
    if case.child != child:
        raise NotFound("The child has no such case.", field="case")
    return case


def _agreed(uow: UnitOfWork, case: GatekeepingCase) -> bool | None:
    """Whether an agreement stands for the case: of nobody who is suspected of harm, against no other parent's No.

    Suspected by any case of the child, also under a record that was merged with its own.
    """
    stands = uow.voluntary_agreements.stands_for(case.id)
    if not stands:
        return stands
    made = (each for each in uow.voluntary_agreements.open_of(case.child) if each.case == case.id)
    known = gatekeeping_voluntary.said_last(uow, uow.whereabouts.of(case.child))
    return agreed_despite(made, case.parents, known)


def _leading(uow: UnitOfWork, case: GatekeepingCase) -> GatekeepingCase | None:
    return uow.gatekeeping_cases.get(case.joined_into) if case.joined_into else None


def _step(uow: UnitOfWork, command: Command) -> Step:
    return Step(command.actor, command.at, command.today, uow.law)


CONSUMED = {
    "registry.child-withdrawn.v1": note_child_withdrawn,
    "registry.child-died.v1": note_child_died,
}

TIMED = {**gatekeeping_clocks.TIMED, **gatekeeping_voluntary.TIMED}
