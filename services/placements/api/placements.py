"""The routes about providers, whereabouts, placements and breaches."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response, jsonify

from services.placements import commands, domain
from services.placements.api import lists, reaching
from services.placements.domain import codes
from services.placements.handlers import placements as handlers
from services.placements.schemas import placements as schemas
from services.placements.views import held
from services.placements.views import placements as views
from shared import http
from shared.errors import Forbidden, Invalid
from shared.ids import new_id

blueprint = http.Blueprint("placements", __name__, description="Where a child lives")
LEGACY = "placements.legacy.plan"
UNCONFIRMED_FOR = timedelta(hours=1)


@blueprint.post("/providers")
@http.requires("placements.provider.register")
@blueprint.arguments(schemas.RegisterProvider)
@blueprint.response(201, http.Receipt)
def register_provider(given: dict[str, Any]) -> domain.Provider:
    """Register a provider."""
    http.require_scope(http.BelongsTo(area=given["area"]))
    with http.transaction() as uow:
        command = commands.RegisterProvider(id=new_id(), **given, **http.acting())
        return uow.execute(handlers.register_provider, command)


@blueprint.get("/providers/<uuid:provider_id>")
@http.requires("placements.provider.read")
@blueprint.response(200, schemas.Provider)
def read_provider(provider_id: UUID) -> dict[str, Any]:
    """One provider, and how many children live there."""
    with http.reading() as session:
        provider = views.provider(session, provider_id)
        http.require_scope(http.by_area(provider["area"], provider_id))
        http.etag(provider["version"])
        return provider


@blueprint.post("/children/<uuid:child_id>/placements")
@http.requires("placements.placement.authorise", audits="child_id")
@blueprint.arguments(schemas.AuthorisePlacement)
@blueprint.response(201, http.Receipt)
def authorise_placement(given: dict[str, Any], child_id: UUID) -> dict[str, Any]:
    """Permit a stay that is to begin; refused where a rule says no, with what would satisfy it.

    A stay for which a gatekeeping case waits is permitted there, with the case's version (428 here).
    """
    http.require_scope(http.by_area(given["stay"].area, given["stay"].provider))
    command = commands.AuthorisePlacement(id=new_id(), child=child_id, **given, **http.acting())
    with http.transaction() as uow:
        reaching.require_child(uow, child_id)  # a refusal names its facts: who reaches only the place learns none
        return reaching.receipt(command.id, uow.execute(handlers.authorise_placement, command))


@blueprint.post("/children/<uuid:child_id>/whereabouts")
@http.requires("placements.placement.record", audits="child_id")
@blueprint.arguments(schemas.RecordWhereabouts)
@blueprint.response(201, http.Receipt)
def record_whereabouts(given: dict[str, Any], child_id: UUID) -> dict[str, Any]:
    """Write down where a child is or was; never refused by a rule of care, which opens a breach instead.

    A stay that came with an import has a calendar of its own for its decision: by the ground IMPORTED it is written
    down by who plans that calendar alone. Others say the ground on which they know of it. An emergency (the ground or
    the kind) is recorded at /emergencies, where it opens who must be told by when: not here (422).
    """
    _require_no_emergency(given)
    if given["ground"] is domain.Ground.IMPORTED and not http.service().policy.allows(http.principal(), LEGACY):
        raise Forbidden("Stays of an import are written down by who plans their decisions.", rule="permission")
    http.require_scope(http.by_area(given["stay"].area, given["stay"].provider))
    command = commands.RecordWhereabouts(id=new_id(), child=child_id, **given, **http.acting())
    with http.transaction() as uow:
        former = uow.whereabouts.of(child_id).active
        if former and command.ends_former:
            http.require_scope(http.by_area(former.area, former.provider))
        return reaching.receipt(command.id, uow.execute(handlers.record_whereabouts, command))


@blueprint.get("/children/<uuid:child_id>/placements")
@http.requires("placements.placement.read", audits="child_id")
@blueprint.response(200, schemas.ChildWhereabouts)
def read_whereabouts(child_id: UUID) -> dict[str, Any]:
    """A child's placements and breaches: all for the authority of child or present place, else those in reach."""
    with http.reading() as session:
        found = views.whereabouts(session, child_id)
        areas = {found["area"], *(each["area"] for each in found["placements"] if each["state"] == domain.State.ACTIVE)}
        if not any(http.in_scope(http.by_area(area)) for area in areas):
            _leave_out(found)
        if not found["placements"]:
            http.require_scope(http.by_area(found["area"]))
        http.etag(found["version"])
        return found


@blueprint.post("/children/<uuid:child_id>/subject-access")
@http.requires("placements.child.export", audits="child_id", safe=True)
@blueprint.arguments(schemas.SubjectAccess)
@blueprint.response(200, {"type": "object"}, description="Everything placements holds on the child")
def export_child(given: dict[str, Any], child_id: UUID) -> Response:
    """Everything placements holds on a child, for the person itself, its representative or a court."""
    with http.reading() as session:
        http.require_scope(http.by_area(views.whereabouts(session, child_id)["area"]))
        http.audit_mark(child_id, ground=given["ground"])
        return jsonify({"service": "placements", "ground": given["ground"], "records": held.held(session, child_id)})


@blueprint.post("/placements/<uuid:placement_id>/authorisation")
@http.requires("placements.placement.authorise", audits="placement_id", if_match=True)
@blueprint.arguments(schemas.AuthoriseStay)
@blueprint.response(201, http.Receipt)
def authorise_stay(given: dict[str, Any], placement_id: UUID) -> dict[str, Any]:
    """Permit that a child stays where it is: the decision that an emergency or an import still lacks."""
    return _on_one(handlers.authorise_stay, commands.AuthoriseStay(id=placement_id, **given, **http.acting()))


@blueprint.post("/placements/<uuid:placement_id>/start")
@http.requires("placements.placement.record", audits="placement_id", if_match=True)
@blueprint.arguments(schemas.OnDay)
@blueprint.response(201, http.Receipt)
def start_placement(given: dict[str, Any], placement_id: UUID) -> dict[str, Any]:
    """The child came to the place that was authorised."""
    return _on_one(handlers.start_placement, commands.StartPlacement(id=placement_id, **given, **http.acting()))


@blueprint.post("/placements/<uuid:placement_id>/move")
@http.requires("placements.placement.record", audits="placement_id", if_match=True)
@blueprint.arguments(schemas.MovePlacement)
@blueprint.response(201, http.Receipt)
def move_placement(given: dict[str, Any], placement_id: UUID) -> dict[str, Any]:
    """The child left where it was and came to this place, which was authorised, on one day."""
    command = commands.MovePlacement(id=placement_id, **given, **http.acting())
    return _on_one(handlers.move_placement, command, leaves=True)


@blueprint.post("/placements/<uuid:placement_id>/confirmation")
@http.requires("placements.placement.record", audits="placement_id", if_match=True)
@blueprint.arguments(schemas.OnDay)
@blueprint.response(201, http.Receipt)
def confirm_whereabouts(given: dict[str, Any], placement_id: UUID) -> dict[str, Any]:
    """Settle a whereabouts conflict: the child is where this claim says."""
    command = commands.ConfirmWhereabouts(id=placement_id, **given, **http.acting())
    return _on_one(handlers.confirm_whereabouts, command, leaves=True)


@blueprint.post("/placements/<uuid:placement_id>/end")
@http.requires("placements.placement.end", audits="placement_id", if_match=True)
@blueprint.arguments(schemas.EndPlacement)
@blueprint.response(201, http.Receipt)
def end_placement(given: dict[str, Any], placement_id: UUID) -> dict[str, Any]:
    """The child left."""
    return _on_one(handlers.end_placement, commands.EndPlacement(id=placement_id, **given, **http.acting()))


@blueprint.post("/placements/<uuid:placement_id>/corrections")
@http.requires("placements.placement.correct", audits="placement_id", if_match=True)
@blueprint.arguments(schemas.CorrectPlacement)
@blueprint.response(201, http.Receipt)
def correct_placement(given: dict[str, Any], placement_id: UUID) -> dict[str, Any]:
    """Put right what the record of a stay had wrong from the beginning."""
    http.require_scope(http.by_area(given["stay"].area, given["stay"].provider))
    return _on_one(handlers.correct_placement, commands.CorrectPlacement(id=placement_id, **given, **http.acting()))


@blueprint.post("/placements/<uuid:placement_id>/withdrawal")
@http.requires("placements.placement.correct", audits="placement_id", if_match=True)
@blueprint.arguments(schemas.WithdrawPlacement)
@blueprint.response(201, http.Receipt)
def withdraw_placement(_given: dict[str, Any], placement_id: UUID) -> dict[str, Any]:
    """Mark a placement as entered in error, or a plan as given up."""
    return _on_one(handlers.withdraw_placement, commands.WithdrawPlacement(id=placement_id, **http.acting()))


@blueprint.get("/breaches")
@http.requires("placements.breach.read")
@blueprint.arguments(schemas.BreachQuery, location="query")
@blueprint.response(200, schemas.BreachPage)
def list_breaches(query: dict[str, Any]) -> dict[str, Any]:
    """Rules not met, within reach, the most urgent first."""
    return lists.within_reach(query, views.open_breaches, by=lambda row: (row["due"], row["id"]))


@blueprint.get("/alarms/unconfirmed-children")
@http.requires("placements.breach.read")
@blueprint.response(200, schemas.UnconfirmedChildren)
def count_unconfirmed_children() -> dict[str, Any]:
    """How many children within reach were placed more than an hour ago, and registry has told nothing of them."""
    with http.reading() as session:
        named_before = http.acting()["at"] - UNCONFIRMED_FOR
        return {"count": views.unconfirmed_children(session, http.reach(), named_before)}


@blueprint.get("/alarms/in-two-places")
@http.requires("placements.breach.read")
@blueprint.arguments(http.PageQuery, location="query")
@blueprint.response(200, http.page_schema(schemas.InTwoPlaces))
def list_in_two_places(query: dict[str, Any]) -> dict[str, Any]:
    """Children whose two records were merged and who are by them in several places: someone must end all but one."""
    return lists.of_children(
        query,
        lambda session, after, limit: views.in_two_places(session, http.reach(), after, limit),
        by=lambda row: (row["child"],),
        types=(UUID,),
    )


def _on_one(handler: Any, command: Any, *, leaves: bool = False) -> dict[str, Any]:
    """Act on a placement within reach, as the caller has seen it; `leaves`: so must be the place left for it."""
    with http.transaction() as uow:
        child = uow.whereabouts.holding(command.id)
        touched = [child.placement(command.id), *([child.active] if leaves and child.active else [])]
        for placement in touched:
            http.require_scope(http.by_area(placement.area, placement.provider))
        http.require_version(child)
        return reaching.receipt(command.id, uow.execute(handler, command))


def _require_no_emergency(given: dict[str, Any]) -> None:
    ground = given["ground"] is domain.Ground.EMERGENCY
    if ground or given["stay"].kind == codes.EMERGENCY:
        raise Invalid(
            "An emergency is recorded at /emergencies.",
            field="ground" if ground else "stay.kind",
            rule="emergency-at-emergencies",
            remedy="Record the emergency at /emergencies: who took the child, from where, and at what hour.",
        )


def _leave_out(found: dict[str, Any]) -> None:
    """Keep of a child's whereabouts what is within reach."""
    kept = [each for each in found["placements"] if http.in_scope(http.by_area(each["area"], each["provider"]))]
    ids = {each["id"] for each in kept}
    found["placements"], found["breaches"] = kept, [each for each in found["breaches"] if each["placement"] in ids]


BLUEPRINTS = (blueprint,)
