"""How several services map what they share: an enumeration as text, a set of ids as an array, the key of a register."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ARRAY, Table, Text, Uuid
from sqlalchemy.orm import Composite, composite
from sqlalchemy.types import TypeDecorator

from shared.register_key import RegisterKey

Member = TypeVar("Member", bound=StrEnum)


class EnumText(TypeDecorator[Member]):
    """The members of a StrEnum, kept as their text."""

    impl = Text
    cache_ok = True

    def __init__(self, kind: type[Member]) -> None:
        """Take the enumeration."""
        super().__init__()
        self.kind = kind

    def process_result_value(self, value: Any, dialect: Any) -> Member | None:
        """The member of a text; None of none."""
        return None if value is None else self.kind(value)


class IdSet(TypeDecorator[frozenset[UUID]]):
    """A set of ids, kept in order."""

    impl = ARRAY(Uuid)
    cache_ok = True

    def process_bind_param(self, value: Iterable[UUID] | None, dialect: Any) -> Any:
        """The ids in order."""
        return sorted(value or ())

    def process_result_value(self, value: Any, dialect: Any) -> frozenset[UUID]:
        """The set."""
        return frozenset(value)


def register_key(table: Table) -> Composite[RegisterKey | None]:
    """A RegisterKey in the columns register and register_key of a table; None where they are empty."""
    return composite(
        RegisterKey, table.c.register, table.c.register_key, return_none_on=lambda *parts: parts == (None, None)
    )
