"""The routes about decisions on children in care: recording, signing, confirming, appeals."""

from typing import Any
from uuid import UUID

from services.placements.api import decisions_notices, reaching
from services.placements.commands import decisions as commands
from services.placements.domain import decisions as deciding
from services.placements.handlers import decisions as handlers
from services.placements.schemas import decisions as schemas
from services.placements.views import decisions as views
from shared import http
from shared.ids import new_id

blueprint = http.Blueprint("decisions", __name__, description="Decisions on children in care")
SIGNING = "placements.decision.sign"


@blueprint.post("/children/<uuid:child_id>/decisions")
@http.requires("placements.decision.record", audits="child_id")
@blueprint.arguments(schemas.RecordDecision)
@blueprint.response(201, http.Receipt)
def record_decision(given: dict[str, Any], child_id: UUID) -> dict[str, Any]:
    """Record what a court or body decided; a court's order is never refused.

    What is decided in a gatekeeping case is recorded there, with the case's version (428 here).
    """
    http.require_scope(http.by_area(given["terms"].area))
    with http.transaction() as uow:
        reaching.require_child(uow, child_id)
        command = commands.RecordDecision(id=new_id(), child=child_id, **given, **http.acting())
        return reaching.receipt(command.id, uow.execute(handlers.record_decision, command))


@blueprint.get("/children/<uuid:child_id>/decisions")
@http.requires("placements.decision.read", audits="child_id")
@blueprint.response(200, schemas.ChildDecisions)
def read_decisions(child_id: UUID) -> dict[str, Any]:
    """All that was decided about a child; what of the law is to be confirmed is said."""
    with http.reading() as session:
        found = views.of_child(session, child_id, http.pack())
        if not any(http.in_scope(http.by_area(area)) for area in (found["area"], *found.pop("lives_in"))):
            _leave_out(found)
        http.etag(found["version"])
        return found


@blueprint.post("/decisions/<uuid:decision_id>/corrections")
@http.requires("placements.decision.correct", audits="decision_id", if_match=True)
@blueprint.arguments(schemas.CorrectDecision)
@blueprint.response(201, http.Receipt)
def correct_decision(given: dict[str, Any], decision_id: UUID) -> dict[str, Any]:
    """Put right what the record of a decision had wrong from the beginning."""
    http.require_scope(http.by_area(given["terms"].area))
    return _on_one(handlers.correct_decision, commands.CorrectDecision(id=decision_id, **given, **http.acting()))


@blueprint.post("/decisions/<uuid:decision_id>/withdrawal")
@http.requires("placements.decision.correct", audits="decision_id", if_match=True)
@blueprint.arguments(schemas.Nothing)
@blueprint.response(201, http.Receipt)
def withdraw_decision(_given: dict[str, Any], decision_id: UUID) -> dict[str, Any]:
    """Mark a decision as entered in error; it is kept, without effect."""
    return _on_one(handlers.withdraw_decision, commands.WithdrawDecision(id=decision_id, **http.acting()))


@blueprint.post("/decisions/<uuid:decision_id>/second-signature")
@http.requires(SIGNING, audits="decision_id", if_match=True)
@blueprint.arguments(schemas.Nothing)
@blueprint.response(201, http.Receipt)
def sign_decision(_given: dict[str, Any], decision_id: UUID) -> dict[str, Any]:
    """Sign as the second person: never who decided, recorded or assessed."""
    return _on_one(handlers.sign_decision, commands.SignDecision(id=decision_id, **http.acting()))


@blueprint.get("/decisions/<uuid:decision_id>/second-signers")
@http.requires("placements.decision.read", audits="decision_id")
@blueprint.response(200, schemas.SecondSigners)
def list_second_signers(decision_id: UUID) -> dict[str, Any]:
    """Who may sign as the second person: in the area, or at the next level up where the office has one worker."""
    with http.transaction() as uow:
        child = uow.whereabouts.of(uow.decisions.child_of(decision_id))
        decision = deciding.find(child, decision_id)
        http.require_scope(http.by_area(decision.area))
        pack, today = http.pack(), http.acting()["today"]
        return views.second_signers(uow.session, decision, SIGNING, pack, today)


@blueprint.post("/decisions/<uuid:decision_id>/confirmation")
@http.requires("placements.decision.confirm", audits="decision_id", if_match=True)
@blueprint.arguments(schemas.ConfirmOralOrder)
@blueprint.response(201, http.Receipt)
def confirm_oral_order(given: dict[str, Any], decision_id: UUID) -> dict[str, Any]:
    """An oral order was confirmed in writing."""
    return _on_one(handlers.confirm_oral_order, commands.ConfirmOralOrder(id=decision_id, **given, **http.acting()))


@blueprint.post("/decisions/<uuid:decision_id>/carried-out")
@http.requires("placements.decision.confirm", audits="decision_id", if_match=True)
@blueprint.arguments(schemas.CarryOutDecision)
@blueprint.response(201, http.Receipt)
def carry_out_decision(given: dict[str, Any], decision_id: UUID) -> dict[str, Any]:
    """What was decided was done; a stay that shows it needs no word."""
    return _on_one(handlers.carry_out_decision, commands.CarryOutDecision(id=decision_id, **given, **http.acting()))


@blueprint.post("/decisions/<uuid:decision_id>/answer")
@http.requires(SIGNING, audits="decision_id", if_match=True)
@blueprint.arguments(schemas.Nothing)
@blueprint.response(201, http.Receipt)
def answer_order(_given: dict[str, Any], decision_id: UUID) -> dict[str, Any]:
    """An order by which rules are not met was reviewed, and no appeal follows."""
    return _on_one(handlers.answer_order, commands.AnswerOrder(id=decision_id, **http.acting()))


@blueprint.post("/decisions/<uuid:decision_id>/appeals")
@http.requires("placements.decision.appeal", audits="decision_id", if_match=True)
@blueprint.arguments(schemas.LodgeAppeal)
@blueprint.response(201, http.Receipt)
def lodge_appeal(given: dict[str, Any], decision_id: UUID) -> dict[str, Any]:
    """Somebody appealed; the decision rests meanwhile where the law says so."""
    command = commands.LodgeAppeal(id=new_id(), decision=decision_id, **given, **http.acting())
    return _on_one(handlers.lodge_appeal, command, decision_id)


@blueprint.post("/appeals/<uuid:appeal_id>/outcome")
@http.requires("placements.decision.appeal", audits="appeal_id", if_match=True)
@blueprint.arguments(schemas.DecideAppeal)
@blueprint.response(201, http.Receipt)
def decide_appeal(given: dict[str, Any], appeal_id: UUID) -> dict[str, Any]:
    """An appeal was decided."""
    with http.transaction() as uow:
        child = uow.whereabouts.of(uow.decisions.child_of_appeal(appeal_id))
        appeal = next(each for each in child.appeals if each.id == appeal_id)
        http.require_scope(http.by_area(deciding.find(child, appeal.decision).area))
        http.require_version(child)
        command = commands.DecideAppeal(id=appeal_id, **given, **http.acting())
        return reaching.receipt(appeal_id, uow.execute(handlers.decide_appeal, command))


def _on_one(handler: Any, command: Any, decision_id: UUID | None = None) -> dict[str, Any]:
    """Act on a decision within reach, as the caller has seen the child's whereabouts."""
    with http.transaction() as uow:
        id_ = decision_id or command.id
        child = uow.whereabouts.of(uow.decisions.child_of(id_))
        http.require_scope(http.by_area(deciding.find(child, id_).area))
        http.require_version(child)
        return reaching.receipt(command.id, uow.execute(handler, command))


def _leave_out(found: dict[str, Any]) -> None:
    """Keep of what was decided about a child what is within reach. Raises NotFound where nothing is."""
    for name in ("decisions", "notices", "emergencies"):
        found[name] = [each for each in found[name] if http.in_scope(http.by_area(each["area"]))]
    kept = {each["id"] for each in found["decisions"]}
    found["appeals"] = [each for each in found["appeals"] if each["decision"] in kept]
    if not (kept or found["emergencies"]):
        http.require_scope(http.by_area(found["area"]))


BLUEPRINTS = (blueprint, *decisions_notices.BLUEPRINTS)
