"""A source of events on a real database: its log, its relay, and who reads what lands in a consumer's inbox.

Not here: any consumer, and tests.
"""

import time

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import text

from shared import db, envelope, event_log, technical_tables
from shared.broker import Message, events_exchange, inbox_queue
from shared.broker.in_process import InProcessBroker
from shared.event_log import epochs, log
from shared.event_log.epochs import Place
from shared.event_log.relay import Relay
from shared.event_log.replay import Request
from tests.integration.test_event_log import entry

ELSEWHERE = "UPDATE event_head SET system_identifier = 'another cluster'"
EMPTY = """
    SET LOCAL session_replication_role = replica;  -- the log's trigger would refuse
    DELETE FROM event_log;
    DELETE FROM event_epoch;
    UPDATE event_head SET epoch = gen_random_uuid(), sequence = 0, published = 0,
           system_identifier = cluster.system_identifier, timeline_id = cluster.timeline_id
    FROM cluster_identity() AS cluster;
    INSERT INTO event_epoch (epoch, ordinal, reason) SELECT epoch, 1, 'created' FROM event_head
"""


class Source:
    """A service's log with its relay, and who reads the inbox of reporting."""

    def __init__(self, url, broker=None):
        self.url = url
        self.engine = db.make_engine(url)
        self.broker = broker or InProcessBroker()
        self.relay = self.new_relay()
        self.reading = self.broker.connect("reporting")
        self.reading.declare([events_exchange("registry")], [inbox_queue("reporting", ["registry"])])

    def new_relay(self):
        return Relay(self.engine, self.broker, "kz", "registry")

    def write(self, count):
        """Append; the last place."""
        with self.engine.begin() as connection:
            return event_log.append(connection, [entry() for _ in range(count)])

    def begin(self, reason="restored"):
        with self.engine.begin() as connection:
            return epochs.begin(connection, reason)

    def chain(self):
        with self.engine.begin() as connection:
            return epochs.chain(connection)

    def head(self):
        with self.engine.begin() as connection:
            return event_log.head(connection)

    def sql(self, statement):
        with self.engine.begin() as connection:
            result = connection.execute(text(statement))
            return list(result) if result.returns_rows else None

    def place(self, sequence, epoch=None):
        """A place in the log, of the current epoch unless another is given."""
        epoch = epoch or self.head().epoch
        with self.engine.begin() as connection:
            return Place(epoch, sequence, log.id_at(connection, epoch, sequence))

    def written(self):
        """Every event of the log in the order of its epochs: (epoch, sequence, id)."""
        found = self.sql(
            "SELECT epoch, sequence, id FROM event_log JOIN event_epoch USING (epoch) ORDER BY ordinal, sequence"
        )
        return [tuple(row) for row in found]

    def publish(self):
        while self.relay.turn():
            pass

    def ask(self, place):
        """Let reporting ask for what follows a place; None for the beginning of everything."""
        asked = (None, 0, None) if place is None else (place.epoch, place.sequence, place.id)
        request = Request("reporting", *asked).encode()
        assert self.reading.publish([Message("", request, routing_key="registry.catch-up")])
        time.sleep(0.1)

    def inbox(self):
        """Take everything out of the inbox."""
        found = []
        while (delivery := self.reading.receive("reporting.inbox", 0.2)) is not None:
            self.reading.acknowledge([delivery])
            found.append(delivery)
        return found

    def answer(self, place):
        """What the inbox gets for one request, and nothing that was there before."""
        self.publish()
        self.inbox()
        self.relay._ticked = time.monotonic()
        self.ask(place)
        self.publish()
        return self.inbox()

    def close(self):
        self.relay.close()
        self.reading.close()
        self.engine.dispose()


def create(engine):
    with engine.begin() as connection:
        technical_tables.create(Operations(MigrationContext.configure(connection)))


def shown(delivery):
    """(epoch, first, last) of a message."""
    return delivery.headers["epoch"], delivery.headers["first"], delivery.headers["last"]


def follows(delivery):
    """What a message says it follows: (epoch, last, id); no epoch where it is within its own."""
    headers = delivery.headers
    return headers.get("parentepoch"), headers.get("parentlast"), headers["previousid"]


def named(place):
    return str(place.epoch), place.sequence, str(place.id)


def events(deliveries):
    """The events of messages, in order: (epoch, sequence, id)."""
    found = [event for delivery in deliveries for event in envelope.decode_batch(delivery.body)]
    return [(event.epoch, event.sequence, event.id) for event in found]
