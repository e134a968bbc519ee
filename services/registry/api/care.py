"""The routes about what registry hears of care and cases elsewhere."""

from typing import Any
from uuid import UUID

from services.registry.api import reaching
from services.registry.schemas import care as schemas
from services.registry.views import care as views
from shared import http

blueprint = http.Blueprint("care", __name__, description="What the other services tell of a child's care")


@blueprint.get("/children/<uuid:child_id>/care")
@http.requires("registry.child.read", audits="child_id")
@blueprint.response(200, schemas.Care)
def read_care(child_id: UUID) -> dict[str, Any]:
    """Where the child is now and which cases are open, as the other services have told it."""
    with http.reading() as session:
        reaching.child(session, child_id)
        return views.shown(session, child_id)


BLUEPRINTS: tuple[http.Blueprint, ...] = (blueprint,)
