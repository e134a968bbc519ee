"""The servers that tests ask for are there, empty, and apart from each other."""

from collections.abc import Callable

import amqp
import psycopg2
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from shared.testing.rabbitmq import Broker


def test_a_database_is_empty_and_of_the_promised_version(postgresql_url: str, request: pytest.FixtureRequest) -> None:
    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        version = connection.scalar(text("SHOW server_version_num"))
        tables = connection.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
        lower = connection.scalar(text("SELECT lower('ҚАЗАҚ Ўзбек')"))
    engine.dispose()

    assert str(version).startswith("15" if "debian15" in request.node.name else "18")
    assert tables == 0
    assert lower == "қазақ ўзбек"


def test_databases_of_one_test_are_different(new_database: Callable[[], str], wheel_url: str) -> None:
    urls = {new_database(), new_database(), wheel_url}

    assert len(urls) == 3
    for url in urls:
        host = make_url(url).query["host"]
        psycopg2.connect(host=host, user="kinward", dbname=make_url(url).database).close()


@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_vhost_starts_without_the_queues_of_the_test_before(rabbitmq: Broker, amqp_uri: str, turn: str) -> None:
    if not rabbitmq.isolated:
        pytest.skip("KINWARD_TEST_AMQP_URI was given without a management API: tests share its vhost")
    address = make_url(amqp_uri)
    with amqp.Connection(f"{address.host}:{address.port}", virtual_host=address.database) as connection:
        channel = connection.channel()
        with pytest.raises(amqp.NotFound):
            channel.queue_declare("left-behind", passive=True)
        connection.channel().queue_declare("left-behind", durable=True, auto_delete=False)


def test_tests_that_ask_for_a_server_are_marked(amqp_uri: str, wheel_url: str, request: pytest.FixtureRequest) -> None:
    assert {"rabbitmq", "postgresql"} <= {mark.name for mark in request.node.iter_markers()}
