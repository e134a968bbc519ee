"""Errors are problem+json with a stable code and the field at fault, and never quote an exception."""

from typing import Any

import marshmallow
import pytest
from sqlalchemy import exc
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import BadRequest, HTTPException, ImATeapot, ServiceUnavailable

from shared import errors, http
from shared.http import problems
from tests.unit.shared.http.parcels import PARCEL, Office, bearer, changing, client

CANARY = "Aigerim Secretname"


class UnheardOfError(Exception):
    """Not ours."""


def raising(error: Exception) -> Any:
    blueprint = http.Blueprint("raising", __name__)

    @blueprint.get("/raise")
    @http.requires("parcels.read")
    @blueprint.response(200)
    def raise_it() -> Any:
        raise error

    return client(Office(), blueprint).get("/toys/raise", headers=bearer("clerk"))


def database_error(kind: type[exc.DBAPIError], code: str | None) -> exc.DBAPIError:
    original = Exception(f"DETAIL: Key (name)=({CANARY}) already exists.")
    original.pgcode = code  # type: ignore[attr-defined]
    return kind(f"insert into child values ('{CANARY}')", {"name": CANARY}, original)


@pytest.mark.parametrize(
    "error",
    [
        KeyError(CANARY),
        ValueError(CANARY),
        UnheardOfError(CANARY),
        RecursionError(CANARY),
        errors.KinwardError(CANARY),
        errors.ConfigurationError(CANARY),
        BadRequest(CANARY),
        ImATeapot(CANARY),
        ServiceUnavailable(CANARY),
        errors.NotFound(CANARY, field=CANARY, rule=CANARY),
        errors.Unavailable(CANARY),
        exc.InvalidRequestError(CANARY),
        database_error(exc.IntegrityError, "23505"),
        database_error(exc.IntegrityError, "23514"),
        database_error(exc.DataError, "22003"),
        database_error(exc.OperationalError, None),
    ],
    ids=lambda error: type(error).__name__,
)
def test_the_text_of_an_exception_never_reaches_the_client(error: Exception) -> None:
    answer = raising(error)
    assert answer.status_code >= 400
    assert answer.mimetype == "application/problem+json"
    assert CANARY not in answer.text
    assert not any(CANARY in value for value in answer.headers.values())


def test_a_fault_of_ours_is_500_with_the_request_id_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    answer = raising(KeyError(CANARY))
    assert (answer.status_code, answer.json["code"]) == (500, "internal-error")
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]
    assert [record.levelname for record in caplog.records if record.name == "kinward.http"] == ["ERROR"]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (StaleDataError("x"), 409, "conflict"),
        (database_error(exc.IntegrityError, "23505"), 409, "conflict"),
        (database_error(exc.IntegrityError, "23P01"), 409, "conflict"),
        (database_error(exc.IntegrityError, "23503"), 409, "conflict"),
        (database_error(exc.OperationalError, "40001"), 409, "conflict"),
        (database_error(exc.OperationalError, "40P01"), 409, "conflict"),
        (database_error(exc.OperationalError, "55P03"), 503, "unavailable"),
        (database_error(exc.OperationalError, "57014"), 503, "unavailable"),
        (database_error(exc.OperationalError, None), 503, "unavailable"),
        (database_error(exc.InterfaceError, None), 503, "unavailable"),
        (exc.TimeoutError("pool"), 503, "unavailable"),
        (database_error(exc.IntegrityError, "23514"), 500, "internal-error"),
        (database_error(exc.IntegrityError, "23502"), 500, "internal-error"),
        (exc.InvalidRequestError("x"), 500, "internal-error"),
    ],
    ids=str,
)
def test_database_errors_become_a_lost_race_an_outage_or_a_fault(error: Exception, status: int, code: str) -> None:
    answer = raising(error)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert ("Retry-After" in answer.headers) == (status == 503)


def test_our_errors_name_field_rule_and_remedy() -> None:
    answer = raising(errors.Conflict("Full.", field="depot", rule="capacity", remedy="Choose another."))
    assert answer.json["errors"] == [
        {"field": "depot", "rule": "capacity", "message": "Full.", "remedy": "Choose another."}
    ]
    assert answer.json["type"] == "urn:kinward:problem:conflict"
    assert raising(errors.Conflict()).json["errors"] == []


def test_each_field_of_a_body_gets_its_own_entry() -> None:
    body = {"sizes": [{"width": 3}, {"width": 0}, {}], "colour": "red"}
    answer = client(Office()).post("/toys/parcels", json=body, headers=changing("clerk"))
    found = {entry["field"]: entry["rule"] for entry in answer.json["errors"]}
    assert (answer.status_code, answer.json["code"]) == (422, "invalid-input")
    assert found == {"weight": "required", "sizes.1.width": "form", "sizes.2.width": "required", "colour": "unknown"}


def test_a_schema_that_says_no_inside_a_route_is_422() -> None:
    answer = raising(marshmallow.ValidationError({"weight": ["Too heavy."], "_schema": ["Odd."]}))
    assert answer.status_code == 422
    assert answer.json["errors"] == [
        {"field": "weight", "rule": "form", "message": "Too heavy."},
        {"rule": "form", "message": "Odd."},
    ]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/toys/nowhere", 404, "not-found"),
        ("GET", "/elsewhere", 404, "not-found"),
        ("GET", "/toys/parcels/not-a-uuid", 404, "not-found"),
        ("DELETE", "/toys/parcels", 405, "method-not-allowed"),
        ("TRACE", "/toys/parcels", 405, "method-not-allowed"),
        ("GET", "/toys//hours", 404, "not-found"),
    ],
)
def test_what_the_router_refuses_is_a_problem_too(method: str, path: str, status: int, code: str) -> None:
    answer = client(Office()).open(path, method=method)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert ("Allow" in answer.headers) == (status == 405)


def test_a_trailing_slash_is_the_same_address_not_a_redirect() -> None:
    assert client(Office()).get("/toys/hours/").status_code == 200


@pytest.mark.parametrize("path", ["/toys/hours", "/toys/nowhere", "/toys/broken", "/toys/openapi.json", "/toys/docs"])
def test_no_answer_is_kept_by_anyone_nor_guessed_at(path: str) -> None:
    answer = client(Office()).get(path, headers=bearer("clerk"))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_a_problem_can_be_made_outside_a_request() -> None:
    assert problems.of_ours(errors.Conflict()).json["request_id"] is None


def test_an_http_error_of_an_unheard_of_status_gets_a_code_of_its_own() -> None:
    class Gone(HTTPException):
        code = 410

    assert raising(Gone()).json["code"] == "gone"


def test_a_body_that_the_answers_schema_cannot_make_changes_nothing() -> None:
    office = Office()
    blueprint = http.Blueprint("odd", __name__)

    class Wrong(marshmallow.Schema):
        weight = marshmallow.fields.Integer()

    @blueprint.post("/odd")
    @http.requires("parcels.register")
    @blueprint.response(201, Wrong)
    def odd() -> Any:
        with http.transaction() as uow:
            uow.note("odd", subject=PARCEL)
            return {"weight": CANARY}

    answer = client(office, blueprint).post("/toys/odd", headers=changing("clerk"))
    assert answer.status_code == 500
    assert "commit" not in office.log
    assert office.audit == []
