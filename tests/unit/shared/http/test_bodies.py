"""What comes in: size, media type, and JSON that a database can hold."""

from io import BytesIO
from typing import Any

import pytest

from shared import http
from shared.http.bodies import MAX_DEPTH
from tests.unit.shared.http.parcels import Office, bearer, changing, client

JSON = {"Content-Type": "application/json"}


def post(body: bytes, **headers: str) -> Any:
    return client(Office()).post("/toys/parcels", data=body, headers=changing("clerk") | JSON | headers)


def test_a_body_over_the_limit_is_413() -> None:
    answer = post(b'{"weight": 3, "x": "' + b"a" * 1024 * 1024 + b'"}')
    assert (answer.status_code, answer.json["code"]) == (413, "body-too-large")


def test_a_body_over_the_limit_is_413_also_where_nobody_reads_it() -> None:
    answer = client(Office(), max_body=10).post(
        "/toys/parcels/search", data=b"a" * 11, headers=bearer("clerk") | {"Content-Type": "text/plain"}
    )
    assert answer.status_code == 413


def test_a_route_may_take_more_or_less_than_the_rest() -> None:
    blueprint = http.Blueprint("import", __name__)

    @blueprint.post("/import")
    @http.requires("parcels.register", safe=True, accepts=("text/csv",), max_body=100)
    @blueprint.response(200)
    def take() -> Any:
        from flask import request

        return {"size": len(request.get_data())}

    api = client(Office(), blueprint, max_body=10)
    headers = bearer("clerk") | {"Content-Type": "text/csv; charset=utf-8"}
    assert api.post("/toys/import", data=b"a" * 100, headers=headers).json == {"size": 100}
    assert api.post("/toys/import", data=b"a" * 101, headers=headers).status_code == 413


def test_a_chunked_body_whose_end_is_not_marked_is_411_instead_of_read_as_empty() -> None:
    answer = client(Office()).post(
        "/toys/parcels",
        headers=changing("clerk") | JSON | {"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input": BytesIO(b'b\r\n{"weight":3}\r\n0\r\n\r\n'), "CONTENT_LENGTH": ""},
    )
    assert (answer.status_code, answer.json["code"]) == (411, "length-required")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "", "json"])
def test_a_body_of_another_type_is_415_instead_of_read_as_empty(kind: str) -> None:
    answer = post(b'{"weight": 3}', **{"Content-Type": kind})
    assert (answer.status_code, answer.json["code"]) == (415, "unsupported-media-type")
    assert answer.json["errors"][0]["field"] == "Content-Type"


def test_no_body_at_all_is_told_field_by_field() -> None:
    answer = client(Office()).post("/toys/parcels", headers=changing("clerk"))
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "weight")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"\xff\xfe{}",
        b'{"weight": "\xd0"}',
        b"[" * 100_000,
        b'{"weight": ' + b"9" * 5000 + b"}",
    ],
    ids=lambda body: body[:12],
)
def test_what_is_not_json_is_400_or_422_never_500(body: bytes) -> None:
    assert post(body).status_code in {400, 422}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_a_number_that_only_python_takes_for_json_is_400(number: str) -> None:
    assert post(f'{{"weight": {number}}}'.encode()).status_code == 400


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"7", b"true"])
def test_json_that_is_no_object_is_422(body: bytes) -> None:
    assert post(body).status_code == 422


@pytest.mark.parametrize("text", [r"a\u0000b", r"\ud800", r"\udc00x"])
def test_text_that_postgresql_cannot_store_is_400_wherever_it_stands(text: str) -> None:
    for body in (f'{{"weight": "{text}"}}', f'{{"{text}": 1}}', f'{{"sizes": [{{"width": "{text}"}}]}}'):
        assert post(body.encode()).status_code == 400


def test_a_nul_in_the_query_is_400() -> None:
    office = Office()
    api = client(office, http.audit_blueprint("parcels"))
    assert api.get("/toys/audit?actor=a%00b", headers=bearer("auditor")).status_code == 400


def test_json_nested_without_end_is_400() -> None:
    deep = "[" * (MAX_DEPTH + 2) + "]" * (MAX_DEPTH + 2)
    assert post(f'{{"weight": 1, "sizes": {deep}}}'.encode()).status_code == 400


def test_a_pair_of_surrogates_is_a_character() -> None:
    answer = post(rb'{"weight": 3, "sizes": [], "\ud83d\ude00": 1}')
    assert (answer.status_code, answer.json["errors"][0]["rule"]) == (422, "unknown")
