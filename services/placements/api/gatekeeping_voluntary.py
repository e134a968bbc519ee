"""The routes of parents' agreements to care: agreed, withdrawn at any time, settled, ended."""

from typing import Any
from uuid import UUID

from services.placements.api import reaching
from services.placements.commands import gatekeeping_voluntary as commands
from services.placements.domain.gatekeeping_voluntary import VoluntaryAgreement
from services.placements.handlers import gatekeeping_voluntary as handlers
from services.placements.schemas import gatekeeping_voluntary as schemas
from services.placements.views import gatekeeping_voluntary as views
from shared import http
from shared.ids import new_id

blueprint = http.Blueprint("voluntary", __name__, description="Care on the agreement of the parents")


@blueprint.post("/children/<uuid:child_id>/voluntary-agreements")
@http.requires("placements.voluntary.record", audits="child_id")
@blueprint.arguments(schemas.AgreeVoluntaryPlacement)
@blueprint.response(201, http.Receipt)
def agree_voluntary_placement(given: dict[str, Any], child_id: UUID) -> VoluntaryAgreement:
    """Parents agree that their child lives in care."""
    http.require_scope(http.by_area(given["area"]))
    with http.transaction() as uow:
        reaching.require_child(uow, child_id)
        command = commands.AgreeVoluntaryPlacement(id=new_id(), child=child_id, **given, **http.acting())
        return uow.execute(handlers.agree_voluntary_placement, command)


@blueprint.get("/children/<uuid:child_id>/voluntary-agreements")
@http.requires("placements.voluntary.read", audits="child_id")
@blueprint.response(200, schemas.VoluntaryAgreements)
def read_agreements(child_id: UUID) -> dict[str, Any]:
    """The agreements about a child within reach, the newest first."""
    with http.reading() as session:
        rows = views.agreements(session, child_id)
        return {"items": [row for row in rows if http.in_scope(http.by_area(row["area"]))]}


@blueprint.post("/voluntary-agreements/<uuid:agreement_id>/withdrawal")
@http.requires("placements.voluntary.record", audits="agreement_id", if_match=True)
@blueprint.arguments(schemas.WithdrawVoluntaryPlacement)
@blueprint.response(201, http.Receipt)
def withdraw_voluntary_placement(given: dict[str, Any], agreement_id: UUID) -> VoluntaryAgreement:
    """A parent withdraws the agreement, at any time; from then on the pack's hours run."""
    return _done(agreement_id, handlers.withdraw_voluntary_placement, commands.WithdrawVoluntaryPlacement, given)


@blueprint.post("/voluntary-agreements/<uuid:agreement_id>/settlement")
@http.requires("placements.voluntary.record", audits="agreement_id", if_match=True)
@blueprint.arguments(schemas.SettleVoluntaryPlacement)
@blueprint.response(201, http.Receipt)
def settle_voluntary_placement(given: dict[str, Any], agreement_id: UUID) -> VoluntaryAgreement:
    """After a withdrawal: the child is back, or an order was applied for."""
    return _done(agreement_id, handlers.settle_voluntary_placement, commands.SettleVoluntaryPlacement, given)


@blueprint.post("/voluntary-agreements/<uuid:agreement_id>/end")
@http.requires("placements.voluntary.record", audits="agreement_id", if_match=True)
@blueprint.arguments(schemas.EndVoluntaryPlacement)
@blueprint.response(201, http.Receipt)
def end_voluntary_placement(given: dict[str, Any], agreement_id: UUID) -> VoluntaryAgreement:
    """The agreement falls away otherwise: its time is over, an order was made."""
    return _done(agreement_id, handlers.end_voluntary_placement, commands.EndVoluntaryPlacement, given)


def _done(agreement_id: UUID, handler: Any, command: Any, given: dict[str, Any]) -> VoluntaryAgreement:
    placed = (views.place_of_agreement, "voluntary_agreements", agreement_id)
    done: VoluntaryAgreement = reaching.on_placed(*placed, handler, command, given)
    return done
