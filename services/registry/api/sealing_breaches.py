"""The routes about breaches of personal data."""

from typing import Any
from uuid import UUID

from services.registry.commands import sealing_breaches as commands
from services.registry.domain import sealing_breaches as domain
from services.registry.handlers import sealing_breaches as handlers
from services.registry.schemas import sealing_breaches as schemas
from services.registry.views import sealing_breaches as views
from shared import clock, http
from shared.ids import new_id

blueprint = http.Blueprint("breaches", __name__, description="Breaches of personal data")


@blueprint.post("/breach-notices")
@http.requires("registry.breach_notice.keep")
@blueprint.arguments(schemas.NoteBreach)
@blueprint.response(201, http.Receipt)
def note_breach(given: dict[str, Any]) -> domain.BreachNotice:
    """Write down a breach of personal data; the hours to tell the authority run from when it was known."""
    with http.transaction() as uow:
        return uow.execute(handlers.note_breach, commands.NoteBreach(id=new_id(), **given, **http.acting()))


@blueprint.get("/breach-notices")
@http.requires("registry.breach_notice.keep")
@blueprint.arguments(schemas.NoticesQuery, location="query")
@blueprint.response(200, http.page_schema(schemas.BreachNotice))
def list_breaches(query: dict[str, Any]) -> dict[str, Any]:
    """The register of breaches, or those of which the authority is overdue to be told."""
    after, now = http.decode_cursor(query["cursor"], UUID), clock.now()
    with http.reading() as session:
        rows = views.notices(
            session, now if query["overdue"] else None, after[0] if after else None, query["limit"] + 1
        )
        http.audit_read(None)
        return http.page(rows, query["limit"], key=lambda row: (row["id"],))


@blueprint.post("/breach-notices/<uuid:notice_id>/decision")
@http.requires("registry.breach_notice.keep", audits="notice_id", if_match=True)
@blueprint.arguments(schemas.DecideBreach)
@blueprint.response(201, http.Receipt)
def decide_breach(given: dict[str, Any], notice_id: UUID) -> domain.BreachNotice:
    """Write down that the authority was told, or why it need not be."""
    with http.transaction() as uow:
        http.require_version(uow.breaches.get(notice_id))
        return uow.execute(handlers.decide_breach, commands.DecideBreach(id=notice_id, **given, **http.acting()))


BLUEPRINTS: tuple[http.Blueprint, ...] = (blueprint,)
