"""Cursor pages."""

import base64
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from shared import http
from shared.http import Malformed
from tests.unit.shared.http.parcels import Office, Parcel, bearer, client

ID = UUID("01950000-0000-7000-8000-000000000001")


def test_a_cursor_brings_back_its_key() -> None:
    key = (ID, 7, date(2026, 3, 1), datetime(2026, 3, 1, 12, tzinfo=UTC))
    assert http.decode_cursor(http.encode_cursor(key), UUID, int, date, datetime) == key


def test_no_cursor_is_the_first_page() -> None:
    assert http.decode_cursor(None, UUID) is None


@pytest.mark.parametrize("part", ["Aigerim", True, 1.5, None])
def test_a_cursor_holds_no_text_for_it_stands_in_addresses(part: Any) -> None:
    with pytest.raises(TypeError):
        http.encode_cursor((part,))


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "é",
        "====",
        *(base64.urlsafe_b64encode(raw).decode() for raw in (b"{}", b"[]", b"[1]", b'["x"]', b"[" * 300)),
    ],
)
def test_a_cursor_not_given_out_here_is_400(cursor: str) -> None:
    with pytest.raises(Malformed):
        http.decode_cursor(cursor, UUID)


@pytest.mark.parametrize(
    ("kind", "raw"), [(int, '["1"]'), (int, "[true]"), (int, f"[{2**70}]"), (datetime, '["2026-03-01"]')]
)
def test_a_cursor_of_another_kind_is_400(kind: Any, raw: str) -> None:
    with pytest.raises(Malformed):
        http.decode_cursor(base64.urlsafe_b64encode(raw.encode()).decode(), kind)


def test_pages_follow_each_other_to_the_end() -> None:
    ids = [UUID(int=ID.int + step) for step in range(5)]
    api = client(Office(parcels={id_: Parcel(id_, 1) for id_ in ids}))
    seen: list[str] = []
    cursor = None
    for expected in (2, 2, 1):
        query = {"limit": 2, "cursor": cursor}
        query = {name: value for name, value in query.items() if value is not None}
        answer = api.post("/toys/parcels/search", json=query, headers=bearer("clerk")).json
        assert len(answer["items"]) == expected
        seen += [item["id"] for item in answer["items"]]
        cursor = answer["next"]
    assert cursor is None
    assert seen == [str(id_) for id_ in ids]


def test_a_last_page_that_is_full_has_no_next() -> None:
    assert http.page([ID, ID], 2, key=lambda row: (row,))["next"] is None


@pytest.mark.parametrize("limit", [0, -1, 201, "many"])
def test_a_page_has_one_to_two_hundred_rows(limit: object) -> None:
    answer = client(Office()).post("/toys/parcels/search", json={"limit": limit}, headers=bearer("clerk"))
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "limit")
