"""The HTTP frame on real PostgreSQL: repeats, races, audit, outages. The toy service posts parcels."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask.testing import FlaskClient
from marshmallow import Schema, fields
from sqlalchemy import CheckConstraint, Column, Engine, Integer, MetaData, Table, Text, Uuid, func, select, text
from sqlalchemy.orm import Session, registry

from shared import audit, db, health, http, technical_tables
from shared.event_schema import Catalogue
from shared.http import idempotency
from shared.ids import new_id
from shared.repository import Repository
from shared.unit_of_work import Context, SqlUnitOfWork
from tests.unit.shared.http import parcels
from tests.unit.shared.http.parcels import NOW, bearer, changing

METADATA = MetaData()
PARCELS = Table(
    "parcel",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("label", Text, nullable=False, unique=True),
    Column("weight", Integer, CheckConstraint("weight > 0"), nullable=False),
    Column("version", Integer, nullable=False),
)


@dataclass(eq=False)
class Parcel:
    """A parcel with a version column that SQLAlchemy checks."""

    id: UUID
    label: str
    weight: int
    version: int = 1


MAPPERS = registry()
MAPPERS.map_imperatively(Parcel, PARCELS, version_id_col=PARCELS.c.version, version_id_generator=False)


class Parcels(Repository[Parcel]):
    """The parcels."""

    kind = Parcel


class PostOffice(SqlUnitOfWork):
    """The toy service's unit of work."""

    def __init__(self, session: Session, context: Context) -> None:
        super().__init__(session, context, Catalogue("toys"), NoCodes())
        self.parcels = Parcels(session)


class NoCodes:
    """The toy has no code lists."""

    def has(self, list_name: str, code: str) -> bool:
        return False

    def has_area(self, code: str) -> bool:
        return False


@dataclass
class Gate:
    """Lets a test hold a request within its transaction."""

    entered: threading.Event = field(default_factory=threading.Event)
    leave: threading.Event = field(default_factory=threading.Event)
    closed: bool = False

    def pass_through(self) -> None:
        if self.closed:
            self.entered.set()
            assert self.leave.wait(20)


class RegisterParcel(Schema):
    """What comes in."""

    label = fields.String(required=True)
    weight = fields.Integer(required=True)


class ParcelSchema(Schema):
    """What goes out."""

    id = fields.UUID(required=True)
    label = fields.String(required=True)
    version = fields.Integer(required=True)


def register_parcel(uow: Any, command: "RegisterCommand") -> Parcel:
    """A handler."""
    parcel = Parcel(new_id(), command.label, command.weight)
    uow.parcels.add(parcel)
    return parcel


@dataclass(frozen=True)
class RegisterCommand:
    """A command."""

    label: str
    weight: int


def blueprint(gate: Gate) -> http.Blueprint:
    """The toy's API."""
    toy = http.Blueprint("parcels", __name__)

    @toy.post("/parcels")
    @http.requires("parcels.register")
    @toy.arguments(RegisterParcel)
    @toy.response(201, parcels.Receipt)
    def register(command: dict[str, Any]) -> Any:
        with http.transaction() as uow:
            made = uow.execute(register_parcel, RegisterCommand(**command))
            gate.pass_through()
            http.etag(made.version)
            return made

    @toy.get("/parcels/<uuid:parcel_id>")
    @http.requires("parcels.read", audits="parcel_id")
    @toy.response(200, ParcelSchema)
    def read(parcel_id: UUID) -> Any:
        with http.reading() as session:
            found = session.get(Parcel, parcel_id)
            if found is None:
                raise http.OutOfScope
            return found

    @toy.patch("/parcels/<uuid:parcel_id>")
    @http.requires("parcels.amend", audits="parcel_id")
    @toy.arguments(RegisterParcel)
    @toy.response(200, parcels.Receipt)
    def amend(change: dict[str, Any], parcel_id: UUID) -> Any:
        with http.transaction() as uow:
            found = uow.session.get(Parcel, parcel_id)  # without a lock: the race is the test
            http.require_version(found)
            gate.pass_through()
            found.weight, found.version = change["weight"], found.version + 1
            return found

    @toy.get("/sneaky")
    @http.requires("parcels.read")
    @toy.response(200)
    def sneaky() -> Any:
        with http.reading() as session:
            session.execute(text("delete from parcel"))
            return {}

    return toy


@dataclass
class Toy:
    """The toy service over one database."""

    engine: Engine
    gate: Gate
    client: Callable[[], FlaskClient]

    def post(self, key: str = "0195-first", who: str = "aliya", **body: Any) -> Any:
        """Register a parcel."""
        headers = changing("clerk", key=key, subject=who)
        return self.client().post("/toys/parcels", json={"label": "A", "weight": 3} | body, headers=headers)

    def patch(self, id_: str, version: int, weight: int) -> Any:
        """Amend a parcel."""
        headers = bearer("clerk") | {"If-Match": f'"{version}"'}
        return self.client().patch(f"/toys/parcels/{id_}", json={"label": "A", "weight": weight}, headers=headers)

    def count(self, table: Table = PARCELS) -> int:
        """Rows of a table."""
        with self.engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(table)) or 0

    def audited(self) -> list[audit.AuditRow]:
        """The audit log, oldest first."""
        with db.new_session(self.engine) as session:
            return audit.read(session, 100)[::-1]


@pytest.fixture
def toy(postgresql_url: str) -> Iterator[Toy]:
    engine = db.make_engine(postgresql_url)
    with engine.begin() as connection:
        technical_tables.create(Operations(MigrationContext.configure(connection)))
        METADATA.create_all(connection)
    gate = Gate()
    service = parcels.service(
        parcels.Office(),
        blueprint(gate),
        http.audit_blueprint("parcels"),
        make_uow=lambda context: PostOffice(db.new_session(engine), context),
    )
    app = http.create_app(service)
    yield Toy(engine, gate, app.test_client)
    engine.dispose()


def test_a_post_repeated_with_its_key_is_done_once_and_answered_alike(toy: Toy) -> None:
    first, again = toy.post(), toy.post()
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert first.headers["ETag"] == again.headers["ETag"] == '"1"'
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert toy.count() == 1
    assert [row.action for row in toy.audited()] == ["RegisterCommand"]


def test_a_key_with_another_body_is_422(toy: Toy) -> None:
    toy.post()
    other = toy.post(label="B")
    assert (other.status_code, other.json["code"]) == (422, "idempotency-key-reused")
    assert toy.count() == 1


def test_a_key_belongs_to_its_person_and_another_key_is_another_deed(toy: Toy) -> None:
    assert toy.post(label="A").status_code == 201
    berik = toy.post(label="B", who="berik")
    assert berik.status_code == 201
    assert toy.post(label="B", who="berik").json == berik.json
    assert toy.post(label="C", key="0195-second").status_code == 201
    assert toy.count() == 3


def test_a_refused_deed_leaves_no_key_so_that_it_may_be_repeated_put_right(toy: Toy) -> None:
    toy.post(label="A")
    taken = toy.post(label="A", key="0195-second")
    assert (taken.status_code, taken.json["code"]) == (409, "conflict")
    assert "A" not in taken.text.replace("Another", "")
    assert toy.post(label="B", key="0195-second").status_code == 201


def test_the_same_post_twice_at_once_is_done_once(toy: Toy) -> None:
    toy.gate.closed = True
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(toy.post)
        assert toy.gate.entered.wait(20)
        toy.gate.closed = False
        second = pool.submit(toy.post)
        toy.gate.leave.set()
        answers = [first.result(30), second.result(30)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert toy.count() == 1


def test_the_same_post_while_the_first_takes_too_long_is_told_to_come_back(toy: Toy) -> None:
    toy.gate.closed = True
    with toy.engine.connect() as connection:
        name = connection.scalar(text("select current_database()"))
        connection.execute(text(f'alter database "{name}" set lock_timeout = 200'))
        connection.commit()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(toy.post)
        assert toy.gate.entered.wait(20)
        toy.gate.closed = False
        second = toy.post()
        toy.gate.leave.set()
        assert first.result(30).status_code == 201
    assert (second.status_code, second.json["errors"][0]["rule"]) == (409, "idempotency-key-in-use")
    assert toy.post().headers["Idempotency-Replayed"] == "true"


def test_many_at_once_with_one_key_make_one(toy: Toy) -> None:
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: toy.post(), range(5)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert toy.count() == 1


def test_keys_are_forgotten_after_their_time(toy: Toy) -> None:
    toy.post()
    with db.new_session(toy.engine) as session:
        assert idempotency.forget(session, NOW) == 0
        assert idempotency.forget(session, NOW + timedelta(seconds=1)) == 1
        session.commit()
    assert toy.post(label="B").status_code == 201


def test_two_changes_of_one_version_at_once_leave_one_winner(toy: Toy) -> None:
    made = toy.post().json
    toy.gate.closed = True
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(toy.patch, made["id"], 1, 10)
        assert toy.gate.entered.wait(20)
        toy.gate.closed = False
        quick = toy.patch(made["id"], 1, 20)
        toy.gate.leave.set()
        lost = slow.result(30)
    assert (quick.status_code, lost.status_code) == (200, 409)
    assert lost.json["errors"][0]["rule"] == "lost-race"
    assert toy.patch(made["id"], 1, 30).status_code == 412
    with toy.engine.connect() as connection:
        assert connection.execute(select(PARCELS.c.weight, PARCELS.c.version)).one() == (20, 2)


def test_a_constraint_of_ours_that_breaks_is_a_fault_and_quotes_no_row(toy: Toy) -> None:
    answer = toy.post(label="Aigerim", weight=-1)
    assert answer.status_code == 500
    assert "Aigerim" not in answer.text
    assert toy.count() == toy.count(technical_tables.idempotency_key) == 0


def test_reading_is_audited_once_denied_or_done(toy: Toy) -> None:
    made = toy.post().json
    api = toy.client()
    assert api.get(f"/toys/parcels/{made['id']}", headers=bearer("clerk")).json["label"] == "A"
    assert api.get(f"/toys/parcels/{new_id()}", headers=bearer("clerk")).status_code == 404
    assert api.get(f"/toys/parcels/{made['id']}", headers=bearer("auditor")).status_code == 403
    rows = [(row.action, row.outcome, row.roles) for row in toy.audited()]
    assert rows == [
        ("RegisterCommand", "done", ("clerk",)),
        ("parcels.read", "done", ("clerk",)),
        ("parcels.read", "denied", ("clerk",)),
        ("parcels.read", "denied", ("auditor",)),
    ]
    assert str(toy.audited()[1].subject) == made["id"]


def test_a_reading_cannot_write(toy: Toy) -> None:
    toy.post()
    assert toy.client().get("/toys/sneaky", headers=bearer("clerk")).status_code in {500, 503}
    assert toy.count() == 1


def test_the_audit_log_is_read_page_by_page_by_whoever_may_and_that_is_audited(toy: Toy) -> None:
    ids = [toy.post(label=str(number), key=f"0195-{number:04}").json["id"] for number in range(3)]
    api = toy.client()
    assert api.get("/toys/audit", headers=bearer("clerk")).status_code == 403
    first = api.get("/toys/audit?limit=2", headers=bearer("auditor")).json
    assert [row["outcome"] for row in first["items"]] == ["denied", "done"]
    rest = api.get(f"/toys/audit?limit=2&cursor={first['next']}", headers=bearer("auditor")).json
    assert [row["subject"] for row in rest["items"]] == [ids[1], ids[0]]
    assert rest["next"] is None
    one = api.get(f"/toys/audit?subject={ids[0]}", headers=bearer("auditor")).json
    assert [row["subject"] for row in one["items"]] == [ids[0]]
    denied = api.get("/toys/audit?outcome=denied", headers=bearer("auditor")).json["items"]
    assert [row["action"] for row in denied] == ["parcels.audit.read"]
    assert [row.action for row in toy.audited()].count("parcels.audit.read") == 5


def test_no_connection_stays_out_of_the_pool(toy: Toy) -> None:
    made = toy.post().json
    for _ in range(8):
        toy.post()
        toy.post(label="other")
        toy.post(label="A", key="0195-third")
        toy.client().get(f"/toys/parcels/{made['id']}", headers=bearer("clerk"))
        toy.client().get("/toys/sneaky", headers=bearer("clerk"))
        toy.client().get(f"/toys/parcels/{made['id']}", headers=bearer("auditor"))
    assert toy.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_a_database_that_is_gone_is_503_and_the_process_unready(toy: Toy) -> None:
    nowhere = db.make_engine("postgresql+psycopg2://nobody@127.0.0.1:1/nothing")
    service = parcels.service(
        parcels.Office(),
        blueprint(toy.gate),
        make_uow=lambda context: PostOffice(db.new_session(nowhere), context),
    )
    api = http.create_app(service).test_client()
    answer = api.post("/toys/parcels", json={"label": "A", "weight": 3}, headers=changing("clerk"))
    assert (answer.status_code, answer.json["code"]) == (503, "unavailable")
    assert "127.0.0.1" not in answer.text
    assert health.Health({"database": health.database_answers(nowhere)}).report().parts == {"database": "failed"}
    assert health.Health({"database": health.database_answers(toy.engine)}).report().ready
