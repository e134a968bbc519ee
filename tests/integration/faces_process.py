"""Two services in nameko containers, monkey-patched as in production: run by test_nameko_faces in its own process."""

import eventlet

eventlet.monkey_patch(psycopg=False)

import sys  # noqa: E402  nothing may be imported before the patch
from datetime import UTC, datetime  # noqa: E402
from uuid import uuid4  # noqa: E402

from alembic.migration import MigrationContext  # noqa: E402
from alembic.operations import Operations  # noqa: E402
from nameko.containers import ServiceContainer  # noqa: E402
from sqlalchemy import text  # noqa: E402

from shared import db, event_log, technical_tables  # noqa: E402
from shared.broker.in_process import InProcessBroker  # noqa: E402
from shared.broker.rabbitmq import RabbitMQBroker  # noqa: E402
from shared.event_log.provider import EventLog  # noqa: E402
from shared.stream.provider import Stream  # noqa: E402


def project(connection, events):
    rows = [{"sequence": event.sequence} for event in events]
    connection.execute(text("INSERT INTO seen VALUES (:sequence)"), rows)


class Registry:
    name = "registry"
    log = EventLog()


class Reporting:
    name = "reporting"
    inbox = Stream(project=project)


class Runtime:
    deployment = "kz"

    def __init__(self, engines, broker):
        self.engines, self.the_broker = engines, broker

    def engine(self, service):
        return self.engines[service]

    def broker(self, service):
        return self.the_broker

    def consumes(self, service):
        return ["registry"]


def write(engine, count):
    for _ in range(count):
        entry = event_log.NewEvent(uuid4(), "registry.thing-made.v1", uuid4(), datetime.now(UTC), {}, 1, uuid4(), None)
        with engine.begin() as connection:
            event_log.append(connection, [entry])


def main(registry_url, reporting_url, amqp_uri):
    engines = {"registry": db.make_engine(registry_url), "reporting": db.make_engine(reporting_url)}
    for engine in engines.values():
        with engine.begin() as connection:
            technical_tables.create(Operations(MigrationContext.configure(connection)))
            connection.execute(text("CREATE TABLE seen (sequence int PRIMARY KEY)"))
    runtime = Runtime(engines, RabbitMQBroker(amqp_uri) if amqp_uri else InProcessBroker())
    containers = [ServiceContainer(service, {"kinward": runtime}) for service in (Registry, Reporting)]
    for container in containers:
        container.start()
    write(engines["registry"], 20)
    seen = 0
    with eventlet.Timeout(40):
        while seen < 20:
            eventlet.sleep(0.1)
            with engines["reporting"].begin() as connection:
                seen = connection.execute(text("SELECT count(*) FROM seen")).scalar_one()
    with eventlet.Timeout(30):
        for container in containers:
            container.stop()
    print("seen", seen)


if __name__ == "__main__":
    main(*sys.argv[1:])
