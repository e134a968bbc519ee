"""What an alert holds of the missing child and of those who look for it: everything here is kept sealed.

Not here: the stages and clocks of an alert (alerts).
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from shared.errors import Invalid


@dataclass(frozen=True)
class Description:
    """Whom to look for. Any part may be unknown; birth as a span of days."""

    missing_since: datetime
    names: tuple[str, ...] = ()
    sex: str | None = None
    born_from: date | None = None
    born_to: date | None = None
    looks: str = ""
    clothing: str = ""
    last_seen: str = ""
    circumstances: str = ""

    def __post_init__(self) -> None:
        if (self.born_from is None) != (self.born_to is None):
            raise Invalid("Both ends of the span, or neither.", field="description.born_to", rule="birth-span")
        if self.born_from and self.born_to and self.born_from > self.born_to:
            raise Invalid("The span ends before it begins.", field="description.born_to", rule="birth-span")


@dataclass(frozen=True)
class Told:
    """An authority heard of it: when, who there, under which number of theirs."""

    at: datetime
    body: str = ""
    reference: str = ""


@dataclass(frozen=True)
class Broadcast:
    """One message to one recipient: a photograph and the clothing, and nothing else (CARE C9)."""

    id: UUID
    at: datetime
    by: str
    channel: str
    recipient: str
    clothing: str
    photo: UUID | None = None
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None


@dataclass(frozen=True)
class Holding:
    """Police hold the child: since when, on what ground, where; until when."""

    taken_at: datetime
    ground: str
    place: str
    released_at: datetime | None = None


@dataclass(frozen=True)
class Finding:
    """The child was found: when, where, by whom, alive or dead."""

    at: datetime
    alive: bool
    area: str
    place: str = ""
    by: str = ""


@dataclass(frozen=True)
class Assessment:
    """Whether it is safe for the child to be handed back: on which day, by whom, with which result; what was offered.

    `safe` is what the pack says of the result.
    """

    on: date
    by: str
    result: str
    health_offered: bool
    psychosocial_offered: bool
    safe: bool = False


@dataclass(frozen=True)
class Handover:
    """To whom the child was handed over. `back`: to those from whom it went missing, as the pack says of `to`."""

    at: datetime
    to: str
    recipient: str = ""
    back: bool = False
