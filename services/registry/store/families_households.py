"""Tables and mapping of households. Address, help drawn and facts are sealed under the household's own key.

Not here: how its members are related (families).
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Date, ForeignKey, Integer, LargeBinary, Table, Text, Uuid
from sqlalchemy.orm import relationship
from sqlalchemy.types import TypeDecorator

from services.registry.domain import families_households as domain
from services.registry.domain.families import Party
from services.registry.store.mapping import mapper, metadata
from shared import protection
from shared.columns import EnumText
from shared.repository import SubjectRepository


class Words(TypeDecorator[tuple[str, ...]]):
    """Several codes in an array."""

    impl = ARRAY(Text)
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Any) -> Any:
        """As a list, which is what an array is written from."""
        return list(value or ())

    def process_result_value(self, value: Any, dialect: Any) -> tuple[str, ...]:
        """As a tuple."""
        return tuple(value)


household = Table(
    "household",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("area", Text, nullable=False),
    Column("vulnerabilities", Words, nullable=False),
    Column("sealed", LargeBinary),
)

household_member = Table(
    "household_member",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("household", Uuid, ForeignKey("household.id"), nullable=False),
    Column("member", Uuid, nullable=False),
    Column("member_kind", EnumText(Party), nullable=False),
    Column("from", Date),
    Column("to", Date),
)

# A fact is about one child or about all, and sealed under that child's key or the household's: it goes with either.
household_fact = Table(
    "household_fact",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("household", Uuid, ForeignKey("household.id"), nullable=False),
    Column("child", Uuid, ForeignKey("child.id")),
    Column("to", Date),
    Column("review_on", Date),
    Column("sealed", LargeBinary),
)

mapper.map_imperatively(domain.HouseholdFact, household_fact)
mapper.map_imperatively(
    domain.Membership, household_member, properties={"from_": household_member.c["from"], "to": household_member.c.to}
)
mapper.map_imperatively(
    domain.Household,
    household,
    version_id_col=household.c.version,
    version_id_generator=False,
    properties={
        "members": relationship(domain.Membership, order_by=household_member.c.id, lazy="select"),
        "facts": relationship(domain.HouseholdFact, order_by=household_fact.c.id, lazy="select"),
    },
)


def write_household(each: domain.Household) -> dict[str, Any]:
    """What of a household is sealed, as it is kept in a document."""
    return {
        "address": each.address,
        "enrolments": [
            [str(own.id), own.programme, _text(own.from_), _text(own.to), own.number] for own in each.enrolments
        ],
    }


def read_enrolments(kept: dict[str, Any]) -> tuple[domain.Enrolment, ...]:
    """The enrolments that `write_household` kept."""
    return tuple(
        domain.Enrolment(UUID(id_), programme, _day(from_), _day(to), number)
        for id_, programme, from_, to, number in kept["enrolments"]
    )


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _read(each: domain.Household, kept: dict[str, Any]) -> None:
    each.address, each.enrolments = kept["address"], read_enrolments(kept)


def _read_fact(each: domain.HouseholdFact, kept: dict[str, Any]) -> None:
    each.fact, each.from_ = kept["fact"], _day(kept["from"])


protection.protect(
    domain.Household,
    household,
    subject=lambda each: each.id,
    write=write_household,
    read=_read,
)
protection.protect(
    domain.HouseholdFact,
    household_fact,
    subject=lambda each: each.child or each.household,
    write=lambda each: {"fact": each.fact, "from": _text(each.from_)},
    read=_read_fact,
)


class Households(SubjectRepository[domain.Household]):
    """The households of the deployment."""

    kind = domain.Household
