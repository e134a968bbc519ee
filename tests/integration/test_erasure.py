"""Erasure on a real PostgreSQL: one role may blank an event's data, and nobody may do anything else to the log."""

from uuid import uuid4

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from services.reporting.projections import touches
from shared import db, envelope, event_log, technical_tables
from shared.broker import Message, inbox_queue
from shared.broker.in_process import InProcessBroker
from shared.errors import ConfigurationError
from shared.event_log import log
from shared.event_log.relay import Relay
from shared.event_log.replay import Request
from shared.happening import touching
from shared.stream.applier import HandlerApplier, ProjectionApplier
from shared.stream.consumer import Consumer
from shared.testing import postgresql_server
from tests.integration.test_event_log import entry

SOURCE = "urn:kinward:kz:registry"


@pytest.fixture
def engine(postgresql_url):
    engine = db.make_engine(postgresql_url)
    create(engine)
    yield engine
    engine.dispose()


def create(engine):
    with engine.begin() as connection:
        technical_tables.create(Operations(MigrationContext.configure(connection)))


def write(engine, count=3):
    entries = [entry() for _ in range(count)]
    with engine.begin() as connection:
        event_log.append(connection, entries)
    return [each.id for each in entries]


def erase(engine, *ids):
    with engine.begin() as connection:
        return event_log.erase(connection, ids)


def read(engine):
    with engine.begin() as connection:
        return event_log.read(connection, 0, 100, source=SOURCE)


def rest(event):
    """All of an event but its data."""
    attributes = envelope.to_cloudevent(event)
    return {name: attributes[name] for name in attributes if not name.startswith("data")}


def test_an_erased_event_keeps_its_place_and_loses_its_data(engine):
    first, second, third = write(engine)
    before = read(engine)
    assert erase(engine, second, uuid4()) == 1
    after = read(engine)
    assert [event.id for event in after] == [first, second, third]
    assert [event.data is None for event in after] == [False, True, False]
    assert [rest(event) for event in after] == [rest(event) for event in before]


def test_it_may_be_erased_again_and_beside_other_work_of_the_same_transaction(engine):
    [id] = write(engine, 1)
    with engine.begin() as connection:
        assert event_log.erase(connection, [id]) == event_log.erase(connection, [id]) == 1
        connection.execute(text("UPDATE event_head SET published = sequence"))
        assert connection.scalar(text("SELECT current_user")) == "kinward"


def test_what_an_erasure_refused_leaves_is_the_role_from_before(engine):
    [id] = write(engine, 1)
    with engine.begin() as connection:
        connection.execute(text("REVOKE UPDATE (data) ON event_log FROM kinward_eraser"))
        with pytest.raises(ConfigurationError):
            event_log.erase(connection, [id])
        assert connection.scalar(text("SELECT current_user")) == "kinward"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE event_log SET data = '{}'",
        "UPDATE event_log SET data = NULL, type = 'registry.other.v1'",
        "UPDATE event_log SET data = NULL, causation_id = gen_random_uuid()",
        "UPDATE event_log SET data = NULL, time = now()",
        "UPDATE event_log SET sequence = sequence + 100",
        "DELETE FROM event_log",
        "TRUNCATE event_log",
    ],
)
def test_the_eraser_may_change_nothing_else(engine, change):
    """Even where somebody has granted it more than it has."""
    write(engine)
    with engine.begin() as connection:
        connection.execute(text("GRANT ALL ON event_log TO kinward_eraser"))
    before = read(engine)
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text("SET LOCAL ROLE kinward_eraser"))
        connection.execute(text(change))
    assert read(engine) == before


def test_blanking_without_the_role_is_refused(engine):
    write(engine)
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text("UPDATE event_log SET data = NULL"))
    assert all(event.data for event in read(engine))


def test_an_account_without_the_role_is_told_what_an_administrator_must_run(postgresql_url):
    """The account may create its tables and no role: the migration goes on, erasing refuses until the role is given."""
    account = f"plain_{uuid4().hex}"
    administrator, name = db.make_engine(postgresql_url), make_url(postgresql_url).database
    with administrator.begin() as connection:
        connection.execute(text(f"CREATE ROLE {account} LOGIN"))
        connection.execute(text(f'ALTER DATABASE "{name}" OWNER TO {account}'))
    engine = db.make_engine(make_url(postgresql_url).set(username=account).render_as_string(False))
    create(engine)
    [id] = write(engine, 1)
    with pytest.raises(ConfigurationError) as refused:
        erase(engine, id)
    with administrator.begin() as connection:
        for statement in refused.value.remedy.partition(": ")[2].split("; ")[1:]:
            connection.execute(text(statement))
    assert erase(engine, id) == 1
    engine.dispose()
    administrator.dispose()


@pytest.mark.parametrize("kind", ["wheel", "debian"])
def test_an_account_that_may_create_roles_gets_it_by_the_migration_in_each_of_its_databases(kind):
    """A fresh server, for the role is one of the whole cluster."""
    with postgresql_server(kind) as server:
        urls = [server.new_database() for _ in range(2)]
        administrator = db.make_engine(urls[0])
        with administrator.begin() as connection:
            connection.execute(text("CREATE ROLE maker LOGIN CREATEROLE"))
            for url in urls:
                connection.execute(text(f'ALTER DATABASE "{make_url(url).database}" OWNER TO maker'))
        administrator.dispose()
        for url in urls:
            engine = db.make_engine(make_url(url).set(username="maker").render_as_string(False))
            create(engine)
            assert erase(engine, *write(engine, 2)) == 2
            engine.dispose()


def test_an_erased_event_is_sent_without_data_and_read_as_erased(engine):
    first, _ = write(engine, 2)
    erase(engine, first)
    with engine.begin() as connection:
        epoch = event_log.head(connection).epoch
        written = log.read_text(connection, epoch, 0, 10, source=SOURCE, until=2)
    assert '"data"' not in written[0].text
    assert envelope.decode_batch(envelope.join_batch(each.text for each in written)) == read(engine)


def test_a_replay_sends_an_erased_event_in_its_place(engine):
    """What goes into the inbox of a consumer that asks from the beginning."""
    ids = write(engine, 3)
    erase(engine, ids[1])
    broker = InProcessBroker()
    reading = broker.connect("reporting")
    relay = Relay(engine, broker, "kz", "registry")
    relay.turn()
    reading.declare([], [inbox_queue("reporting")])
    request = Request("reporting", None, 0, None).encode()
    reading.publish([Message("", request, routing_key="registry.catch-up")])
    relay.turn()
    events = envelope.decode_batch(reading.receive("reporting.inbox", 5).body)
    assert [(event.id, event.data is None) for event in events] == list(zip(ids, [False, True, False], strict=True))
    relay.close()


class Uow:
    """As much of a unit of work as a consumer needs."""

    def __init__(self, engine):
        self.session = db.new_session(engine)
        self.expect = self.caused_by = lambda _: None
        self.commit, self.rollback, self.close = self.session.commit, self.session.rollback, self.session.close


@pytest.mark.parametrize("kind", ["handlers", "projection"])
def test_a_consumer_goes_past_an_erased_event_and_applies_those_around_it(engine, kind):
    """Its handler or projection never sees it, its watermark does."""
    ids, given = write(engine, 3), []
    erase(engine, ids[1])
    note = touching("child")(lambda _, event: given.append(event.id))
    applier = {
        "handlers": HandlerApplier("reporting", lambda: Uow(engine), {entry().type: note}),
        "projection": ProjectionApplier(engine, lambda _, run: given.extend(each.id for each in run), touches),
    }[kind]
    broker = InProcessBroker()
    relay = Relay(engine, broker, "kz", "registry")
    consumer = Consumer(engine, broker, "kz", "reporting", sources=["registry"], applier=applier)
    for _ in range(4):
        relay.turn()
        consumer.turn(0)
    assert given == [ids[0], ids[2]]
    with engine.begin() as connection:
        assert connection.execute(text("SELECT sequence, event_id, state FROM watermark")).one() == (
            3,
            ids[2],
            "running",
        )
    consumer.close()
    relay.close()
