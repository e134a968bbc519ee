"""The route about the law in force: which numbers rules use here today, and on what each rests."""

from typing import Any

from services.placements.schemas import law as schemas
from services.placements.views import law as views
from shared import http

blueprint = http.Blueprint("law", __name__, description="The law in force, with its basis")


@blueprint.get("/law")
@http.requires("placements.law.read")
@blueprint.arguments(schemas.LawQuery, location="query")
@blueprint.response(200, schemas.LawInForce)
def read_law(query: dict[str, Any]) -> dict[str, Any]:
    """The numbers of the law and who decides what, in an area on a day, each with its basis."""
    return views.in_force(http.pack(), query["area"], query["on"] or http.acting()["today"])


@blueprint.get("/law/rules")
@http.requires("placements.law.read")
@blueprint.arguments(schemas.LawQuery, location="query")
@blueprint.response(200, schemas.RulesInForce)
def read_rules_in_force(query: dict[str, Any]) -> dict[str, Any]:
    """The rules of care in their order of precedence, each with its numbers, who sees to it, who may set it aside."""
    return views.rules(http.pack(), query["area"], query["on"] or http.acting()["today"])


BLUEPRINTS = (blueprint,)
