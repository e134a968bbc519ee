"""The routes about setting rules aside, and about what rules would say to a stay."""

from typing import Any
from uuid import UUID

from services.placements import domain
from services.placements.api import lists, reaching
from services.placements.commands import exemptions as commands
from services.placements.domain import exemptions
from services.placements.handlers import exemptions as handlers
from services.placements.schemas import exemptions as schemas
from services.placements.views import exemptions as views
from shared import http
from shared.ids import new_id

blueprint = http.Blueprint("exemptions", __name__, description="Rules set aside, and what rules would say")
NARROWS = ("rule", "state", "kind")


@blueprint.post("/children/<uuid:child_id>/verdicts")
@http.requires("placements.placement.judge", audits="child_id", safe=True)
@blueprint.arguments(schemas.JudgeStay)
@blueprint.response(200, schemas.Verdicts)
def judge_stay(given: dict[str, Any], child_id: UUID) -> dict[str, Any]:
    """What all rules would say to a stay that somebody thinks of, and what would satisfy each. Nothing is written."""
    command = commands.JudgeStay(child=child_id, **given, **http.acting())
    with http.transaction() as uow:
        _require_reach(uow, child_id, given["stay"])
        found = handlers.judge_stay(uow, command)
        area, today = given["stay"].area, command.today
        verdicts = [_verdict(each, uow.law.overriders(each.rule.parameters, area, today)) for each in found]
        return {"permitted": all(each.met for each in found), "verdicts": verdicts}


@blueprint.post("/children/<uuid:child_id>/deviations")
@http.requires("placements.exemption.propose", audits="child_id")
@blueprint.arguments(schemas.SetAside)
@blueprint.response(201, http.Receipt)
def propose_deviation(given: dict[str, Any], child_id: UUID) -> dict[str, Any]:
    """Ask to deviate from a rule, with a reason; a second person signs."""
    command = commands.ProposeDeviation(id=new_id(), child=child_id, **given, **http.acting())
    with http.transaction() as uow:
        _require_reach(uow, child_id, given["stay"], given["placement"])
        return reaching.receipt(command.id, uow.execute(handlers.propose_deviation, command))


@blueprint.post("/children/<uuid:child_id>/overrides")
@http.requires("placements.exemption.override", audits="child_id")
@blueprint.arguments(schemas.SetAside)
@blueprint.response(201, http.Receipt)
def override_rule(given: dict[str, Any], child_id: UUID) -> dict[str, Any]:
    """Set a rule aside by one's own authority, up to a day, where the pack lets this person."""
    with http.transaction() as uow:
        _require_reach(uow, child_id, given["stay"], given["placement"])
        roles = frozenset(uow.context.roles)
        command = commands.OverrideRule(id=new_id(), child=child_id, roles=roles, **given, **http.acting())
        return reaching.receipt(command.id, uow.execute(handlers.override_rule, command))


@blueprint.post("/exemptions/<uuid:exemption_id>/signature")
@http.requires("placements.exemption.sign", audits="exemption_id", if_match=True)
@blueprint.arguments(schemas.Sign)
@blueprint.response(201, http.Receipt)
def sign_deviation(_given: dict[str, Any], exemption_id: UUID) -> dict[str, Any]:
    """The second person signs a deviation: from now on it stands in for the rule."""
    return _on_one(handlers.sign_deviation, commands.SignDeviation(id=exemption_id, **http.acting()))


@blueprint.post("/exemptions/<uuid:exemption_id>/refusal")
@http.requires("placements.exemption.sign", audits="exemption_id", if_match=True)
@blueprint.arguments(schemas.EndExemption)
@blueprint.response(201, http.Receipt)
def refuse_deviation(given: dict[str, Any], exemption_id: UUID) -> dict[str, Any]:
    """The second person does not sign."""
    return _on_one(handlers.refuse_deviation, commands.RefuseDeviation(id=exemption_id, **given, **http.acting()))


@blueprint.post("/exemptions/<uuid:exemption_id>/withdrawal")
@http.requires("placements.exemption.sign", audits="exemption_id", if_match=True)
@blueprint.arguments(schemas.EndExemption)
@blueprint.response(201, http.Receipt)
def withdraw_exemption(given: dict[str, Any], exemption_id: UUID) -> dict[str, Any]:
    """It stands in for the rule no longer; where the rule is not met a breach opens."""
    return _on_one(handlers.withdraw_exemption, commands.WithdrawExemption(id=exemption_id, **given, **http.acting()))


@blueprint.get("/children/<uuid:child_id>/exemptions")
@http.requires("placements.exemption.read", audits="child_id")
@blueprint.response(200, schemas.ChildExemptions)
def read_exemptions(child_id: UUID) -> dict[str, Any]:
    """The exemptions of a child within reach, with their reasons."""
    with http.reading() as session:
        known = reaching.child(session, child_id)
        http.etag(known["version"])
        return {"version": known["version"], "items": views.of_child(session, child_id, http.reach())}


@blueprint.get("/exemptions")
@http.requires("placements.exemption.read")
@blueprint.arguments(schemas.ExemptionQuery, location="query")
@blueprint.response(200, schemas.ExemptionPage)
def list_exemptions(query: dict[str, Any]) -> dict[str, Any]:
    """Rules set aside, or that somebody asks to set aside, within reach; the oldest first."""
    return lists.within_reach(query, views.listed, _narrowed(query), by=lambda row: (row["proposed_on"], row["id"]))


@blueprint.get("/exemptions/oversight")
@http.requires("placements.exemption.oversee")
@blueprint.arguments(schemas.ExemptionQuery, location="query")
@blueprint.response(200, schemas.OverseenPage)
def oversee_exemptions(query: dict[str, Any]) -> dict[str, Any]:
    """Which rules were set aside where, why by code, and until when; of no child, by no name."""
    after = http.decode_cursor(query["cursor"], *lists.BY_DAY)
    with http.reading() as session:
        rows = views.for_oversight(session, _narrowed(query), lists.areas(query), after, query["limit"] + 1)
        http.audit_read(None)
        return http.page(rows, query["limit"], key=lambda row: (row["proposed_on"], row["id"]))


def _narrowed(query: dict[str, Any]) -> dict[str, str | None]:
    return {name: query[name] for name in NARROWS}


def _require_reach(uow: Any, child_id: UUID, stay: domain.Stay | None, placement_id: UUID | None = None) -> None:
    """What rules say names the child's facts: who reaches neither the child's area nor its present place learns none.

    Raises OutOfScope.
    """
    reaching.child(uow.session, child_id)
    child = uow.whereabouts.of(child_id)
    if placement_id is not None:
        placement = child.placement(placement_id)
        http.require_scope(http.by_area(placement.area, placement.provider))
    elif stay is not None:
        http.require_scope(http.by_area(stay.area, stay.provider))
    if child.known.area is not None:
        http.require_scope(http.by_area(child.known.area))


def _on_one(handler: Any, command: Any) -> dict[str, Any]:
    """Act on an exemption within reach, as the caller has seen the child's whereabouts."""
    with http.transaction() as uow:
        child = uow.whereabouts.of(uow.exempted.child_of(command.id))
        found = exemptions.find(child, command.id)
        http.require_scope(http.by_area(found.area, found.provider))
        http.audit_read(child.id)
        http.require_version(child)
        return reaching.receipt(command.id, uow.execute(handler, command))


def _verdict(verdict: domain.Verdict, overriders: frozenset[str]) -> dict[str, Any]:
    rule = verdict.rule
    return {
        "rule": rule.id, "title": rule.title, "source": rule.source, "satisfied": verdict.satisfied,
        "met": verdict.met, "exemption": verdict.exemption.id if verdict.exemption else None,
        "facts": dict(verdict.facts), "conflicts_with": verdict.found.against, "yields": verdict.yields,
        "deviation": verdict.deviable and not verdict.met, "overridden_by": sorted(overriders),
        "remedy": verdict.satisfied_by, "until": verdict.until,
    }  # fmt: skip


BLUEPRINTS: tuple[http.Blueprint, ...] = (blueprint,)
