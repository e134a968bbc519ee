"""Tables and mapping of adults around a child, and the index of their identifiers.

Who wished not to be named (CARE C8) is found under no identifier. Not here: how they are related (families).
"""

from dataclasses import astuple
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    Sequence,
    Table,
    Text,
    Uuid,
    delete,
    event,
    insert,
    select,
)
from sqlalchemy.orm import object_session, relationship

from services.registry.domain import Birth, Identifier, Name
from services.registry.domain import families_people as domain
from services.registry.store.mapping import mapper, metadata
from shared import protection
from shared.repository import SubjectRepository

PURPOSE = "person-identifier"
person_number = Sequence("person_number", metadata=metadata)

person = Table(
    "person",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", BigInteger, nullable=False, unique=True),
    Column("version", Integer, nullable=False),
    Column("area", Text, nullable=False),
    Column("account", Text),
    Column("confidential", Boolean, nullable=False),
    Column("deceased", Boolean, nullable=False),
    Column("died_on", Date),
    Column("sealed", LargeBinary),
)

person_identifier = Table(
    "person_identifier",
    metadata,
    Column("digest", LargeBinary, primary_key=True),
    Column("any_issuer", LargeBinary, nullable=False),
    Column("index_version", Integer, nullable=False),
    Column("person", Uuid, ForeignKey("person.id"), nullable=False),
)

person_revision = Table(
    "person_revision",
    metadata,
    Column("person", Uuid, ForeignKey("person.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("actor", Text, nullable=False),
    Column("on", Date),
    Column("sealed", LargeBinary),
)


def write_particulars(said: domain.Particulars) -> dict[str, Any]:
    """What is said of a person, as it is kept in a document."""
    birth = said.birth
    return {
        "names": [astuple(name) for name in said.names],
        "birth": None
        if birth is None
        else [_text(birth.born_from), _text(birth.born_to), birth.precision, birth.basis],
        "identifiers": [[own.kind, own.issuer, own.value] for own in said.identifiers],
        "phones": said.phones,
        "address": said.address,
        "languages": said.languages,
        "area": said.area,
        "account": said.account,
        "confidential": said.confidential,
        "deceased": said.deceased,
        "died_on": _text(said.died_on),
    }


def read_particulars(kept: dict[str, Any]) -> domain.Particulars:
    """What `write_particulars` kept."""
    birth = kept["birth"]
    return domain.Particulars(
        area=kept["area"],
        names=tuple(Name(*parts) for parts in kept["names"]),
        birth=None if birth is None else Birth(_day(birth[0]), _day(birth[1]), *birth[2:]),
        identifiers=tuple(Identifier(*parts) for parts in kept["identifiers"]),
        phones=tuple(kept["phones"]),
        address=kept["address"],
        languages=tuple(kept["languages"]),
        account=kept["account"],
        confidential=kept["confidential"],
        deceased=kept["deceased"],
        died_on=_day(kept["died_on"]),
    )


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


mapper.map_imperatively(domain.PersonRevision, person_revision)
mapper.map_imperatively(
    domain.Person,
    person,
    version_id_col=person.c.version,
    version_id_generator=False,
    properties={
        "revisions": relationship(domain.PersonRevision, order_by=person_revision.c.version, lazy="select"),
        **{f"kept_{name}": person.c[name] for name in ("area", "account", "confidential", "deceased", "died_on")},
    },
)


def _read_person(each: domain.Person, kept: dict[str, Any]) -> None:
    each.particulars = read_particulars(kept)


def _read_revision(each: domain.PersonRevision, kept: dict[str, Any]) -> None:
    each.before = read_particulars(kept)


def _readable(each: domain.Person) -> dict[str, Any]:
    """What queries need of a person: where, whether staff, whether named, whether alive."""
    said = each.particulars
    return {
        "kept_area": said.area,
        "kept_account": said.account,
        "kept_confidential": said.confidential,
        "kept_deceased": said.deceased,
        "kept_died_on": said.died_on,
    }


protection.protect(
    domain.Person,
    person,
    subject=lambda each: each.id,
    write=lambda each: write_particulars(each.particulars),
    read=_read_person,
    derive=_readable,
)
protection.protect(
    domain.PersonRevision,
    person_revision,
    subject=lambda each: each.person,
    write=lambda each: write_particulars(each.before),
    read=_read_revision,
)


def digest_of(ring: protection.Keyring, own: Identifier) -> bytes:
    """How an identifier is found: by a keyed digest of all of it."""
    return ring.blind(PURPOSE, "|".join((own.kind, own.issuer, own.value)))


def from_any_issuer(ring: protection.Keyring, kind: str, value: str) -> bytes:
    """How an identifier is found where nobody says who issued it."""
    return ring.blind(f"{PURPOSE}-any", f"{kind}|{value}")


class People(SubjectRepository[domain.Person]):
    """Adults around children, and the index of their identifiers."""

    kind = domain.Person

    def holding(self, identifier: Identifier) -> UUID | None:
        """The person found under an identifier; who wished not to be named is found under none."""
        digest = digest_of(protection.keyring(self._session), identifier)
        query = select(person_identifier.c.person).where(person_identifier.c.digest == digest)
        return self._session.scalar(query)

    def next_number(self) -> int:
        """The next number for a short reference."""
        drawn: int = self._session.execute(select(person_number.next_value())).scalar_one()
        return drawn


@event.listens_for(domain.Person, "after_insert")
@event.listens_for(domain.Person, "after_update")
def _index(_mapper: object, connection: Connection, each: domain.Person) -> None:
    """The index follows what is said of the person, in the same flush."""
    connection.execute(delete(person_identifier).where(person_identifier.c.person == each.id))
    session = object_session(each)
    if each.particulars.confidential or not each.particulars.identifiers or session is None:
        return
    ring = protection.keyring(session)
    rows = [
        {
            "digest": digest_of(ring, own),
            "any_issuer": from_any_issuer(ring, own.kind, own.value),
            "index_version": ring.index_version,
            "person": each.id,
        }
        for own in each.particulars.identifiers
    ]
    connection.execute(insert(person_identifier), rows)
