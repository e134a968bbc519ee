"""Log lines: one JSON object each, with ids, without personal data, secrets or room for a second line."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from shared import logs

CANARY = "Aigerim-Secretname"
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    logs.configure(stream)

    def read() -> list[dict[str, Any]]:
        return [json.loads(line) for line in stream.getvalue().splitlines()]

    yield read
    root.handlers[:] = before
    root.setLevel(level)
    logs.unbind()


LOG = logging.getLogger("kinward.test")


def test_a_line_is_one_json_object_with_time_level_and_logger(lines: Lines) -> None:
    LOG.info("started %s of %d", "relay", 3)
    (line,) = lines()
    assert (line["message"], line["level"], line["logger"]) == ("started relay of 3", "info", "kinward.test")
    assert line["time"].endswith("+00:00")


def test_a_line_carries_the_ids_of_the_work_at_hand(lines: Lines) -> None:
    with logs.bound(request="request-1", correlation="correlation-1", event="event-1"):
        LOG.info("within")
    LOG.info("after")
    within, after = lines()
    assert (within["request_id"], within["correlation_id"], within["event_id"]) == (
        "request-1",
        "correlation-1",
        "event-1",
    )
    assert "request_id" not in after


@pytest.mark.parametrize(
    "key",
    [
        "name",
        "family_name",
        "childName",
        "birth_date",
        "birthDate",
        "born_from",
        "Authorization",
        "AUTHORIZATION",
        "access_token",
        "password",
        "DB_PASSWORD",
        "signingKey",
        "jwt",
        "iin",
        "phone",
        "email",
        "address",
        "note",
        "free-text",
        "cookie",
        "database_url",
        "amqpURI",
    ],
)
def test_a_value_is_hidden_by_the_name_of_its_key_at_any_depth(lines: Lines, key: str) -> None:
    LOG.info("x", extra={"given": {"list": [{key: CANARY}]}})
    LOG.info("%(a)s", {"a": {key: CANARY}})
    if key.isidentifier() and key != "name":
        LOG.info("x", extra={key: CANARY})
    assert CANARY not in json.dumps(lines())
    assert logs.REDACTED in json.dumps(lines()[0])


@pytest.mark.parametrize("key", ["service", "route", "status", "code", "event_id", "area", "sequence", "consumer"])
def test_what_names_no_person_is_kept(key: str) -> None:
    assert logs.redact(key, "kz") == "kz"


def test_an_exception_is_logged_by_type_and_place_never_by_its_text(lines: Lines) -> None:
    try:
        raise KeyError(CANARY)
    except KeyError as error:
        LOG.exception("failed")
        LOG.error("failed: %s", error)
        LOG.error(error)
        LOG.error("failed", extra={"fault": error})
        LOG.error("failed", exc_info=error)
    found = lines()
    assert CANARY not in json.dumps(found)
    assert found[0]["exception"] == "KeyError"
    assert "test_logs.py" in found[0]["place"][-1]
    assert found[1]["message"] == "failed: KeyError"


def test_objects_are_logged_by_type_and_ids_by_value(lines: Lines) -> None:
    class Child:
        def __repr__(self) -> str:
            return CANARY

    id_ = UUID("01950000-0000-7000-8000-000000000001")
    LOG.info("%s %s", Child(), id_, extra={"thing": Child(), "id": id_})
    (line,) = lines()
    assert line["message"] == f"Child {id_}"
    assert (line["thing"], line["id"]) == ("Child", str(id_))


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer s3cr3t-canary.x",
        "bearer s3cr3t-canary",
        "eyJhbGciOiJub25lIn0.s3cr3t-canary.sig",
        "amqp://user:s3cr3t-canary@host/vhost",
        "postgresql+psycopg2://user:s3cr3t-canary@host/db",
    ],
)
def test_tokens_and_passwords_within_a_text_are_masked(lines: Lines, text: str) -> None:
    LOG.warning("connecting %s", text)
    LOG.warning(text)
    assert "s3cr3t-canary" not in json.dumps(lines())


@pytest.mark.parametrize(
    "evil", ['a\n{"level":"info"}', "a\r\nb", 'a","admin":"yes', "a\u2028b", "a\x1b[2Jb", "a\x00b"]
)
def test_nothing_within_a_text_begins_a_line_or_a_field(lines: Lines, evil: str) -> None:
    LOG.info("%s", evil, extra={"route": evil})
    (line,) = lines()
    assert line["message"] == evil
    assert "admin" not in line


def test_a_line_cannot_overwrite_who_wrote_it(lines: Lines) -> None:
    with logs.bound(request="true-id"):
        LOG.info("x", extra={"request_id": "forged", "level": "forged", "logger": "forged"})
    (line,) = lines()
    assert (line["request_id"], line["level"], line["logger"]) == ("true-id", "info", "kinward.test")


def test_long_texts_are_cut_and_deep_ones_end(lines: Lines) -> None:
    deep: dict[str, Any] = {}
    inner = deep
    for _ in range(50):
        inner["a"] = {}
        inner = inner["a"]
    LOG.info("x" * 10_000, extra={"deep": deep})
    assert len(json.dumps(lines())) < 3000


def test_a_message_that_does_not_fit_its_arguments_is_logged_without_them() -> None:
    record = logging.makeLogRecord({"name": "kinward.test", "msg": "%d of %d", "args": (CANARY, 3)})
    assert json.loads(logs.JsonLines().format(record))["message"] == "%d of %d"
