"""Events that a consumer cannot handle: put aside with what they touch, everything else flows, and a retry helps.

A trigger in the consumer's database refuses one child, as a rule of a newer release would: the workers are as shipped.
Not here: an event that ends the process (kill_points), a body that cannot be read (messages).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from uuid import UUID

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from tests.faults.rig import CONSUMERS, Rig
from tests.faults.writing import Writer

TABLES = {
    "placements": [("whereabouts", "child")],
    "social_work": [("child", "id")],
    "reporting": [("figures_a.child", "id"), ("figures_b.child", "id")],
}
"""Where a consumer that hears of children from registry first writes one down, and by which column."""


def poison_among_500(rig: Rig, writer: Writer, random: Random) -> None:
    """One of 500 events of one message is refused; the others are applied, and it too once the cause is gone."""
    consumer = random.choice([name for name in rig.consumers if name in TABLES])
    rig.recovered()
    crowd = [writer.new() for _ in range(500)]
    poison = crowd[random.randint(150, 350)]
    with refusing(rig, consumer, poison.id):
        writer.register(crowd)
        rig.recovered()
        (event,) = _events(rig, poison.id)
        parked = rig.rows(consumer, "select event_id, kind, subject from parked_event")
        assert parked == [(event, "failed", poison.id)]
        known = "select count(*) from {} where {} = any(:ids)".format(*TABLES[consumer][0])
        assert rig.value(consumer, known, ids=[each.id for each in crowd]) == len(crowd) - 1
    _retry(rig, consumer)
    writer.place(crowd[:20])
    writer.take_charge(crowd[:20])
    writer.children += crowd[:20]


def behind_a_parked_child(rig: Rig, writer: Writer, random: Random) -> None:
    """A child is parked: what any source tells of it stands in line behind it, and comes in by one retry.

    No shipped event whose handling touches two children is there yet (reporting has no use for sibling links, so they
    hold up nobody); tests/integration/test_stream_parking has one of its own.
    """
    rig.recovered()
    first, second = writer.new(), writer.new()
    with refusing(rig, "reporting", first.id):
        writer.register([second, first])
        writer.link(second, first)
        steps = [lambda: writer.place([second, first]), lambda: writer.take_charge([second, first]),
                 lambda: writer.move([second, first])]  # fmt: skip
        for step in random.sample(steps, len(steps)):
            step()
        rig.recovered()
        kinds = {(id_, kind) for id_, kind in rig.rows("reporting", "select subject, kind from parked_event")}
        assert kinds == {(first.id, "failed"), (first.id, "blocked")}, kinds
        blocked = rig.value("reporting", "select count(distinct source) from parked_event where kind = 'blocked'")
        assert blocked == 3
        known = [rig.value("reporting", f"select count(*) from {table} where {column} = :id", id=second.id)
                 for table, column in (("child", "id"), ("episode", "child"), ("case_file", "child"))]  # fmt: skip
        assert known == [1, 1, 1], known
    _retry(rig, "reporting")
    writer.children += [first, second]


@contextmanager
def refusing(rig: Rig, consumer: str, child: UUID) -> Iterator[None]:
    """While it lasts the consumer's database refuses to write down this child."""
    statements = [
        "create function refuse_child() returns trigger language plpgsql as $$ begin"
        " raise exception 'refused' using errcode = 'check_violation'; end $$"
    ]
    for table, column in TABLES[consumer]:
        statements.append(
            f"create trigger refuse_child before insert or update on {table} for each row"
            f" when (new.{column} = '{child}') execute function refuse_child()"
        )
    execute(rig, consumer, statements)
    try:
        yield
    finally:
        execute(rig, consumer, ["drop function refuse_child cascade"])


def execute(rig: Rig, service: str, statements: list[str]) -> None:
    """Change a service's database behind its back."""
    engine = create_engine(rig.deployed.database(service), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("set local lock_timeout = '20s'"))
        for statement in statements:
            connection.execute(text(statement))


def _events(rig: Rig, subject: UUID, type_: str = "registry.child-registered.v1") -> list[UUID]:
    query = "select id from event_log where subject = :subject and type = :type order by sequence"
    return [id_ for (id_,) in rig.rows("registry", query, subject=subject, type=type_)]


def _retry(rig: Rig, consumer: str) -> None:
    rig.deployed.kinward("parked", "retry", "--consumer", consumer)
    assert consumer in CONSUMERS
