"""The routes about the weights by which records are compared."""

from typing import Any

from services.registry.commands import matching_learning as commands
from services.registry.domain import matching_learning as domain
from services.registry.handlers import matching_learning as handlers
from services.registry.schemas import matching_learning as schemas
from services.registry.views import matching_learning as views
from shared import http
from shared.ids import new_id

blueprint = http.Blueprint("matching weights", __name__, description="Weights by which records are compared")


@blueprint.post("/matching/weights")
@http.requires("registry.match_weights.propose")
@blueprint.arguments(schemas.ProposeWeights)
@blueprint.response(201, http.Receipt)
def propose_weights(given: dict[str, Any]) -> domain.WeightSet:
    """Propose weights estimated from decided pairs, or an earlier set again, with the figures before and after."""
    with http.transaction() as uow:
        return uow.execute(handlers.propose_weights, commands.ProposeWeights(id=new_id(), **given, **http.acting()))


@blueprint.get("/matching/weights")
@http.requires("registry.match_weights.read")
@blueprint.arguments(schemas.WeightSetsQuery, location="query")
@blueprint.response(200, http.page_schema(schemas.WeightSet))
def list_weights(query: dict[str, Any]) -> dict[str, Any]:
    """The sets of weights, the newest first; where none is adopted, the default (number 0) is in force."""
    after = http.decode_cursor(query["cursor"], int)
    with http.reading() as session:
        rows = views.weight_sets(session, query["status"], after[0] if after else None, query["limit"] + 1)
        http.audit_read(None)
        return http.page(rows, query["limit"], key=lambda row: (row["number"],))


@blueprint.get("/matching/weights/<int:number>")
@http.requires("registry.match_weights.read")
@blueprint.response(200, schemas.WeightSetInFull)
def read_weights(number: int) -> dict[str, Any]:
    """One set: each weight before and after, and the figures by script."""
    with http.reading() as session:
        found = views.weight_set(session, number)
        http.etag(found["version"])
        http.audit_read(found["id"])
        return found


@blueprint.post("/matching/weights/<int:number>/adoption")
@http.requires("registry.match_weights.decide", if_match=True)
@blueprint.response(201, http.Receipt)
def adopt_weights(number: int) -> domain.WeightSet:
    """Let a proposed set be the one in force; who proposed it does not adopt it."""
    with http.transaction() as uow:
        http.require_version(uow.weight_sets.numbered(number))
        return uow.execute(handlers.adopt_weights, commands.AdoptWeights(number=number, **http.acting()))


@blueprint.post("/matching/weights/<int:number>/refusal")
@http.requires("registry.match_weights.decide", if_match=True)
@blueprint.response(201, http.Receipt)
def refuse_weights(number: int) -> domain.WeightSet:
    """Leave a proposed set."""
    with http.transaction() as uow:
        http.require_version(uow.weight_sets.numbered(number))
        return uow.execute(handlers.refuse_weights, commands.RefuseWeights(number=number, **http.acting()))


@blueprint.get("/matching/coverage")
@http.requires("registry.match_weights.read")
@blueprint.response(200, schemas.Coverage)
def read_coverage() -> dict[str, Any]:
    """What matching can find in this deployment and what it cannot, of a bounded sample of records: numbers alone."""
    with http.reading() as session:
        found = views.coverage(session, http.pack(), http.acting()["today"])
        http.audit_read(None)
        return found


BLUEPRINTS: tuple[http.Blueprint, ...] = (blueprint,)
