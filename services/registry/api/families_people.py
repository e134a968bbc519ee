"""The routes about adults around a child. Who wished not to be named is named by one route alone (CARE C8)."""

from typing import Any
from uuid import UUID

from services.registry.api import families_reaching
from services.registry.commands import families as commands
from services.registry.domain import families_people as domain
from services.registry.handlers import families_people as handlers
from services.registry.schemas import children as child_schemas
from services.registry.schemas import families as schemas
from services.registry.views import families_people as views
from shared import http
from shared.errors import Forbidden
from shared.ids import new_id

CONFIDENTIAL = "registry.confidential_person.read"

blueprint = http.Blueprint("persons", __name__, description="Adults around a child")


@blueprint.post("/persons")
@http.requires("registry.person.register")
@blueprint.arguments(schemas.RegisterPerson)
@blueprint.response(201, http.Receipt)
def register_person(given: dict[str, Any]) -> domain.Person:
    """Register an adult relative or carer."""
    http.require_scope(http.by_area(given["particulars"].area))
    with http.transaction() as uow:
        command = commands.RegisterPerson(id=new_id(), **given, **http.acting())
        made: domain.Person = uow.execute(handlers.register_person, command)
        return made


@blueprint.get("/persons/<uuid:person_id>")
@http.requires("registry.person.read", audits="person_id")
@blueprint.response(200, schemas.Person)
def read_person(person_id: UUID) -> dict[str, Any]:
    """What is held on a person; nothing personal of one who wished not to be named."""
    with http.reading() as session:
        http.etag(families_reaching.person(session, person_id)["version"])
        return families_reaching.visible("person", views.person(session, person_id))


@blueprint.get("/persons/<uuid:person_id>/confidential")
@http.requires(CONFIDENTIAL, audits="person_id")
@blueprint.response(200, schemas.Person)
def read_confidential_person(person_id: UUID) -> dict[str, Any]:
    """What is held on a person, who wished not to be named too."""
    with http.reading() as session:
        http.etag(families_reaching.person(session, person_id)["version"])
        return families_reaching.visible("person", views.person(session, person_id, confidential=True))


@blueprint.post("/persons/search")
@http.requires("registry.person.search", safe=True)
@blueprint.arguments(child_schemas.SearchChildren)
@blueprint.response(200, schemas.People)
def search_persons(given: dict[str, Any]) -> dict[str, Any]:
    """The persons who carry exactly this identifier, of those within reach; who wished not to be named is not found."""
    with http.reading() as session:
        found = views.holding(session, given["kind"], given["value"], given["issuer"])
        shown = views.shown(session, families_reaching.people(session, found))
        http.audit_read(*([person["id"] for person in shown] or [None]))
        return {"items": [families_reaching.visible("person", person) for person in shown]}


@blueprint.post("/persons/<uuid:person_id>/amendments")
@http.requires("registry.person.amend", audits="person_id", if_match=True)
@blueprint.arguments(schemas.AmendPerson)
@blueprint.response(201, http.Receipt)
def amend_person(given: dict[str, Any], person_id: UUID) -> domain.Person:
    """Say anew all that is said of a person; what was said is kept."""
    with http.transaction() as uow:
        families_reaching.person(uow.session, person_id)
        http.require_scope(http.by_area(given["particulars"].area))
        person = uow.people.get(person_id)
        http.require_version(person)
        if person.particulars.confidential and not http.service().policy.allows(http.principal(), CONFIDENTIAL):
            raise Forbidden("What may not be read cannot be said anew.", rule="permission")
        command = commands.AmendPerson(id=person_id, **given, **http.acting())
        amended: domain.Person = uow.execute(handlers.amend_person, command)
        return amended
