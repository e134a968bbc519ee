"""The routes about providers in detail and about carer families."""

from typing import Any
from uuid import UUID

from services.placements import domain
from services.placements.api import lists
from services.placements.commands import families as commands
from services.placements.domain.families import CarerFamily
from services.placements.handlers import families as handlers
from services.placements.schemas import families as schemas
from services.placements.views import families as views
from shared import http
from shared.ids import new_id

blueprint = http.Blueprint("families", __name__, description="Providers in detail, and carer families")


@blueprint.post("/providers/<uuid:provider_id>/amendments")
@http.requires("placements.provider.amend", if_match=True)
@blueprint.arguments(schemas.AmendProvider)
@blueprint.response(201, http.Receipt)
def amend_provider(given: dict[str, Any], provider_id: UUID) -> domain.Provider:
    """State anew what is known of a provider: places, whom it takes, its licence."""
    http.require_scope(http.BelongsTo(area=given["details"].area))
    with http.transaction() as uow:
        provider = uow.providers.get(provider_id)
        http.require_scope(http.by_area(provider.area, provider_id))
        http.require_version(provider)
        command = commands.AmendProvider(id=provider_id, **given, **http.acting())
        return uow.execute(handlers.amend_provider, command)


@blueprint.post("/families")
@http.requires("placements.family.record")
@blueprint.arguments(schemas.ApplyFamily)
@blueprint.response(201, http.Receipt)
def apply_family(given: dict[str, Any]) -> CarerFamily:
    """Take in the application of a family; of one that cares for children already, under the id of its provider."""
    http.require_scope(http.BelongsTo(area=given["area"]))
    known = given.pop("provider")
    with http.transaction() as uow:
        if known is not None:
            http.require_scope(http.by_area(uow.providers.get(known).area, known))
        return uow.execute(handlers.apply_family, commands.ApplyFamily(id=known or new_id(), **given, **http.acting()))


@blueprint.get("/families")
@http.requires("placements.family.read")
@blueprint.arguments(schemas.FamilyQuery, location="query")
@blueprint.response(200, schemas.FamilyPage)
def list_families(query: dict[str, Any]) -> dict[str, Any]:
    """Carer families within reach."""
    after = http.decode_cursor(query["cursor"], UUID)
    with http.reading() as session:
        asked = (query["state"], after[0] if after else None, query["limit"] + 1)
        found = views.listed(session, http.reach(), lists.areas(query), *asked)
        return http.page(found, query["limit"], key=lambda row: (row["id"],))


@blueprint.get("/families/<uuid:family_id>")
@http.requires("placements.family.read")
@blueprint.response(200, schemas.Family)
def read_family(family_id: UUID) -> dict[str, Any]:
    """One carer family."""
    with http.reading() as session:
        found = views.family(session, family_id)
        http.require_scope(http.by_area(found["area"], family_id))
        http.etag(found["version"])
        return found


@blueprint.post("/families/<uuid:family_id>/amendments")
@http.requires("placements.family.record", if_match=True)
@blueprint.arguments(schemas.AmendFamily)
@blueprint.response(201, http.Receipt)
def amend_family(given: dict[str, Any], family_id: UUID) -> CarerFamily:
    """Who belongs to the family, where it lives, what is spoken there."""
    http.require_scope(http.BelongsTo(area=given["area"]))
    return _on_one(handlers.amend_family, commands.AmendFamily, family_id, given)


@blueprint.post("/families/<uuid:family_id>/assessments")
@http.requires("placements.family.record", if_match=True)
@blueprint.arguments(schemas.AssessFamily)
@blueprint.response(201, http.Receipt)
def assess_family(given: dict[str, Any], family_id: UUID) -> CarerFamily:
    """Record an own assessment of the family; who records it does not approve it."""
    return _on_one(handlers.assess_family, commands.AssessFamily, family_id, given)


@blueprint.post("/families/<uuid:family_id>/trainings")
@http.requires("placements.family.record", if_match=True)
@blueprint.arguments(schemas.TrainFamily)
@blueprint.response(201, http.Receipt)
def train_family(given: dict[str, Any], family_id: UUID) -> CarerFamily:
    """Record a course that the carers took."""
    return _on_one(handlers.train_family, commands.TrainFamily, family_id, given)


@blueprint.post("/families/<uuid:family_id>/approvals")
@http.requires("placements.family.approve", if_match=True)
@blueprint.arguments(schemas.ApproveFamily)
@blueprint.response(201, http.Receipt)
def approve_family(given: dict[str, Any], family_id: UUID) -> CarerFamily:
    """Approve the family, or approve it again; refused to whoever assessed it."""
    return _on_one(handlers.approve_family, commands.ApproveFamily, family_id, given)


@blueprint.post("/families/<uuid:family_id>/suspension")
@http.requires("placements.family.suspend", if_match=True)
@blueprint.arguments(schemas.SuspendFamily)
@blueprint.response(201, http.Receipt)
def suspend_family(given: dict[str, Any], family_id: UUID) -> CarerFamily:
    """Place no further child with the family for the time being."""
    return _on_one(handlers.suspend_family, commands.SuspendFamily, family_id, given)


@blueprint.post("/families/<uuid:family_id>/reinstatement")
@http.requires("placements.family.approve", if_match=True)
@blueprint.arguments(schemas.ReinstateFamily)
@blueprint.response(201, http.Receipt)
def reinstate_family(given: dict[str, Any], family_id: UUID) -> CarerFamily:
    """The suspension is over; the approval holds to its end as before."""
    return _on_one(handlers.reinstate_family, commands.ReinstateFamily, family_id, given)


@blueprint.post("/families/<uuid:family_id>/refusal")
@http.requires("placements.family.approve", if_match=True)
@blueprint.arguments(schemas.EndFamily)
@blueprint.response(201, http.Receipt)
def refuse_family(given: dict[str, Any], family_id: UUID) -> CarerFamily:
    """Do not approve the family."""
    return _on_one(handlers.refuse_family, commands.RefuseFamily, family_id, given)


@blueprint.post("/families/<uuid:family_id>/withdrawal")
@http.requires("placements.family.record", if_match=True)
@blueprint.arguments(schemas.EndFamily)
@blueprint.response(201, http.Receipt)
def withdraw_family(given: dict[str, Any], family_id: UUID) -> CarerFamily:
    """The family cares no longer, or asks no longer to."""
    return _on_one(handlers.withdraw_family, commands.WithdrawFamily, family_id, given)


@blueprint.post("/families/<uuid:family_id>/description")
@http.requires("placements.family.describe")
@blueprint.arguments(schemas.DescribeFamily)
@blueprint.response(201, http.Receipt)
def describe_family(given: dict[str, Any], family_id: UUID) -> CarerFamily:
    """Keep what the family says of its religion and ethnicity, where the country pack permits it."""
    with http.transaction() as uow:
        http.require_scope(http.by_area(uow.families.get(family_id).area, family_id))
        command = commands.DescribeFamily(id=family_id, **given, **http.acting())
        return uow.execute(handlers.describe_family, command)


@blueprint.get("/families/<uuid:family_id>/description")
@http.requires("placements.family.describe")
@blueprint.response(200, schemas.DescribeFamily)
def read_description(family_id: UUID) -> dict[str, str]:
    """What the family says of its religion and ethnicity: a fact for a panel, never a filter."""
    with http.reading() as session:
        http.require_scope(http.by_area(views.family(session, family_id)["area"], family_id))
        return views.description(session, family_id)


def _on_one(handler: Any, command: Any, family_id: UUID, given: dict[str, Any]) -> CarerFamily:
    """Act on a family within reach, as the caller has seen it."""
    with http.transaction() as uow:
        uow.providers.find(family_id)  # a provider is locked before its family
        family: CarerFamily = uow.families.get(family_id)
        http.require_scope(http.by_area(family.area, family_id))
        http.require_version(family)
        return uow.execute(handler, command(id=family_id, **given, **http.acting()))


BLUEPRINTS = (blueprint,)
