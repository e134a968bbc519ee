"""Identifiers: opaque ones for machines (uuid7) and short references with a check character for people."""

import re
from datetime import UTC, datetime
from uuid import UUID

import uuid_utils

from shared.errors import Invalid

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# ASCII alone: a Cyrillic letter looks like a Latin one and is none.
_REFERENCE = re.compile(r"([A-Z]+)-([0-9]{7,})-([0-9A-Z])")


def new_id() -> UUID:
    """A uuid7 (RFC 9562): sorts by time of making, says nothing about what it names."""
    return UUID(int=uuid_utils.uuid7().int)


def first_at(moment: datetime) -> UUID:
    """The lowest uuid7 of an instant: what was made since has a higher one, so that an index of ids is one of time."""
    return UUID(int=int(moment.timestamp() * 1000) << 80 | 0x7 << 76 | 0b10 << 62)


def made_at(id_: UUID) -> datetime | None:
    """When a uuid7 was made, to the millisecond; None for an id of another form."""
    return datetime.fromtimestamp((id_.int >> 80) / 1000, UTC) if id_.version == 7 else None


def short_reference(prefix: str, number: int) -> str:
    """A reference that can be read out on the telephone: `prefix`, seven digits, a check character.

    The check character is ISO 7064 MOD 37,36 over prefix and digits: it finds every single wrong character and
    nearly every swap of neighbours.
    """
    body = f"{prefix}{number:07d}"
    return f"{prefix}-{number:07d}-{check_character(body)}"


def check_character(body: str) -> str:
    """ISO 7064 MOD 37,36 check character of `body` (letters A to Z, digits)."""
    product = 36
    for character in body:
        product = (product + ALPHABET.index(character)) % 36 or 36
        product = product * 2 % 37
    return ALPHABET[(37 - product) % 36]


def read_reference(text: str) -> tuple[str, int]:
    """The (prefix, number) of a short reference as a person typed it.

    Raises Invalid where the form or the check character is wrong.
    """
    parts = _REFERENCE.fullmatch(text.strip().upper().replace(" ", "-"))
    if parts is None:
        raise Invalid("A reference reads like CH-0001234-K.", field="reference", rule="reference-form")
    prefix, digits, check = parts.groups()
    if check_character(prefix + digits) != check:
        raise Invalid(
            "The check character does not fit: a character is wrong or two are swapped.",
            field="reference",
            rule="reference-check",
            remedy="Read the reference again, character by character.",
        )
    return prefix, int(digits)
