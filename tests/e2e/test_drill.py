"""The drill: one deployment loses a database, the broker and its whole machine, one after another, and comes back.

Real processes over RabbitMQ and PostgreSQL 15. What backups hold and how they are proven: docs/backup.md.
"""

from uuid import UUID

import pytest

from tests.e2e import registers
from tests.e2e.losing import losing
from tests.e2e.running import until
from tests.faults.writing import Steady
from tests.provided import provided

SEED = 20261122
SIZES = {"guardianship": 12, "foster": 5, "residential": 15}
PERIOD = "2011"
CONSUMERS = ("placements", "social_work")
FORKED = "select count(*) from watermark where reason = 'forked'"


@pytest.fixture(scope="module")
def lost():
    """The deployment that loses everything once; the steps follow one another."""
    yield from provided(lambda: losing(SEED))


def test_a_deployment_that_loses_its_database_its_broker_and_its_machine_comes_back(lost):
    lost.start_all()
    register = registers.write(lost.elsewhere / "register.csv", registers.kazakhstan_of(**SIZES))
    lost.kinward("import", "register", str(register), "--register", "main")
    lost.writer.prepare()
    lost.writer.write(4)
    first, second, third = lost.register(), lost.register(), lost.register()
    lost.rig.recovered()
    lost.kinward("period", "close", "--period", PERIOD, "--note", "an invented register")
    signed = lost.bundle()
    keys = lost.keys_apart()
    with Steady(lost.writer, 40, lost.rig.told):  # one moment of all, whatever is written meanwhile
        old = lost.backup()
    lost.kinward("backup", "verify", str(old.file), "--key", str(lost.private_key))

    its_database(lost, old, erased=first)
    its_broker(lost)
    its_machine(lost, keys, erased=second, kept=third)
    assert lost.bundle() == signed, "the figures of a closed period are the same, byte for byte"


def its_database(lost, old, erased):
    """Registry comes back an hour older than the others: the fork is named, its orphans one by one, and healed."""
    lost.erase(erased)
    lost.writer.crowd(3)
    lost.rig.recovered()
    gone = lost.events("registry", old.ends["registry"])
    assert len(gone) > 3
    lost.refused(old.file, "services-stopped", "--service", "registry", "--replace")
    lost.stop("registry")
    lost.refused(old.file, "empty-database", "--service", "registry")
    lost.lost_database(lost.rig.servers.records, lost.rig.names["registry"])

    said = lost.restore(old.file, "--service", "registry")
    assert said["erased_again"] == [str(erased)]
    orphans = {each["consumer"]: {UUID(one["event_id"]) for one in each["orphans"]} for each in said["standings"]
               if each["source"] == "registry"}  # fmt: skip
    assert orphans == dict.fromkeys((*CONSUMERS, "reporting"), gone)
    assert not [each for each in said["standings"] if each["source"] != "registry" and each["orphans"]]
    known = {id_ for (id_,) in lost.rig.rows("registry", "select id from child")}
    lost.writer.children = [each for each in lost.writer.children if each.id in known]
    lost.start("registry")
    for consumer in CONSUMERS:
        until(lambda consumer=consumer: lost.rig.value(consumer, FORKED), f"{consumer} notices")
        named = {UUID(each["event_id"]) for each in lost.told("orphans", "list") if each["consumer"] == consumer}
        assert named == gone
        lost.kinward("orphans", "resolve", consumer, "registry")
    lost.writer.write(2)
    until(lambda: not lost.rig.value("reporting", FORKED), "reporting is built anew", 120.0)
    lost.rig.recovered()
    assert not lost.there(erased), "who was erased stays erased"


def its_broker(lost):
    """The broker is gone with messages that nobody has taken: the logs have them."""
    lost.rig.kill("placements")
    told = lost.rig.told()
    lost.writer.crowd(5)
    new = lost.register()
    until(lambda: lost.rig.published("registry"), "the broker has taken them")
    assert lost.rig.queues.exists("placements.inbox")
    lost.lost_broker()
    lost.start("placements")
    lost.writer.write(2)
    lost.rig.recovered()
    assert lost.rig.told() > told + 5
    heard = "select confirmed from whereabouts where child = :child"
    assert lost.rig.value("placements", heard, child=new) is True


def its_machine(lost, keys, erased, kept):
    """All is gone but the files that were kept elsewhere: the backup, the keys, the copy of the list of the erased."""
    newest = lost.backup().file
    heads = lost.rig.heads()
    assert lost.there(erased)
    lost.erase(erased)
    assert lost.open_signins() == 1
    lost.lost_machine()

    lost.refused(newest, "keys-first")
    lost.kinward("restore", str(keys), "--key", str(lost.private_key))
    said = lost.restore(newest)
    assert said["erased_again"] == [str(erased)], "the copy of the list was elsewhere"
    assert not [each for each in said["standings"] if each["orphans"] or each["unknown"]], "one moment of all"
    assert (said["signed_out"], lost.open_signins()) == (1, 0)
    lost.start_all()
    new = lost.register()
    lost.rig.recovered()
    assert [lost.there(child) for child in (erased, kept, new)] == [False, True, True]
    heard = "select confirmed from whereabouts where child = :child"
    assert lost.rig.value("placements", heard, child=new) is True
    assert all(count >= heads[service] for service, count in lost.rig.heads().items())
    assert lost.told("audit", "verify")
