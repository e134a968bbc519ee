"""The key under which a register kept elsewhere knows a thing of ours. Standard library only: a domain may hold it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class RegisterKey:
    """A key, and the name of the register in which it stands: two registers may use one key for two things."""

    register: str
    value: str


class Keyed(Protocol):
    """A thing that may have such a key."""

    key: RegisterKey | None
