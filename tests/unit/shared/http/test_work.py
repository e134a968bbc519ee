"""One unit of work a request, one commit, after the answer was made; keys and versions are asked for before."""

from typing import Any

import pytest

from shared import http
from shared.errors import Conflict
from tests.unit.shared.http.parcels import PARCEL, Office, Parcel, bearer, changing, client


@pytest.fixture
def office() -> Office:
    return Office(parcels={PARCEL: Parcel(PARCEL, 3, version=7)})


def test_the_key_is_the_first_statement_and_the_commit_the_last(office: Office) -> None:
    answer = client(office).post("/toys/parcels", json={"weight": 3}, headers=changing("clerk"))
    assert answer.status_code == 201
    assert office.log == ["insert", "flush", "update", "commit", "close"]
    assert len(office.parcels) == 2


def test_an_error_in_the_route_commits_nothing(office: Office) -> None:
    client(office).post("/toys/parcels", json={"weight": 30}, headers=changing("clerk"))
    assert len(office.parcels) == 1
    assert office.log[:2] == ["insert", "close"]


def test_an_error_at_the_flush_commits_nothing(office: Office) -> None:
    def lose() -> None:
        raise Conflict("Lost.")

    office.on_flush = lose
    answer = client(office).post("/toys/parcels", json={"weight": 3}, headers=changing("clerk"))
    assert answer.status_code == 409
    assert "commit" not in office.log


def test_a_route_that_swallows_an_error_of_its_transaction_commits_nothing(office: Office) -> None:
    blueprint = http.Blueprint("swallow", __name__)

    @blueprint.post("/swallow")
    @http.requires("parcels.register", idempotent=False)
    @blueprint.response(200)
    def swallow() -> Any:
        try:
            with http.transaction() as uow:
                uow.note("half")
                raise ValueError
        except ValueError:
            return {}

    assert client(office, blueprint).post("/toys/swallow", headers=bearer("clerk")).status_code == 200
    assert office.audit == []
    assert "commit" not in office.log


def test_an_answer_that_is_an_error_commits_nothing(office: Office) -> None:
    blueprint = http.Blueprint("soft", __name__)

    @blueprint.post("/soft")
    @http.requires("parcels.register", idempotent=False)
    @blueprint.response(200)
    def soft() -> Any:
        with http.transaction() as uow:
            uow.note("half")
        return {}, 409

    assert client(office, blueprint).post("/toys/soft", headers=bearer("clerk")).status_code == 409
    assert "commit" not in office.log


def test_a_second_transaction_in_one_request_is_a_fault(office: Office) -> None:
    blueprint = http.Blueprint("twice", __name__)

    @blueprint.post("/twice")
    @http.requires("parcels.register", idempotent=False)
    @blueprint.response(200)
    def twice() -> Any:
        with http.transaction():
            pass
        with http.transaction():
            pass
        return {}

    assert client(office, blueprint).post("/toys/twice", headers=bearer("clerk")).status_code == 500
    assert "commit" not in office.log


def test_a_changing_post_that_opens_no_transaction_is_a_fault(office: Office) -> None:
    blueprint = http.Blueprint("lazy", __name__)

    @blueprint.post("/lazy")
    @http.requires("parcels.register")
    @blueprint.response(200)
    def lazy() -> Any:
        return {}

    assert client(office, blueprint).post("/toys/lazy", headers=changing("clerk")).status_code == 500


def test_reading_is_one_read_only_snapshot(office: Office) -> None:
    client(office).get(f"/toys/parcels/{PARCEL}", headers=bearer("clerk"))
    assert office.log[0] == "set"
    assert "flush" not in office.log


def test_a_changing_post_without_a_key_is_428(office: Office) -> None:
    answer = client(office).post("/toys/parcels", json={"weight": 3}, headers=bearer("clerk"))
    assert (answer.status_code, answer.json["code"]) == (428, "precondition-required")
    assert answer.json["errors"][0]["field"] == "Idempotency-Key"
    assert office.log == []


@pytest.mark.parametrize("key", ["", "short", "x" * 129, "with space", 'a"b"c"d"e', "naïve-key-1", '"unclosed key'])
def test_a_key_that_is_not_plain_is_400(office: Office, key: str) -> None:
    headers = bearer("clerk") | {"Idempotency-Key": key.encode().decode("latin-1")}
    answer = client(office).post("/toys/parcels", json={"weight": 3}, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (400, "malformed-request")


def test_a_search_needs_no_key(office: Office) -> None:
    assert client(office).post("/toys/parcels/search", json={}, headers=bearer("clerk")).status_code == 200


def amend(office: Office, if_match: str | None) -> Any:
    headers = bearer("clerk") | ({} if if_match is None else {"If-Match": if_match})
    return client(office).patch(f"/toys/parcels/{PARCEL}", json={"weight": 4}, headers=headers)


def test_a_change_needs_the_version_that_was_read(office: Office) -> None:
    read = client(office).get(f"/toys/parcels/{PARCEL}", headers=bearer("clerk"))
    assert read.headers["ETag"] == '"7"'
    changed = amend(office, read.headers["ETag"])
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"8"')
    stale = amend(office, read.headers["ETag"])
    assert (stale.status_code, stale.json["code"]) == (412, "stale-version")
    assert "ETag" not in stale.headers


@pytest.mark.parametrize(
    ("tag", "status"),
    [
        (None, 428),
        ("", 400),
        ("*", 400),
        ("7", 400),
        ('"x"', 400),
        ('"7", "8"', 400),
        ('"07"', 400),
        ('"-7"', 400),
        ('"99999999999"', 400),
        ('"٧"', 400),
        ('W/"7"', 412),
        ('"6"', 412),
    ],
)
def test_if_match_absent_unreadable_weak_or_stale(office: Office, tag: str | None, status: int) -> None:
    tag = tag if tag is None else tag.encode().decode("latin-1")
    assert amend(office, tag).status_code == status
    assert office.parcels[PARCEL].version == 7


def test_a_missing_version_is_told_before_the_body_is_judged_or_the_database_asked(office: Office) -> None:
    answer = client(office).patch(f"/toys/parcels/{PARCEL}", json={"nonsense": 1}, headers=bearer("clerk"))
    assert answer.status_code == 428
    assert office.log == []


def test_a_lost_race_is_409(office: Office) -> None:
    from sqlalchemy.orm.exc import StaleDataError

    def lose() -> None:
        raise StaleDataError

    office.on_flush = lose
    assert amend(office, '"7"').status_code == 409
