"""social_work over HTTP: route, permission, schema, one handler call."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify

from services.social_work import commands, domain, handlers, schemas, views
from shared import http
from shared.ids import new_id

blueprint = http.Blueprint("cases", __name__, description="Who helps")


@blueprint.post("/centres")
@http.requires("social_work.centre.open")
@blueprint.arguments(schemas.OpenCentre)
@blueprint.response(201, http.Receipt)
def open_centre(given: dict[str, Any]) -> domain.Centre:
    """Open a social-work centre."""
    http.require_scope(http.BelongsTo(area=given["area"]))
    with http.transaction() as uow:
        return uow.execute(handlers.open_centre, commands.OpenCentre(id=new_id(), **given, **http.acting()))


@blueprint.get("/centres/<uuid:centre_id>")
@http.requires("social_work.centre.read")
@blueprint.response(200, schemas.Centre)
def read_centre(centre_id: UUID) -> dict[str, Any]:
    """One centre."""
    with http.reading() as session:
        centre = views.centre(session, centre_id)
        http.require_scope(http.BelongsTo(area=centre["area"], centre=centre_id))
        http.etag(centre["version"])
        return centre


@blueprint.post("/workers")
@http.requires("social_work.worker.register")
@blueprint.arguments(schemas.RegisterWorker)
@blueprint.response(201, http.Receipt)
def register_worker(given: dict[str, Any]) -> domain.Worker:
    """Let a worker join a centre."""
    with http.transaction() as uow:
        centre = uow.centres.get(given["centre"])
        http.require_scope(http.BelongsTo(area=centre.area, centre=centre.id))
        return uow.execute(handlers.register_worker, commands.RegisterWorker(id=new_id(), **given, **http.acting()))


@blueprint.get("/workers/<uuid:worker_id>")
@http.requires("social_work.worker.read")
@blueprint.response(200, schemas.Worker)
def read_worker(worker_id: UUID) -> dict[str, Any]:
    """One worker."""
    with http.reading() as session:
        worker = views.worker(session, worker_id)
        http.require_scope(http.BelongsTo(area=worker["area"], centre=worker["centre"]))
        http.etag(worker["version"])
        return worker


@blueprint.post("/cases")
@http.requires("social_work.case.open")
@blueprint.arguments(schemas.OpenCase)
@blueprint.response(201, http.Receipt)
def open_case(given: dict[str, Any]) -> domain.Case:
    """Open a case for a child at a centre."""
    with http.transaction() as uow:
        centre = views.centre(uow.session, given["centre"])  # not locked yet: the child's row is first
        owners = http.owners_by_area(centre["area"])
        http.require_scope(http.BelongsTo(area=centre["area"], centre=centre["id"], owners=owners))
        return uow.execute(handlers.open_case, commands.OpenCase(id=new_id(), **given, **http.acting()))


@blueprint.get("/cases/<uuid:case_id>")
@http.requires("social_work.case.read", audits="case_id")
@blueprint.response(200, schemas.Case)
def read_case(case_id: UUID) -> dict[str, Any]:
    """One case."""
    with http.reading() as session:
        case = views.case(session, case_id)
        http.require_scope(_belonging(case))
        http.audit_read(case["child"])
        http.etag(case["version"])
        return case


@blueprint.get("/children/<uuid:child_id>/cases")
@http.requires("social_work.case.read", audits="child_id")
@blueprint.response(200, schemas.CaseList)
def read_cases_of_child(child_id: UUID) -> dict[str, Any]:
    """The cases of a child, of those within reach."""
    with http.reading() as session:
        return {"items": [case for case in views.cases_of_child(session, child_id) if http.in_scope(_belonging(case))]}


@blueprint.post("/children/<uuid:child_id>/subject-access")
@http.requires("social_work.child.export", audits="child_id", safe=True)
@blueprint.arguments(schemas.SubjectAccess)
@blueprint.response(200, {"type": "object"}, description="Everything social_work holds on the child")
def export_child(given: dict[str, Any], child_id: UUID) -> Response:
    """Everything social_work holds on a child, for the person itself, its representative or a court."""
    with http.reading() as session:
        cases = views.cases_of_child(session, child_id)
        if not any(http.in_scope(_belonging(case)) for case in cases):
            raise http.OutOfScope("No case of this child.", field="child")
        http.audit_mark(child_id, ground=given["ground"])
        return jsonify({"service": "social_work", "ground": given["ground"], "records": views.held(session, child_id)})


@blueprint.post("/cases/<uuid:case_id>/assignments")
@http.requires("social_work.case.assign", audits="case_id", if_match=True)
@blueprint.arguments(schemas.AssignCase)
@blueprint.response(201, http.Receipt)
def assign_case(given: dict[str, Any], case_id: UUID) -> domain.Case:
    """Put a worker in charge."""
    with http.transaction() as uow:
        _reach(uow, case_id)
        return uow.execute(handlers.assign_case, commands.AssignCase(id=case_id, **given, **http.acting()))


@blueprint.post("/cases/<uuid:case_id>/closure")
@http.requires("social_work.case.close", audits="case_id", if_match=True)
@blueprint.arguments(schemas.CloseCase)
@blueprint.response(201, http.Receipt)
def close_case(given: dict[str, Any], case_id: UUID) -> domain.Case:
    """Finish a case; refused for the last one of a child in care (CARE C17)."""
    with http.transaction() as uow:
        _reach(uow, case_id)
        return uow.execute(handlers.close_case, commands.CloseCase(id=case_id, **given, **http.acting()))


@blueprint.get("/alarms/in-care-without-case")
@http.requires("social_work.case.read")
@blueprint.arguments(http.PageQuery, location="query")
@blueprint.response(200, schemas.ChildrenWithoutCase)
def list_in_care_without_case(query: dict[str, Any]) -> dict[str, Any]:
    """Children in care for whom nobody answers, within reach."""
    with http.reading() as session:
        after = http.decode_cursor(query["cursor"], UUID)
        rows = views.in_care_without_case(session, http.reach(), after[0] if after else None, query["limit"] + 1)
        found = http.page(rows, query["limit"], key=lambda row: (row["id"],))
        http.audit_read(*(row["id"] for row in found["items"]))
        return found


def _belonging(case: dict[str, Any]) -> http.BelongsTo:
    owners = frozenset({case["account"]} if case["account"] else ())
    return http.BelongsTo(owners=owners, centre=case["centre"], area=case["area"])


def _reach(uow: Any, case_id: UUID) -> None:
    """The case lies within reach and is as the caller has seen it."""
    case = uow.cases.get(case_id)
    http.require_scope(_belonging(views.case(uow.session, case_id)))
    http.require_version(case)


BLUEPRINTS = (
    blueprint,
    http.rule_blueprint("services.social_work", domain.RULE_WORDS),
    http.audit_blueprint("social_work"),
    http.stream_blueprint("social_work"),
)
