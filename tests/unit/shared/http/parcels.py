"""A toy service, parcels at a post office, on a unit of work in memory: the frame's tests need no care domain."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from marshmallow import Schema, fields, validate

from shared import http
from shared.auth import Policy, Principal, Verifier, tokens
from shared.errors import NotFound, Refused
from shared.ids import new_id

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PARCEL = UUID("01950000-0000-7000-8000-000000000001")
ROLES = {
    "clerk": {
        "scope": "area",
        "permissions": ["parcels.register", "parcels.read", "parcels.amend", "parcels.search", "parcels.break"],
    },
    "auditor": {"scope": "deployment", "permissions": ["parcels.audit.read"]},
}


class ParcelTooHeavy(Refused):
    """Post offices take parcels up to 20 kg."""

    code = "parcel-too-heavy"


class Size(Schema):
    """A parcel's size in centimetres."""

    width = fields.Integer(required=True, validate=validate.Range(min=1))


class RegisterParcel(Schema):
    """What a clerk enters."""

    weight = fields.Integer(required=True)
    sizes = fields.List(fields.Nested(Size), load_default=list)


class Receipt(Schema):
    """Nothing personal."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)


class SearchParcels(http.PageQuery):
    """By weight."""

    weight = fields.Integer(load_default=None)


@dataclass(eq=False)
class Parcel:
    """A parcel."""

    id: UUID
    weight: int
    area: str = "kz-almaty"
    version: int = 1


class TreeOfAreas:
    """Almaty lies in kz."""

    def contains(self, parent: str, code: str) -> bool:
        """By prefix."""
        return code.startswith(f"{parent}-")

    def below(self, code: str) -> frozenset[str]:
        """Almaty is all there is below kz."""
        return frozenset({code, "kz-almaty"} if code == "kz" else {code})


class FakeSession:
    """Remembers statements; its flush is told by the test."""

    def __init__(self, log: list[str]) -> None:
        self.log = log
        self.info: dict[str, Any] = {}

    def execute(self, statement: Any, *_: Any) -> Any:
        """Note the statement's first word."""
        self.log.append(str(statement).split()[0].lower())
        return self

    def first(self) -> str:
        """The key was free."""
        return "taken"

    def flush(self) -> None:
        """Note it."""
        self.log.append("flush")


@dataclass
class Office:
    """What the toy units of work share: rows, audit rows, and the log of what was done to the database."""

    parcels: dict[UUID, Parcel] = field(default_factory=dict)
    audit: list[tuple[str, str, UUID | None, str, Any]] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    on_flush: Callable[[], None] = lambda: None

    def open(self, context: Any) -> "FakeUnitOfWork":
        """A unit of work."""
        return FakeUnitOfWork(self, context)


class FakeUnitOfWork:
    """As SqlUnitOfWork, in memory."""

    def __init__(self, office: Office, context: Any) -> None:
        self.office = office
        self.context = context
        self.session = FakeSession(office.log)
        self.session.flush = self._flush  # type: ignore[method-assign]
        self.noted: list[Any] = []
        self.added: list[Parcel] = []

    def _flush(self) -> None:
        self.office.log.append("flush")
        self.office.on_flush()

    def get(self, id_: UUID) -> Parcel:
        """A parcel."""
        if id_ not in self.office.parcels:
            raise NotFound("No parcel with this id.")
        return self.office.parcels[id_]

    def execute(self, handler: Any, command: Any) -> Any:
        """Run and note."""
        result = handler(self, command)
        self.note(handler.__name__, subject=result.id)
        return result

    def note(self, action: str, subject: UUID | None = None, outcome: str = "done", detail: Any = None) -> None:
        """Keep for the commit."""
        self.noted.append((self.context.actor, action, subject, outcome, detail))

    def commit(self) -> None:
        """All becomes so."""
        self.office.log.append("commit")
        self.office.audit += self.noted
        self.office.parcels |= {parcel.id: parcel for parcel in self.added}
        self.noted, self.added = [], []

    def rollback(self) -> None:
        """Forget."""
        self.noted, self.added = [], []

    def close(self) -> None:
        """Note it."""
        self.office.log.append("close")


def register(uow: Any, weight: int) -> Parcel:
    """A handler."""
    if weight > 20:
        raise ParcelTooHeavy("A parcel weighs up to 20 kg.", field="weight", rule="weight", remedy="Split it.")
    parcel = Parcel(new_id(), weight)
    uow.added.append(parcel)
    return parcel


def blueprint() -> http.Blueprint:
    """The toy API, its faults included."""
    toy = http.Blueprint("parcels", __name__, description="Parcels at a post office")

    @toy.post("/parcels")
    @http.requires("parcels.register")
    @toy.arguments(RegisterParcel)
    @toy.response(201, Receipt)
    def register_parcel(command: dict[str, Any]) -> Any:
        """Take in a parcel."""
        with http.transaction() as uow:
            return uow.execute(register, command["weight"])

    @toy.get("/parcels/<uuid:parcel_id>")
    @http.requires("parcels.read", audits="parcel_id")
    @toy.response(200, Receipt)
    def read_parcel(parcel_id: UUID) -> Any:
        with http.reading():
            parcel = http.service().make_uow(http.context()).get(parcel_id)
            http.require_scope(http.BelongsTo(area=parcel.area))
            http.etag(parcel.version)
            return parcel

    @toy.patch("/parcels/<uuid:parcel_id>")
    @http.requires("parcels.amend", audits="parcel_id")
    @toy.arguments(RegisterParcel)
    @toy.response(200, Receipt)
    def amend_parcel(change: dict[str, Any], parcel_id: UUID) -> Any:
        with http.transaction() as uow:
            parcel = uow.get(parcel_id)
            http.require_version(parcel)
            parcel.version += 1
            http.etag(parcel.version)
            return parcel

    @toy.post("/parcels/search")
    @http.requires("parcels.search", safe=True)
    @toy.arguments(SearchParcels)
    @toy.response(200, http.page_schema(Receipt))
    def search_parcels(query: dict[str, Any]) -> Any:
        with http.reading():
            rows = sorted(http.service().make_uow(http.context()).office.parcels.values(), key=lambda row: row.id)
            after = http.decode_cursor(query["cursor"], UUID)
            rows = [row for row in rows if after is None or row.id > after[0]]
            found = http.page(rows[: query["limit"] + 1], query["limit"], key=lambda row: (row.id,))
            http.audit_read(*(row.id for row in found["items"]))
            return found

    @toy.get("/broken")
    @http.requires("parcels.break")
    @toy.response(200, Receipt)
    def broken() -> Any:
        raise KeyError("Aigerim Secretname")

    @toy.get("/hours")
    @http.public("opening hours are on the door")
    @toy.response(200)
    def hours() -> Any:
        return {"open": "9-18"}

    return toy


KEY = tokens.generate_key()
STRANGER = tokens.generate_key()


def principal(*roles: str, **other: Any) -> Principal:
    """A person of the toy deployment."""
    facts: dict[str, Any] = {"subject": "aliya", "areas": frozenset({"kz"}), "centre": None, "provider": None}
    return Principal(roles=frozenset(roles), deployment="kz", **facts | other)


def token(*roles: str, **other: Any) -> str:
    """A token that is good for five minutes from NOW."""
    return tokens.issue(principal(*roles, **other), KEY, timedelta(minutes=5), now=NOW)


def service(office: Office, *blueprints: http.Blueprint, **other: Any) -> http.ServiceHttp:
    """The toy service."""
    facts: dict[str, Any] = {
        "name": "toys",
        "blueprints": blueprints or (blueprint(),),
        "make_uow": office.open,
        "verifier": Verifier(tokens.public_jwks([KEY]), tokens.local_issuer("kz"), "kz", now=lambda: NOW),
        "policy": Policy.from_roles(ROLES),
        "areas": TreeOfAreas(),
        "clock": lambda: NOW,
    }
    return http.ServiceHttp(**facts | other)


def bearer(*roles: str, **other: Any) -> dict[str, str]:
    """Headers of a signed-in person."""
    return {"Authorization": f"Bearer {token(*roles, **other)}"}


def changing(*roles: str, key: str = "0195-first", **other: Any) -> dict[str, str]:
    """Headers of a person who changes something."""
    return bearer(*roles, **other) | {"Idempotency-Key": key}


def client(office: Office, *blueprints: http.Blueprint, **other: Any) -> FlaskClient:
    """A test client of the toy API."""
    return http.create_app(service(office, *blueprints, **other)).test_client()
