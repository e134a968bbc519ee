"""The audit log's chain on real PostgreSQL: what is done to the rows behind its back is found, where and what.

Who does it here is whom the database lets do anything: triggers do not stop him.
"""

import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from hypothesis import HealthCheck, given, settings
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared import audit, audit_chain, audit_check, db, event_log, technical_tables
from shared.audit_check import Break, Kind
from shared.ids import new_id
from tests.integration.test_event_log import entry
from tests.unit.shared.test_audit_chain import ROWS

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
COUNT = 6
ANYTHING = "SET LOCAL session_replication_role = replica;"
LOOSENED = """
    ALTER TABLE audit DROP CONSTRAINT audit_sequence_key, DROP CONSTRAINT audit_sequence_check,
        ALTER sequence DROP NOT NULL
"""
EMPTY = """
    TRUNCATE audit, audit_head;
    INSERT INTO audit_head VALUES (1, 0, decode(repeat('00', 32), 'hex'))
"""


def row(number=0, **changes):
    values = {
        "id": new_id(),
        "at": AT + timedelta(seconds=number),
        "actor": f"clerk {number}",
        "roles": ("clerk",),
        "action": "PostParcel",
        "subject": UUID(int=number),
        "outcome": audit.DONE,
        "request_id": f"request-{number}",
        "correlation_id": new_id(),
        "detail": {"count": number},
    }
    return audit.AuditRow(**(values | changes))


@pytest.fixture(scope="module", params=["wheel", "debian15"])
def database(request):
    """One for all tests, on each PostgreSQL; nothing but the triggers keeps anybody from anything."""
    server = request.getfixturevalue(f"postgresql_{request.param}")
    url = server.new_database()
    engine = db.make_engine(url)
    with engine.begin() as connection:
        technical_tables.create(Operations(MigrationContext.configure(connection)))
        connection.execute(text(LOOSENED))
    yield engine
    engine.dispose()
    server.drop_database(url)


@pytest.fixture
def engine(database):
    tamper(database, EMPTY)
    return database


@pytest.fixture
def chain(engine):
    """Rows written in several commits."""
    for number in range(1, COUNT, 2):
        append(engine, row(number), row(number + 1))
    return engine


def append(engine, *rows):
    with engine.begin() as connection:
        audit.append(connection, rows)


def tamper(engine, statements):
    with engine.begin() as connection:
        connection.execute(text(ANYTHING + statements))


def verify(engine, **anchors):
    with audit_check.snapshot(engine) as connection:
        return audit_check.verify(connection, **anchors)


def head(engine):
    with audit_check.snapshot(engine) as connection:
        return audit_check.head(connection)


def numbers(engine):
    with engine.begin() as connection:
        return list(connection.scalars(text("SELECT sequence FROM audit ORDER BY sequence")))


def anew(engine, first):
    """Chain the rows from `first` on anew, head and all, as somebody does who knows how."""
    with audit_check.snapshot(engine) as connection:
        rows = [each for each in audit_check._rows(connection, 1) if each.sequence is not None]
    before, statements = audit_chain.BEGINNING, ""
    for each in rows:
        if each.sequence >= first:
            before = audit_chain.link(before, each.sequence, each.digest)
            statements += f"UPDATE audit SET hash = '\\x{before.hex()}' WHERE sequence = {each.sequence};"
        else:
            before = each.hash
    tamper(engine, statements + f"UPDATE audit_head SET sequence = {rows[-1].sequence}, hash = '\\x{before.hex()}'")


def test_rows_are_numbered_in_the_order_given_and_the_chain_holds(chain):
    assert numbers(chain) == [1, 2, 3, 4, 5, 6]
    with chain.begin() as connection:
        actors = list(connection.scalars(text("SELECT actor FROM audit ORDER BY sequence")))
    assert actors == [f"clerk {number}" for number in range(1, 7)]
    assert verify(chain) == audit_check.Verdict(6, None)
    assert verify(chain, anchors={0: audit_chain.BEGINNING, 6: head(chain).hash}).broken is None


def test_a_log_without_rows_holds(engine):
    append(engine)
    assert verify(engine) == audit_check.Verdict(0, None)


def test_a_large_batch_is_one_statement_and_holds(engine):
    append(engine, *(row(number) for number in range(audit_check.AT_ONCE + 1500)))
    append(engine, row())
    assert verify(engine) == audit_check.Verdict(audit_check.AT_ONCE + 1501, None)


@given(row_=ROWS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_row_says_is_stored_as_it_was_chained(engine, row_):
    append(engine, audit.AuditRow(**(row_ | {"id": new_id()})))
    assert verify(engine).broken is None


@pytest.mark.parametrize("name", ['quoted "name"', "back\\slash", "two\nlines", "{a,b}", "", "NULL", "қазақ"])
def test_a_role_of_any_name_is_stored_as_it_was_chained(engine, name):
    append(engine, row(roles=(name, "clerk")))
    assert verify(engine).broken is None
    with db.new_session(engine) as session:
        assert audit.read(session, 1)[0].roles == (name, "clerk")


@pytest.mark.parametrize("change", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit", "TRUNCATE audit"])
def test_the_log_cannot_be_changed(chain, change):
    with pytest.raises(DBAPIError, match="append-only"), chain.begin() as connection:
        connection.execute(text(change))
    assert verify(chain) == audit_check.Verdict(6, None)


@pytest.mark.parametrize("change", ["DELETE FROM audit_head", "TRUNCATE audit_head"])
def test_the_head_cannot_be_taken_away(chain, change):
    with pytest.raises(DBAPIError, match="append-only"), chain.begin() as connection:
        connection.execute(text(change))


FLIPS = {
    "id": "gen_random_uuid()",
    "at": "at + interval '1 microsecond'",
    "actor": "actor || ' '",
    "roles": "array_append(roles, 'x')",
    "action": "upper(action)",
    "subject": "NULL",
    "outcome": "'denied'",
    "request_id": "NULL",
    "correlation_id": "gen_random_uuid()",
    "detail": "'{\"count\": 3.0}'",
    "hash": "sha256(hash)",
}


@pytest.mark.parametrize("column", FLIPS)
@pytest.mark.parametrize("place", [1, 3, COUNT])
def test_a_value_changed_in_any_column_is_found(chain, column, place):
    tamper(chain, f"UPDATE audit SET {column} = {FLIPS[column]} WHERE sequence = {place}")
    assert verify(chain) == audit_check.Verdict(place - 1, Break(place, Kind.CHANGED))


def test_every_column_is_tried(chain):
    assert {*FLIPS, "sequence"} == {column.name for column in technical_tables.audit.columns}


@pytest.mark.parametrize(
    ("place", "number", "kind"),
    [(COUNT, "7", Kind.CHANGED), (3, "NULL", Kind.MISSING), (3, "99", Kind.MISSING)],
)
def test_a_number_changed_is_found(chain, place, number, kind):
    tamper(chain, f"UPDATE audit SET sequence = {number} WHERE sequence = {place}")
    assert verify(chain).broken == Break(place, kind)


def test_an_instant_that_is_none_is_found(chain):
    tamper(chain, "UPDATE audit SET at = 'infinity' WHERE sequence = 2")
    assert verify(chain).broken == Break(2, Kind.CHANGED)


@pytest.mark.parametrize("place", [1, 3, COUNT - 1])
@pytest.mark.parametrize("numbered_anew", [False, True])
def test_a_row_taken_out_is_found(chain, place, numbered_anew):
    tamper(chain, f"DELETE FROM audit WHERE sequence = {place}")
    if numbered_anew:
        tamper(chain, f"UPDATE audit SET sequence = sequence - 1 WHERE sequence > {place}")
    assert verify(chain) == audit_check.Verdict(place - 1, Break(place, Kind.MISSING))


@pytest.mark.parametrize("left", [0, 3, COUNT - 1])
def test_a_tail_cut_off_is_found(chain, left):
    tamper(chain, f"DELETE FROM audit WHERE sequence > {left}")
    assert verify(chain) == audit_check.Verdict(left, Break(left + 1, Kind.CUT))


def test_a_head_taken_away_is_found(chain):
    tamper(chain, "DELETE FROM audit_head")
    assert verify(chain).broken == Break(7, Kind.CUT)


COPIED = """
    UPDATE audit SET sequence = sequence + {count} WHERE sequence >= {place};
    INSERT INTO audit
    SELECT gen_random_uuid(), at, 'mallory', roles, action, subject, outcome, request_id, correlation_id, detail,
           {place} + added, sha256(hash || added::text::bytea)
    FROM audit, generate_series(0, {count} - 1) AS added WHERE actor = 'clerk 1';
"""
AT_HEAD_TOO = "UPDATE audit_head SET sequence = sequence + {count}"


@pytest.mark.parametrize("place", [1, 3, COUNT])
@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("more", ["", AT_HEAD_TOO])
def test_a_row_put_in_is_found(chain, place, count, more):
    tamper(chain, (COPIED + more).format(place=place, count=count))
    assert verify(chain) == audit_check.Verdict(place - 1, Break(place, Kind.INSERTED))


@pytest.mark.parametrize("place", [1, 3, COUNT])
def test_a_row_put_in_with_a_hash_that_fits_is_found(chain, place):
    tamper(chain, COPIED.format(place=place, count=1))
    with audit_check.snapshot(chain) as connection:
        rows = list(audit_check._rows(connection, 1))
    before = audit_chain.BEGINNING if place == 1 else rows[place - 2].hash
    hash_ = audit_chain.link(before, place, rows[place - 1].digest)
    tamper(chain, f"UPDATE audit SET hash = '\\x{hash_.hex()}' WHERE sequence = {place}")
    assert verify(chain).broken == Break(place, Kind.INSERTED)


def test_a_row_put_behind_the_head_is_found(chain):
    tamper(chain, COPIED.format(place=COUNT + 1, count=1))
    with audit_check.snapshot(chain) as connection:
        *_, before, last = audit_check._rows(connection, 1)
    hash_ = audit_chain.link(before.hash, COUNT + 1, last.digest)
    tamper(chain, f"UPDATE audit SET hash = '\\x{hash_.hex()}' WHERE sequence = {COUNT + 1}")
    assert verify(chain).broken == Break(COUNT + 1, Kind.INSERTED)


def test_a_last_row_written_anew_is_found_by_the_head(chain):
    kept = head(chain)
    tamper(chain, f"UPDATE audit SET actor = 'nobody' WHERE sequence = {COUNT}")
    anew(chain, COUNT)
    tamper(chain, f"UPDATE audit_head SET hash = '\\x{kept.hash.hex()}'")
    assert verify(chain).broken == Break(COUNT, Kind.CHANGED)


def test_a_number_given_twice_is_found(chain):
    tamper(chain, COPIED.format(place=3, count=1) + "UPDATE audit SET sequence = sequence - 1 WHERE sequence > 3")
    assert verify(chain).broken.sequence in (3, 4)


ROWS_EXCHANGED = "UPDATE audit SET sequence = CASE sequence WHEN {0} THEN {1} ELSE {0} END WHERE sequence IN ({0}, {1})"
WORDS_EXCHANGED = """
    CREATE TEMPORARY TABLE held AS SELECT * FROM audit WHERE sequence IN ({0}, {1});
    UPDATE audit SET sequence = {0} + {1} - held.sequence, hash = other.hash
    FROM held, held AS other
    WHERE audit.id = held.id AND other.sequence = {0} + {1} - held.sequence;
    DROP TABLE held
"""


@pytest.mark.parametrize("exchange", [ROWS_EXCHANGED, WORDS_EXCHANGED], ids=["rows", "words"])
@pytest.mark.parametrize("places", [(1, 2), (2, 4), (5, 6), (1, 6), (3, 6)])
def test_rows_in_another_order_are_found(chain, exchange, places):
    tamper(chain, exchange.format(*places))
    assert verify(chain) == audit_check.Verdict(places[0] - 1, Break(places[0], Kind.MOVED))


def test_a_row_moved_past_several_is_found(chain):
    tamper(chain, "UPDATE audit SET sequence = CASE sequence WHEN 5 THEN 2 ELSE sequence + 1 END"
                  " WHERE sequence BETWEEN 2 AND 5")  # fmt: skip
    assert verify(chain).broken == Break(2, Kind.MOVED)


class TestAnchors:
    """A chain written anew to its end, head and all, holds; an anchor kept elsewhere does not."""

    def test_a_tail_cut_off_with_the_head_is_found(self, chain):
        kept = head(chain)
        tamper(chain, "DELETE FROM audit WHERE sequence > 4")
        anew(chain, 5)
        assert verify(chain).broken is None
        assert verify(chain, anchors={kept.sequence: kept.hash}) == audit_check.Verdict(4, Break(5, Kind.CUT))

    @pytest.mark.parametrize("more", [0, 3])
    def test_a_tail_written_anew_is_found_though_rows_were_added_since(self, chain, more):
        kept = head(chain)
        tamper(chain, "UPDATE audit SET actor = 'nobody' WHERE sequence = 4")
        anew(chain, 4)
        if more:
            append(chain, *(row(number) for number in range(more)))
        assert verify(chain) == audit_check.Verdict(COUNT + more, None)
        broken = verify(chain, anchors={kept.sequence: kept.hash}).broken
        assert broken == Break(COUNT, Kind.REWRITTEN)

    def test_an_older_anchor_still_holds(self, chain):
        kept = head(chain)
        append(chain, row(7), row(8))
        assert verify(chain, anchors={kept.sequence: kept.hash}) == audit_check.Verdict(8, None)


class TestWriters:
    def test_writers_at_once_keep_one_chain(self, engine):
        def write(number):
            for turn in range(15):
                with engine.begin() as connection:
                    audit.append(connection, [row(number), row(turn)])
                    event_log.append(connection, [entry()])

        writers = [threading.Thread(target=write, args=(number,)) for number in range(5)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join(60)
        assert numbers(engine) == list(range(1, 151))
        assert verify(engine) == audit_check.Verdict(150, None)

    def test_whoever_writes_later_waits_and_goes_on_from_what_was_committed(self, chain):
        second = threading.Thread(target=append, args=(chain, row()))
        with chain.connect() as connection:
            audit.append(connection, [row()])
            second.start()
            second.join(0.3)
            assert second.is_alive()
            connection.commit()
        second.join(10)
        assert verify(chain) == audit_check.Verdict(8, None)

    def test_a_rolled_back_transaction_leaves_no_gap(self, chain):
        with chain.connect() as connection:
            audit.append(connection, [row()])
            connection.rollback()
        append(chain, row())
        assert numbers(chain) == list(range(1, 8))
        assert verify(chain) == audit_check.Verdict(7, None)

    def test_what_is_written_while_it_is_verified_belongs_to_the_next_time(self, chain):
        with audit_check.snapshot(chain) as connection:
            assert audit_check.head(connection).sequence == COUNT
            append(chain, row())
            assert audit_check.verify(connection) == audit_check.Verdict(COUNT, None)

    def test_who_holds_the_head_goes_before_all_who_append(self, chain):
        second = threading.Thread(target=append, args=(chain, row()))
        with chain.begin() as connection:
            audit.hold(connection)
            second.start()
            second.join(0.3)
            assert second.is_alive()
            audit.append(connection, [row(7)])
        second.join(10)
        assert verify(chain) == audit_check.Verdict(8, None)
