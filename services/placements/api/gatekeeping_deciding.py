"""The routes by which a gatekeeping case ends: what was decided in it, and the stay that this permits.

Both go by the case as the caller has seen it. Not here: decisions without a case (decisions), stays without one
(placements), the steps up to the recommendation (gatekeeping).
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from services.placements import commands
from services.placements.api import reaching
from services.placements.commands.decisions import RecordDecision
from services.placements.domain.gatekeeping import GatekeepingCase
from services.placements.handlers import decisions, placements
from services.placements.schemas import gatekeeping_deciding as schemas
from services.placements.views import gatekeeping as views
from shared import http
from shared.ids import new_id

blueprint = http.Blueprint("gatekeeping-deciding", __name__, description="What is decided in gatekeeping cases")


@blueprint.post("/gatekeeping/<uuid:case_id>/decision")
@http.requires("placements.decision.record", audits="case_id", if_match=True)
@blueprint.arguments(schemas.DecideGatekeeping)
@blueprint.response(201, http.Receipt)
def decide_gatekeeping(given: dict[str, Any], case_id: UUID) -> dict[str, Any]:
    """Record what a court or body decided in a case; a court's order is never refused. The version is the case's."""
    http.require_scope(http.by_area(given["terms"].area))
    given["terms"] = replace(given["terms"], case=case_id)

    def command(case: GatekeepingCase, id_: UUID) -> RecordDecision:
        return RecordDecision(id=id_, child=case.child, case_version=http.if_match(), **given, **http.acting())

    return _on_case(case_id, decisions.record_decision, command)


@blueprint.post("/gatekeeping/<uuid:case_id>/stay")
@http.requires("placements.placement.authorise", audits="case_id", if_match=True)
@blueprint.arguments(schemas.PermitStay)
@blueprint.response(201, http.Receipt)
def permit_stay(given: dict[str, Any], case_id: UUID) -> dict[str, Any]:
    """Permit the stay by which the decision of a case is carried out. The version is the case's."""
    http.require_scope(http.by_area(given["stay"].area, given["stay"].provider))

    def command(case: GatekeepingCase, id_: UUID) -> commands.AuthorisePlacement:
        return commands.AuthorisePlacement(
            id=id_, child=case.child, decision=case.waiting, case_version=http.if_match(), **given, **http.acting()
        )

    return _on_case(case_id, placements.authorise_placement, command)


def _on_case(case_id: UUID, handler: Any, command: Callable[[GatekeepingCase, UUID], Any]) -> dict[str, Any]:
    """A command on the child of a case within reach; that the case has moved on is said before any rule says no."""
    with http.transaction() as uow:
        child, area = views.place_of(uow.session, case_id)
        http.require_scope(http.by_area(area))
        reaching.require_child(uow, child)
        case = uow.gatekeeping_cases.get(case_id)
        http.require_version(case)
        asked = command(case, new_id())
        uow.execute(handler, asked)
        return {"id": asked.id, "version": case.version}
