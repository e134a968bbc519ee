"""The routes about looking a whole register through for records of one child."""

from typing import Any
from uuid import UUID

from services.registry.commands import matching_runs as commands
from services.registry.domain import matching_runs as domain
from services.registry.handlers import matching_runs as handlers
from services.registry.schemas import matching_runs as schemas
from services.registry.views import matching_runs as views
from shared import http
from shared.ids import new_id

blueprint = http.Blueprint("matching-runs", __name__, description="The register looked through for the same child")


@blueprint.post("/matching/runs")
@http.requires("registry.match.run")
@blueprint.arguments(schemas.BeginRun)
@blueprint.response(201, http.Receipt)
def begin_run(given: dict[str, Any]) -> domain.Run:
    """Begin to look through the register; it goes on in the background, and this answers at once."""
    with http.transaction() as uow:
        return uow.execute(handlers.begin_run, commands.BeginRun(id=new_id(), **given, **http.acting()))


@blueprint.get("/matching/runs")
@http.requires("registry.match.run")
@blueprint.response(200, schemas.Runs)
def read_runs() -> dict[str, Any]:
    """The latest runs with their progress, and how many records wait to be looked at."""
    with http.reading() as session:
        return {"items": views.runs(session), "due": views.due(session)}


@blueprint.get("/matching/runs/<uuid:run_id>")
@http.requires("registry.match.run")
@blueprint.response(200, schemas.Run)
def read_run(run_id: UUID) -> dict[str, Any]:
    """One run with its progress."""
    with http.reading() as session:
        shown = views.run(session, run_id)
        http.etag(shown["version"])
        return shown


@blueprint.post("/matching/runs/<uuid:run_id>/stopping")
@http.requires("registry.match.run")
@blueprint.response(201, http.Receipt)
def stop_run(run_id: UUID) -> domain.Run:
    """End a run before its end; what it found stays in the review list."""
    with http.transaction() as uow:
        return uow.execute(handlers.stop_run, commands.StopRun(id=run_id, **http.acting()))


BLUEPRINTS: tuple[http.Blueprint, ...] = (blueprint,)
