"""The routes about options for a child, with their facts, and about room."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from services.placements.domain.options import ordered
from services.placements.handlers import options as handlers
from services.placements.schemas import options as schemas
from services.placements.views import options as views
from services.placements.views import vacancies
from services.placements.views.placements import whereabouts
from shared import http

READ_PROVIDER = "placements.provider.read"
blueprint = http.Blueprint("options", __name__, description="Options for a child, with their facts; room near home")


@blueprint.post("/children/<uuid:child_id>/options")
@http.requires("placements.options.find", audits="child_id", safe=True)
@blueprint.arguments(schemas.FindOptions)
@blueprint.response(200, schemas.Options)
def find_options(given: dict[str, Any], child_id: UUID) -> dict[str, Any]:
    """Kin first, then families with room near home, small homes, last institutions; why each fits or not."""
    pack, today = http.pack(), http.acting()["today"]
    with http.transaction() as uow:
        http.require_scope(http.by_area(whereabouts(uow.session, child_id)["area"]))
        child = uow.whereabouts.of(child_id)
        siblings = uow.surroundings.siblings(child_id)
        sought = views.wanted(uow.session, child_id, child.known, siblings, given["languages"], today)
        forms = {code: uow.law.care_form(code) for code in pack.codes("care_form")}
        kin = views.of_kin(uow.session, pack, child_id, sought.home, today)
        places = list(views.of_providers(uow.session, pack, sought, forms))
        uow.surroundings.expect([each.provider for each in places], [child_id])
        found = ordered((*kin, *handlers.judged(uow, child, places, today)))
        ids = [each.provider for each in found if each.provider]
        named = vacancies.names(uow.session, ids, http.reach(READ_PROVIDER))
        found = [replace(each, name=named.get(each.provider)) if each.provider else each for each in found]
        return {"child": child_id, "home": sought.home, "children": sought.children, "options": found}


@blueprint.post("/vacancies")
@http.requires("placements.vacancy.search", safe=True)
@blueprint.arguments(schemas.SearchVacancies)
@blueprint.response(200, schemas.Vacancies)
def search_vacancies(given: dict[str, Any]) -> dict[str, Any]:
    """Families and homes with room, the nearest first; also those beyond the own area, of whom no child is told."""
    pack, today = http.pack(), http.acting()["today"]
    home, limit = given.pop("home"), given.pop("limit")
    with http.reading() as session:
        rows = vacancies.found(session, vacancies.Sought(on=today, **given), home, pack.areas, limit)
        named = vacancies.names(session, [row["id"] for row in rows], http.reach(READ_PROVIDER))
        return {"items": [row | {"name": named.get(row["id"])} for row in rows]}


BLUEPRINTS = (blueprint,)
