"""Whom the country pack names for guarding, and its numbers. Not here: what is done with them (domain)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from functools import reduce

from services.registry.domain import guarding_glass as glass
from services.registry.domain import guarding_reading as reading
from shared.countries import Pack

LIMITS = "reading_limit"
ANY_ROLE = "any"
ROSTER = "watch_roster"
"""A line: account, office (a centre's id as tokens have it, or a name), area (empty: everywhere), officer, from, to."""


class PackRoster:
    """The country pack as guarding reads it."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self.zone = pack.zone

    def watchers(self, area: str, on: date) -> Sequence[glass.Watcher]:
        """Who answers for an area, or one that contains it, on a day."""
        line = self._pack.areas.ancestors(area, on)
        found = []
        for row in self._standing(on):
            own = row.get("area", "")
            if not own or own in line:
                distance = line.index(own) if own else len(line)
                found.append(glass.Watcher(row["account"], row["office"], distance))
        return found

    def office_of(self, account: str, on: date) -> str | None:
        """The office of an account of the roster."""
        return next((row["office"] for row in self._standing(on) if row["account"] == account), None)

    def officers(self, on: date) -> Sequence[str]:
        """The data-protection officers, in the roster's order."""
        return [row["account"] for row in self._standing(on) if row["officer"] == "yes"]

    def terms(self, area: str, on: date) -> glass.Terms:
        """How long the glass is open, how soon its review is due, how many may wait for theirs."""
        return glass.Terms(
            timedelta(minutes=self.number("glass_open", on, area)),
            timedelta(hours=self.number("glass_review", on, area)),
            self.number("glass_unreviewed_at_most", on, area),
        )

    def limits(self, roles: Collection[str]) -> reading.Limits:
        """The limits of someone with these roles: the widest of each; of roles not named, those of any."""
        rows = self._pack.codes(LIMITS)
        named = [rows[role] for role in sorted(roles) if role in rows] or [rows[ANY_ROLE]]
        return reduce(reading.Limits.widened, (_limits(row) for row in named))

    def habit(self, on: date) -> reading.Habit:
        """How far above the own usual a day may be."""
        return reading.Habit(self.number("reading_usual_factor", on), self.number("reading_usual_floor", on))

    def answer_within(self, on: date) -> timedelta:
        """How soon an alarm about reading is answered."""
        return timedelta(hours=self.number("reading_alarm_due", on))

    def number(self, name: str, on: date, area: str | None = None) -> int:
        """A parameter of the pack."""
        return self._pack.parameter(name, on, area).whole()

    def _standing(self, on: date) -> list[Mapping[str, str]]:
        day = on.isoformat()
        rows = self._pack.codes(ROSTER).values()
        return [row for row in rows if row.get("from", "") <= day and (not row.get("to") or day < row["to"])]


def _limits(row: Mapping[str, str]) -> reading.Limits:
    names = ("per_hour", "per_day", "denied_per_hour", "denied_per_day")
    return reading.Limits(*(int(row[name]) for name in names))
