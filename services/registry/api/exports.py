"""The routes of exports: everything held on one child, and the children within reach as a table, streamed."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from flask import Response, jsonify
from sqlalchemy.orm import Session

from services.registry.api import reaching
from services.registry.schemas import children as child_schemas
from services.registry.schemas import exports as schemas
from services.registry.views import children, joining
from services.registry.views import exports as views
from shared import documents, held, http, spreadsheets

blueprint = http.Blueprint("exports", __name__, description="Records handed out")
PAGE = 500
PDF_TYPE = "application/pdf"
TYPES = {"csv": spreadsheets.CSV_TYPE, "xlsx": spreadsheets.XLSX_TYPE}


@blueprint.post("/children/<uuid:child_id>/subject-access")
@http.requires("registry.child.export", audits="child_id", safe=True)
@blueprint.arguments(schemas.SubjectAccess)
@blueprint.response(200, {"type": "object"}, description="Everything registry holds on the child, as JSON or PDF")
def export_child(given: dict[str, Any], child_id: UUID) -> Response:
    """Everything registry holds on a child, for the person itself, its representative or a court."""
    with http.reading() as session:
        reaching.child(session, child_id)
        http.audit_mark(child_id, ground=given["ground"])
        document = {
            "deployment": http.principal().deployment,
            "service": "registry",
            "produced": http.context().at.isoformat(),
            "ground": given["ground"],
            "reference": children.child(session, child_id)["reference"],
            **views.held(session, ids := joining.ids_of(session, child_id)),
        }
        document["records"] |= _in_words(session, ids)
    if given["form"] == "json":
        return _saved(jsonify(document), f"{document['reference']}.json")
    return _saved(Response(_printed(document), mimetype=PDF_TYPE), f"{document['reference']}.pdf")


@blueprint.post("/children/export")
@http.requires("registry.children.export", safe=True)
@blueprint.arguments(schemas.ExportChildren)
@blueprint.response(200, {"type": "string", "format": "binary"}, description="The table, as CSV or XLSX")
def export_children(given: dict[str, Any]) -> Response:
    """The children within reach as a table, in the order of their ids; fields that are not shown are empty."""
    columns, form = list(given["columns"]), given["form"]
    rows = _rows(given["ground"], given["status"], columns)
    if form == "csv":
        parts = spreadsheets.csv_bytes(columns, rows)
    else:
        parts = spreadsheets.xlsx_bytes("Children", columns, rows)
    return _saved(http.streamed(parts, TYPES[form]), f"children.{form}")


def _in_words(session: Session, ids: Sequence[UUID]) -> dict[str, list[dict[str, Any]]]:
    """The records of the child itself as the API shows them, every part of a name under its own word."""
    revisions = [row for id_ in ids for row in children.revisions(session, id_)]
    found = {
        "child": child_schemas.Child(many=True).dump(children.children(session, list(ids))),
        "child_revision": child_schemas.Revision(many=True).dump(revisions),
    }
    return {table: rows for table, rows in found.items() if rows}


def _rows(ground: str, statuses: Sequence[str], columns: list[str]) -> Iterator[list[str]]:
    """Page after page, each in a reading of its own: a slow reader holds no transaction open.

    The reading of every child is in the audit log before its row leaves.
    """
    after: UUID | None = None
    while True:
        with http.reading_while_streaming() as session:
            found = views.page(session, after, PAGE, statuses)
            within = [reaching.visible("child", each) for each in reaching.within(found)]
        http.audit_now([(each["id"], {"ground": ground}) for each in within])
        for each in within:
            yield views.cells(each, columns)
        if len(found) < PAGE:
            return
        after = found[-1]["id"]


def _saved(response: Response, name: str) -> Response:
    """To be kept as a file, never shown by a browser in our name."""
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Content-Security-Policy"] = "sandbox"
    return response


def _printed(document: dict[str, Any]) -> bytes:
    told = [
        [("When", each["time"]), ("What", each["type"]), *held.entries(each["data"])] for each in document["events"]
    ]
    lead = f"{document['deployment']}, {document['service']}, {document['produced']}. Ground: {document['ground']}."
    title = f"All that is held on {document['reference']}"
    return documents.pdf(
        title, lead, [*held.sections(document["records"]), documents.Section("Told to other services", told)]
    )


BLUEPRINTS: tuple[http.Blueprint, ...] = (blueprint,)
