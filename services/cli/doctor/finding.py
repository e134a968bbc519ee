"""What a check is and what it says. Pure: no settings, no database.

What is found is a sentence of the code with facts in it, never a ready text: the operator's screen shows all facts, the
bundle for support only those that cannot be about a person (bundle_words).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from services.cli.doctor.patient import Patient


class State(StrEnum):
    """What came of a check."""

    OK = "ok"
    WRONG = "wrong"
    NOTE = "note"
    UNKNOWN = "unknown"
    ABSENT = "not here"


class Group(StrEnum):
    """What a check is about, in the order in which one mends."""

    SETTINGS = "settings"
    MACHINE = "machine"
    DATABASES = "databases"
    BROKER = "broker"
    EVENTS = "events"
    KEYS = "keys"
    NETWORK = "network"
    PACK = "pack"
    KEEPING = "keeping"
    PORTAL = "portal"


@dataclass(frozen=True)
class Found:
    """One thing found: a sentence with {facts}, about which service. `remedy`: where it is not the check's own."""

    says: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""
    note: bool = False
    remedy: str = ""

    @property
    def text(self) -> str:
        """The sentence with all its facts, for the operator."""
        return self.says.format(**self.facts)


def wrong(says: str, about: str = "", remedy: str = "", **facts: Any) -> Found:
    """Something that is to be mended."""
    return Found(says, facts, about, remedy=remedy)


def note(says: str, about: str = "", remedy: str = "", **facts: Any) -> Found:
    """Something worth knowing that is nobody's fault."""
    return Found(says, facts, about, note=True, remedy=remedy)


class Unanswered(Exception):
    """The check could not look: a sentence with facts says why. It is no verdict on what it looks at."""

    def __init__(self, says: str, **facts: Any) -> None:
        super().__init__(says)
        self.found = Found(says, facts, note=True)


class NotHere(Unanswered):
    """The check is about something that this deployment does not have."""


@dataclass(frozen=True)
class Check:
    """One check: what it looks at, what is noticed where it fails, what mends it."""

    id: str
    group: Group
    looks_at: str
    symptom: str
    remedy: str
    run: Callable[["Patient"], Iterator[Found]]


@dataclass(frozen=True)
class Answer:
    """What came of one check."""

    check: Check
    state: State
    found: tuple[Found, ...] = ()

    def document(self) -> dict[str, Any]:
        """For programs."""
        return {
            "id": self.check.id,
            "group": str(self.check.group),
            "state": str(self.state),
            "found": [
                {"about": each.about or None, "what": each.text, "remedy": each.remedy or self.check.remedy}
                for each in self.found
            ],
        }
