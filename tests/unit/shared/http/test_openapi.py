"""The document says what the routes do, and its page comes from nowhere else."""

import re
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from shared import http
from tests.unit.shared.http import parcels
from tests.unit.shared.http.parcels import Office, client


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = (
        client(Office(), parcels.blueprint(), http.audit_blueprint("toys")).get("/toys/openapi.json").json
    )
    return found


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        operation for path in document["paths"].values() for name, operation in path.items() if name != "parameters"
    ]


def test_the_document_is_valid_openapi_3_1_and_its_paths_are_whole(document: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(document).validate()
    assert document["openapi"].startswith("3.1")
    assert all(path.startswith("/toys/") for path in document["paths"])


def test_every_operation_names_its_permission_or_why_it_needs_none(document: dict[str, Any]) -> None:
    for operation in operations(document):
        assert ("x-permission" in operation) != ("x-public" in operation)
        assert operation["security"] == ([{"bearer": []}] if "x-permission" in operation else [])
    assert document["paths"]["/toys/parcels"]["post"]["x-permission"] == "parcels.register"


def test_every_error_of_every_operation_is_a_problem(document: dict[str, Any]) -> None:
    for operation in operations(document):
        errors = {status: ref for status, ref in operation["responses"].items() if not status.startswith("2")}
        assert {"500", "503", "default"} <= set(errors)
        for reference in errors.values():
            response = document["components"]["responses"][reference["$ref"].rsplit("/", 1)[1]]
            schema = response["content"]["application/problem+json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Problem"}
    assert {"401", "403"} <= set(document["paths"]["/toys/parcels"]["post"]["responses"])


def test_the_headers_that_a_change_needs_are_in_the_document(document: dict[str, Any]) -> None:
    def headers(path: str, method: str) -> list[str]:
        references = document["paths"][path][method].get("parameters", [])
        found = [
            document["components"]["parameters"][each["$ref"].rsplit("/", 1)[1]]
            for each in references
            if "$ref" in each
        ]
        return [each["name"] for each in found]

    assert headers("/toys/parcels", "post") == ["Idempotency-Key"]
    assert headers("/toys/parcels/{parcel_id}", "patch") == ["If-Match"]
    assert headers("/toys/parcels/search", "post") == []


def test_the_page_reads_the_same_routes_in_the_version_its_swagger_ui_knows(document: dict[str, Any]) -> None:
    page = client(Office(), parcels.blueprint(), http.audit_blueprint("toys")).get("/toys/docs/openapi.json").json
    OpenAPIV30SpecValidator(page).validate()
    assert page["openapi"].startswith("3.0")
    assert set(page["paths"]) == set(document["paths"])


def test_the_page_loads_only_what_this_server_serves() -> None:
    api = client(Office())
    page = api.get("/toys/docs")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    links = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(links) == 4
    for link in links:
        assert link.startswith("/toys/docs/")
        assert api.get(link, buffered=True).status_code == 200
    assert "<script>" not in page.text


@pytest.mark.parametrize("name", ["index.html", "..%2f__init__.py", "../__init__.py", "swagger-ui.css.map"])
def test_the_page_serves_no_other_file(name: str) -> None:
    assert client(Office()).get(f"/toys/docs/{name}").status_code == 404


def test_an_api_may_have_no_page() -> None:
    api = client(Office(), pages=False)
    assert api.get("/toys/docs").status_code == 404
    assert api.get("/toys/openapi.json").status_code == 200


def test_the_document_can_be_written_without_a_server() -> None:
    assert '"x-permission": "parcels.read"' in http.openapi_json(http.create_app(parcels.service(Office())))


def test_routes_tell_what_they_declare() -> None:
    app = http.create_app(parcels.service(Office()))
    found = {(route.rule, *route.methods): route for route in http.routes(app)}
    register = found["/toys/parcels", "POST"]
    assert (register.permission, register.idempotent, register.changes) == ("parcels.register", True, True)
    assert (register.schema_in, register.schema_out) == (parcels.RegisterParcel, parcels.Receipt)
    search = found["/toys/parcels/search", "POST"]
    assert (search.idempotent, search.changes) == (False, False)
    read = found["/toys/parcels/<uuid:parcel_id>", "GET"]
    assert (read.audits, read.schema_in, read.schema_out) == ("parcel_id", None, parcels.Receipt)
    assert found["/toys/parcels/<uuid:parcel_id>", "PATCH"].needs_version
    assert found["/toys/hours", "GET"].public_reason == "opening hours are on the door"
    assert all(route.permission or route.public_reason for route in found.values())
