"""The routes about erasing a record: asked by one person, executed by another."""

from typing import Any
from uuid import UUID

from services.registry.api import reaching
from services.registry.commands import sealing_erasure as commands
from services.registry.domain import Child
from services.registry.domain import sealing_erasure as domain
from services.registry.handlers import sealing_erasure as handlers
from services.registry.schemas import sealing_erasure as schemas
from services.registry.views import sealing_erasure as views
from shared import http
from shared.ids import new_id

blueprint = http.Blueprint("erasing", __name__, description="Records erased")


@blueprint.post("/erasures")
@http.requires("registry.erasure.ask")
@blueprint.arguments(schemas.AskErasure)
@blueprint.response(201, http.Receipt)
def ask_erasure(given: dict[str, Any]) -> domain.Erasure:
    """Ask that a record be erased; whatever the rules say of it, the request is on record."""
    with http.transaction() as uow:
        reaching.child(uow.session, given["child"])
        return uow.execute(handlers.ask_erasure, commands.AskErasure(id=new_id(), **given, **http.acting()))


@blueprint.get("/erasures")
@http.requires("registry.erasure.ask")
@blueprint.arguments(schemas.ErasuresQuery, location="query")
@blueprint.response(200, http.page_schema(schemas.ListedErasure))
def list_erasures(query: dict[str, Any]) -> dict[str, Any]:
    """The requests to erase records, and what became of them."""
    after = http.decode_cursor(query["cursor"], UUID)
    with http.reading() as session:
        rows = views.erasures(session, query["status"], after[0] if after else None, query["limit"] + 1)
        http.audit_read(*(row["child"] for row in rows))
        return http.page(rows, query["limit"], key=lambda row: (row["id"],))


@blueprint.get("/erasures/<uuid:erasure_id>")
@http.requires("registry.erasure.ask", audits="erasure_id")
@blueprint.response(200, schemas.Erasure)
def read_erasure(erasure_id: UUID) -> dict[str, Any]:
    """One request, with what each rule says of it today."""
    with http.transaction() as uow:  # the rules are asked of the record itself, which a reading does not hold
        found = views.erasure(uow.session, erasure_id)
        asked = found["status"] == domain.State.ASKED
        said = handlers.judge_erasure(uow, found["child"], found["ground"], http.acting()["today"]) if asked else ()
        http.audit_read(found["child"])
        http.etag(found["version"])
        return found | {"verdicts": said}


@blueprint.post("/erasures/<uuid:erasure_id>/execution")
@http.requires("registry.erasure.decide", audits="erasure_id", if_match=True)
@blueprint.response(201, http.Receipt)
def execute_erasure(erasure_id: UUID) -> domain.Erasure:
    """Erase the record, as a second person."""
    with http.transaction() as uow:
        http.require_version(uow.erasures.get(erasure_id))
        return uow.execute(handlers.execute_erasure, commands.ExecuteErasure(id=erasure_id, **http.acting()))


@blueprint.post("/erasures/<uuid:erasure_id>/refusal")
@http.requires("registry.erasure.decide", audits="erasure_id", if_match=True)
@blueprint.arguments(schemas.RefuseErasure)
@blueprint.response(201, http.Receipt)
def refuse_erasure(given: dict[str, Any], erasure_id: UUID) -> domain.Erasure:
    """Leave the record as it is."""
    with http.transaction() as uow:
        http.require_version(uow.erasures.get(erasure_id))
        return uow.execute(handlers.refuse_erasure, commands.RefuseErasure(id=erasure_id, **given, **http.acting()))


@blueprint.post("/children/<uuid:child_id>/file-offers")
@http.requires("registry.erasure.ask", audits="child_id")
@blueprint.arguments(schemas.OfferFile)
@blueprint.response(201, http.Receipt)
def offer_file(given: dict[str, Any], child_id: UUID) -> Child:
    """Record that the file was offered to the person it is about, before its retention ends."""
    with http.transaction() as uow:
        reaching.child(uow.session, child_id)
        return uow.execute(handlers.offer_file, commands.OfferFile(id=child_id, **given, **http.acting()))


BLUEPRINTS: tuple[http.Blueprint, ...] = (blueprint,)
