"""The rota: which account sees to the alarms of a role, in an area, on which days, and who is next (CARE C12).

Level 0 owns an alarm first; each level above owns it when the one below did not see to it in time. An area's own rota
goes before that of the area it lies in; a line without an area is for the whole deployment.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from shared.aggregate import Aggregate
from shared.errors import Conflict, Invalid

TOP = 9
"""The highest level that a rota may have."""


@dataclass(frozen=True)
class DutyAssigned:
    """An account sees to alarms of a role; whose account it is, is not told."""

    duty: UUID
    role: str
    area: str | None
    level: int


@dataclass(frozen=True)
class DutyEnded:
    """It no longer does, from the day `to` on."""

    duty: UUID
    to: date


@dataclass(eq=False)
class Duty(Aggregate):
    """An account on the rota in [from_, to)."""

    id: UUID
    role: str
    area: str | None
    level: int
    account: str
    from_: date
    to: date | None = None
    version: int = 0

    @classmethod
    def assign(
        cls, id_: UUID, role: str, area: str | None, level: int, account: str, from_: date, to: date | None
    ) -> "Duty":
        """Put an account on the rota. Raises Invalid for days in the wrong order."""
        if to is not None and to <= from_:
            raise Invalid("A duty ends after it begins.", field="to", rule="from-before-to")
        duty = cls(id_, role, area, level, account, from_, to)
        duty.record(DutyAssigned(id_, role, area, level))
        return duty

    def end(self, to: date) -> None:
        """The account is off the rota from a day on. Raises Conflict where it was before."""
        if self.to is not None and self.to <= to:
            raise Conflict("It ended before.", field="to", rule="ends-later")
        if to < self.from_:
            raise Invalid("A duty ends after it begins.", field="to", rule="from-before-to")
        self.to = to
        self.record(DutyEnded(self.id, to))

    def holds(self, on: date) -> bool:
        """Whether the account is on the rota on a day."""
        return self.from_ <= on and (self.to is None or on < self.to)


def owner(duties: Iterable[Duty], role: str, above: Sequence[str], level: int, on: date) -> tuple[str, int] | None:
    """Who sees to an alarm, and at which level: the nearest area's rota, from `level` upwards.

    `above` is the alarm's area and what it lies in, the nearest first. None: nobody is on the rota.
    """
    standing = [
        (each.level, above.index(each.area) if each.area in above else len(above), each.from_, each.account)
        for each in duties
        if each.role == role and each.level >= level and each.holds(on) and (each.area is None or each.area in above)
    ]
    if not standing:
        return None
    found = min(standing)
    return found[3], found[0]


class Rota(Protocol):
    """The rota of a deployment."""

    def get(self, id_: UUID) -> Duty:
        """The duty, locked. Raises NotFound."""

    def add(self, duty: Duty) -> None:
        """Take in a new one."""

    def owner(self, role: str, area: str | None, level: int, on: date) -> tuple[str, int] | None:
        """Who sees to an alarm of a role in an area from a level upwards, and at which level."""

    def on_duty(self, on: date) -> dict[str, frozenset[str]]:
        """The accounts on the rota on a day, by role."""
