"""What a handler may know of an event of another service, and what it may answer. Handlers stay free of frameworks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from uuid import UUID

Handler = TypeVar("Handler", bound=Callable[..., object])


class Happening(Protocol):
    """An event as a handler reads it: whom it is about and what it says (the fields needed, others are ignored)."""

    @property
    def id(self) -> UUID:
        """The event's id."""

    @property
    def type(self) -> str:
        """<service>.<noun>-<past-participle>.v<N>."""

    @property
    def subject(self) -> UUID:
        """The child, for every event about one child."""

    @property
    def data(self) -> Mapping[str, Any]:
        """The fields, in JSON's types."""


@dataclass(frozen=True, slots=True)
class Waits:
    """The answer of a handler that needs another source's fact first; it must not have changed anything yet.

    The event is handled again in the transaction that applies an event touching `id`.
    """

    id: UUID


def touching(*fields: str) -> Callable[[Handler], Handler]:
    """Mark a handler whose event touches more than its subject: fields of its data that hold an id or a list of ids.

    When such an event cannot be handled, later events that touch any of the same ids are held back behind it.
    """

    def mark(handler: Handler) -> Handler:
        handler.__dict__["touches"] = fields
        return handler

    return mark


def touched_fields(handler: object) -> tuple[str, ...]:
    """The fields that a handler was marked with."""
    fields: tuple[str, ...] = getattr(handler, "touches", ())
    return fields


def in_order(consumers: list[Callable[[Any, Any], None]]) -> Callable[[Any, Any], None]:
    """One consumer that hands an event to each in order, and touches whatever one of them touches."""

    @touching(*dict.fromkeys(field for consumer in consumers for field in touched_fields(consumer)))
    def every(uow: Any, event: Any) -> None:
        for consumer in consumers:
            consumer(uow, event)

    return every


def ids_in(data: Mapping[str, Any] | None, fields: tuple[str, ...]) -> set[UUID]:
    """The ids that these fields hold; what is absent or no id is left out."""
    found: set[UUID] = set()
    for name in fields:
        value = (data or {}).get(name)
        for each in value if isinstance(value, list) else [value]:
            try:
                found.add(UUID(each))
            except (TypeError, ValueError, AttributeError):
                continue
    return found
