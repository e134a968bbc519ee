"""The unit of work on real PostgreSQL: rows, audit and events in one commit, or nothing. The toy posts parcels."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Integer, MetaData, Table, Uuid, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import registry
from sqlalchemy.orm.exc import StaleDataError

from shared import db, event_log, technical_tables
from shared.aggregate import Aggregate
from shared.envelope import Event
from shared.errors import Invalid, NotFound
from shared.event_schema import Catalogue, EventSchema, Id, Whole
from shared.ids import new_id
from shared.repository import Repository
from shared.unit_of_work import Context, SqlUnitOfWork

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class ParcelPosted:
    parcel: UUID
    weight: int


@dataclass(frozen=True)
class ParcelWeighed:
    parcel: UUID
    weight: int


class ParcelPostedV1(EventSchema):
    """A parcel was posted."""

    type = "toys.parcel-posted.v1"
    fact = ParcelPosted
    subject = "parcel"
    parcel = Id()
    weight = Whole()


class ParcelWeighedV1(EventSchema):
    """A parcel was weighed again."""

    type = "toys.parcel-weighed.v1"
    fact = ParcelWeighed
    subject = "parcel"
    parcel = Id()
    weight = Whole()


@dataclass(eq=False)
class Parcel(Aggregate):
    id: UUID
    weight: int
    version: int = 0

    @classmethod
    def post(cls, weight):
        parcel = cls(new_id(), weight)
        parcel.record(ParcelPosted(parcel.id, weight))
        return parcel

    def weigh(self, weight):
        self.weight = weight
        self.record(ParcelWeighed(self.id, weight))


@dataclass(frozen=True)
class PostParcel:
    weight: int


METADATA = MetaData()
PARCEL = Table(
    "parcel",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("weight", Integer, nullable=False),
    Column("version", Integer, nullable=False),
)
registry().map_imperatively(Parcel, PARCEL, version_id_col=PARCEL.c.version, version_id_generator=False)
CATALOGUE = Catalogue("toys", ParcelPostedV1, ParcelWeighedV1)


class NoCodes:
    def has(self, list_name, code):
        return False

    def has_area(self, code):
        return False


class Parcels(Repository[Parcel]):
    """The parcels."""

    kind = Parcel


class PostOffice(SqlUnitOfWork):
    def __init__(self, session, context):
        super().__init__(session, context, CATALOGUE, NoCodes())
        self.parcels = Parcels(session)


def post_parcel(uow, command):
    parcel = Parcel.post(command.weight)
    uow.parcels.add(parcel)
    return parcel


@pytest.fixture
def engine(postgresql_url):
    engine = db.make_engine(postgresql_url)
    with engine.begin() as connection:
        technical_tables.create(Operations(MigrationContext.configure(connection)))
        METADATA.create_all(connection)
    yield engine
    engine.dispose()


@pytest.fixture
def opened(engine):
    """Call it for a new unit of work; all are closed at the end."""
    made = []

    def open_(**context):
        made.append(PostOffice(db.new_session(engine), Context(**{"actor": "clerk", "at": NOW} | context)))
        return made[-1]

    yield open_
    for uow in made:
        uow.close()


def events(engine):
    with engine.connect() as connection:
        return event_log.read(connection, 0, 1000, source="urn:kinward:xx:toys")


def rows(engine, table):
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(select(table)).mappings()]


def posted(engine, opened, *weights):
    uow = opened()
    parcels = [uow.execute(post_parcel, PostParcel(weight)) for weight in weights]
    uow.commit()
    return parcels


def test_one_commit_holds_the_row_its_audit_row_and_its_event(engine, opened):
    correlation, request = new_id(), "request-1"
    uow = opened(correlation_id=correlation, request_id=request, roles=("clerk", "lifter"))
    parcel = uow.execute(post_parcel, PostParcel(7))
    assert (rows(engine, PARCEL), rows(engine, technical_tables.audit), events(engine)) == ([], [], [])
    uow.commit()
    assert rows(engine, PARCEL) == [{"id": parcel.id, "weight": 7, "version": 1}]
    (noted,) = rows(engine, technical_tables.audit)
    assert {key: noted[key] for key in ("at", "actor", "roles", "action", "subject", "outcome", "request_id")} == {
        "at": NOW,
        "actor": "clerk",
        "roles": ["clerk", "lifter"],
        "action": "PostParcel",
        "subject": parcel.id,
        "outcome": "done",
        "request_id": request,
    }
    (event,) = events(engine)
    assert (event.type, event.subject, event.sequence, event.time) == ("toys.parcel-posted.v1", parcel.id, 1, NOW)
    assert event.data == {"parcel": str(parcel.id), "weight": 7}
    assert (event.subject_version, event.causation_id) == (1, None)
    assert event.correlation_id == noted["correlation_id"] == correlation


def test_what_belongs_together_has_one_correlation_though_nobody_named_one(engine, opened):
    posted(engine, opened, 1, 2)
    posted(engine, opened, 3)
    first, second, third = (event.correlation_id for event in events(engine))
    assert first == second != third
    assert {row["correlation_id"] for row in rows(engine, technical_tables.audit)} == {first, third}


def test_a_rollback_leaves_nothing_and_tells_nothing_later(engine, opened):
    uow = opened()
    uow.execute(post_parcel, PostParcel(1))
    uow.session.flush()
    uow.rollback()
    uow.commit()
    assert (rows(engine, PARCEL), rows(engine, technical_tables.audit), events(engine)) == ([], [], [])


def test_closing_without_a_commit_leaves_nothing(engine, opened):
    uow = opened()
    uow.execute(post_parcel, PostParcel(1))
    uow.session.flush()
    uow.close()
    assert (rows(engine, PARCEL), events(engine)) == ([], [])


def test_a_fact_that_may_not_be_told_undoes_its_row(engine, opened):
    uow = opened()
    uow.execute(post_parcel, PostParcel(1)).record(ParcelWeighed(new_id(), True))
    with pytest.raises(Invalid) as refused:
        uow.commit()
    assert refused.value.field == "weight"
    uow.rollback()
    assert (rows(engine, PARCEL), rows(engine, technical_tables.audit), events(engine)) == ([], [], [])


def test_a_row_that_the_database_refuses_takes_event_and_audit_with_it(engine, opened):
    (parcel,) = posted(engine, opened, 1)
    uow = opened()
    double = Parcel.post(2)
    double.id = parcel.id
    uow.parcels.add(double)
    with pytest.raises(IntegrityError):
        uow.commit()
    uow.rollback()
    assert len(events(engine)) == len(rows(engine, technical_tables.audit)) == 1


def test_facts_survive_what_is_written_before_the_commit(engine, opened):
    uow = opened()
    parcel = uow.execute(post_parcel, PostParcel(1))
    uow.session.flush()
    parcel.weigh(2)
    uow.session.autoflush = True
    assert uow.session.scalars(select(Parcel.weight)).all() == [2]  # the query writes first
    parcel.weigh(3)
    uow.commit()
    assert [(event.type, event.data["weight"], event.subject_version) for event in events(engine)] == [
        ("toys.parcel-posted.v1", 1, 1),
        ("toys.parcel-weighed.v1", 2, 2),
        ("toys.parcel-weighed.v1", 3, 3),
    ]


def test_the_facts_of_several_aggregates_are_told_in_the_order_they_happened(engine, opened):
    first, second = posted(engine, opened, 1, 2)
    uow = opened()
    one, two = uow.parcels.get(first.id), uow.parcels.get(second.id)
    two.weigh(10)
    one.weigh(11)
    uow.session.flush()
    two.weigh(12)
    uow.execute(post_parcel, PostParcel(13))
    one.weigh(14)
    uow.commit()
    assert [event.data["weight"] for event in events(engine)] == [1, 2, 10, 11, 12, 13, 14]


def test_a_second_commit_tells_only_what_is_new(engine, opened):
    uow = opened()
    parcel = uow.execute(post_parcel, PostParcel(1))
    uow.commit()
    parcel.weigh(2)
    uow.commit()
    uow.commit()
    assert [event.data["weight"] for event in events(engine)] == [1, 2]
    assert len(rows(engine, technical_tables.audit)) == 1


def test_what_follows_from_an_event_names_it_as_cause_and_goes_by_its_correlation(engine, opened):
    (parcel,) = posted(engine, opened, 1)
    (cause,) = events(engine)
    uow = opened(actor="stream")
    kept = uow.parcels.get(parcel.id)
    kept.weigh(2)
    uow.caused_by(cause)
    kept.weigh(3)
    uow.note("weighed", parcel.id)
    other = Event(**{name: getattr(cause, name) for name in Event.__struct_fields__} | {"id": new_id()})
    uow.caused_by(other)
    uow.session.flush()
    kept.weigh(4)
    uow.commit()
    before, answer, second = events(engine)[1:]
    assert before.causation_id is None
    assert before.correlation_id != cause.correlation_id
    assert (answer.causation_id, answer.correlation_id) == (cause.id, cause.correlation_id)
    assert (second.causation_id, second.correlation_id) == (other.id, cause.correlation_id)
    assert rows(engine, technical_tables.audit)[-1]["correlation_id"] == cause.correlation_id


def test_whoever_changes_an_older_version_loses_the_race(engine, opened):
    (parcel,) = posted(engine, opened, 1)
    slow, quick = opened(), opened()
    seen = slow.session.get(Parcel, parcel.id)  # without a lock
    slow.session.commit()
    quick.parcels.get(parcel.id).weigh(2)
    quick.commit()
    seen.weigh(3)
    with pytest.raises(StaleDataError):
        slow.commit()
    slow.rollback()
    assert [event.data["weight"] for event in events(engine)] == [1, 2]


def test_what_is_read_for_change_is_locked(engine, opened):
    (parcel,) = posted(engine, opened, 1)
    holder, other = opened(), opened()
    holder.parcels.get(parcel.id)
    other.session.execute(text("set local lock_timeout = '100ms'"))
    with pytest.raises(OperationalError):
        other.parcels.get(parcel.id)
    other.rollback()
    other.session.execute(text("set local lock_timeout = '100ms'"))
    with pytest.raises(OperationalError):
        other.parcels.expect([parcel.id])


def test_what_is_absent_is_none_or_not_found_also_when_expected(engine, opened):
    absent, (present,) = new_id(), posted(engine, opened, 1)
    for expected in ([], [absent, present.id]):
        uow = opened()
        uow.parcels.expect(expected)
        assert uow.parcels.find(absent) is None
        with pytest.raises(NotFound):
            uow.parcels.get(absent)
        assert uow.parcels.get(present.id).weight == 1
        uow.rollback()


def test_a_thing_just_added_is_found_before_it_is_written(opened):
    uow = opened()
    parcel = uow.execute(post_parcel, PostParcel(1))
    assert uow.parcels.get(parcel.id) is parcel


def test_what_was_loaded_stays_readable_after_the_commit(engine, opened):
    uow = opened()
    parcel = uow.execute(post_parcel, PostParcel(1))
    uow.commit()
    uow.close()
    assert (parcel.weight, parcel.version) == (1, 1)
