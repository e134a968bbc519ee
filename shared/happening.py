"""What a handler may know of an event of another service. A Protocol, so that handlers stay free of frameworks."""

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID


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
