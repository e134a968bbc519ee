"""Column types that several services map: an enumeration as text, a set of ids as an array."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid
from sqlalchemy.types import TypeDecorator

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
