"""Tables and mapping of carer families, and what the pack says of them.

Not here: the provider that each is too (tables, rooms), the search for one that suits (options).
"""

from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Column, Date, ForeignKey, Integer, LargeBinary, Table, Text, Uuid, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from services.placements.domain import families, families_parts
from services.placements.store import pack, sealing
from services.placements.store.mapping import mapper
from services.placements.store.tables import CodesType, metadata
from shared import protection
from shared.columns import EnumText, IdSet
from shared.countries import Pack
from shared.errors import Refused
from shared.repository import Repository

SELF_DESCRIPTION = "family_self_description"
SEALED = ("religion", "ethnicity")


class KeptType(TypeDecorator[Any]):
    """A value of the domain in a JSON column."""

    impl = JSONB(none_as_null=True)
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        """Take the type of the value."""
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return None if value is None else msgspec.to_builtins(value)

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return None if value is None else msgspec.convert(value, self.kind)


carer_family = Table(
    "carer_family",
    metadata,
    Column("id", Uuid, ForeignKey("provider.id"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("area", Text, nullable=False),
    Column("carers", IdSet, nullable=False),
    Column("own_children", Integer, nullable=False),
    Column("languages", CodesType, nullable=False),
    Column("applied_on", Date, nullable=False),
    Column("state", EnumText(families.FamilyState), nullable=False),
    Column("assessment", KeptType(families_parts.Assessment)),
    Column("trainings", KeptType(tuple[families_parts.Training, ...]), nullable=False),
    Column("terms", KeptType(families_parts.FamilyTerms)),
    Column("approved_until", Date),
    Column("approved_by", Text),
    Column("suspended_because", Text),
    Column("ended_because", Text),
    Column("next_on", Date),
)
family_description = Table(
    "family_description",
    metadata,
    Column("family", Uuid, ForeignKey("carer_family.id"), primary_key=True),
    Column("sealed", LargeBinary),
)


class FamilyDescription:
    """What a family says of itself, in its own words."""

    def __init__(self, family: UUID, religion: str, ethnicity: str) -> None:
        self.family = family
        self.religion = religion
        self.ethnicity = ethnicity


def _read(each: FamilyDescription, kept: dict[str, Any]) -> None:
    each.religion, each.ethnicity = kept["religion"], kept["ethnicity"]


mapper.map_imperatively(
    families.CarerFamily, carer_family, version_id_col=carer_family.c.version, version_id_generator=False
)
mapper.map_imperatively(FamilyDescription, family_description)
protection.protect(
    FamilyDescription,
    family_description,
    subject=lambda each: each.family,
    write=lambda each: {name: getattr(each, name) for name in SEALED},
    read=_read,
)


class Families(Repository[families.CarerFamily]):
    """The carer families."""

    kind = families.CarerFamily

    def due(self, today: date, limit: int) -> list[families.CarerFamily]:
        """Families for whom a day has come, locked; those that others have at hand are left to them."""
        row = carer_family.c
        query = select(families.CarerFamily).where(row.state.in_(sorted(families.OPEN)), row.next_on <= today)
        ordered = query.order_by(row.next_on, row.id).limit(limit).with_for_update(skip_locked=True)
        return list(self._session.scalars(ordered))


class Collections(pack.Collections):
    """What the unit of work offers of them."""

    session: Session
    _codes: Pack

    @cached_property
    def families(self) -> Families:
        """The carer families."""
        return Families(self.session)

    @property
    def family_law(self) -> Callable[[date, str], families_parts.FamilyLaw]:
        """What the country pack says of carer families on a day in an area."""
        return self._family_law

    def describe_family(self, family: UUID, religion: str, ethnicity: str) -> None:
        """Keep what a family says of itself. Raises Refused where the country pack does not permit it."""
        asked = {name for name, words in (("religion", religion), ("ethnicity", ethnicity)) if words}
        permitted = self._codes.parameter(SELF_DESCRIPTION, self.today).value
        forbidden = asked - set(permitted if isinstance(permitted, tuple) else ())
        if forbidden:
            raise Refused(
                "The country pack does not permit that to be recorded.", field=min(forbidden), rule=SELF_DESCRIPTION
            )
        sealing.provide(self.session, family)
        known = self.session.get(FamilyDescription, family)
        if known is None:
            self.session.add(FamilyDescription(family, religion, ethnicity))
        else:
            known.religion, known.ethnicity = religion, ethnicity

    def _family_law(self, on: date, area: str) -> families_parts.FamilyLaw:
        validity, notice = (self._codes.parameter(name, on, area) for name in ("family_approval", "family_notice"))
        hours, children = (self.law.number(name, area, on) for name in ("family_training", "family_children"))
        return families_parts.FamilyLaw(
            validity=validity.whole(),
            notice=notice.whole(),
            training_hours=hours.amount if hours else None,
            children=children.amount if children else None,
        )
