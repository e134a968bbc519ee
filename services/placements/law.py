"""The country pack as the rules read it: numbers of the law by day and area, care forms, classes of reasons.

Not here: the rules (domain/rules.py), and files of packs (shared/countries).
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from services.placements import domain
from services.placements.domain import calendar, holidays
from services.placements.domain.lawbook import Outcome
from shared.countries import Pack, Parameter
from shared.errors import Invalid

_OPTIONAL = frozenset(each.name for each in fields(domain.Law) if each.default is None)


Answer = TypeVar("Answer")
REMEMBERED = 20_000
"""So many answers of a pack are kept; most questions are asked again and again, for the same area and time."""
_UNKNOWN = object()


class PackLaw:
    """The country pack as placements' rules read it (domain.LawBook)."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._known: dict[tuple[Any, ...], Any] = {}

    def law(self, area: str, began: date, today: date) -> domain.Law:
        """The law of `today` in an area; a number that reaches only newer stays is taken as it was at `began`."""
        era = self._era(today)
        law, dated = self._once(("law", area, era), lambda: self._law(area, today))
        older = tuple(each.name for each in dated if not _reaches(each, began, today))
        if not older:
            return law
        return self._once(
            ("law", area, era, self._era(began), older),
            lambda: replace(law, **{name: _number(self._pack.parameter(name, began, area)) for name in older}),
        )

    def _law(self, area: str, today: date) -> tuple[domain.Law, tuple[Parameter, ...]]:
        """The law of a day in an area, and those of its numbers that have not held for ever."""
        found = [self._pack.parameter(each.name, today, area) for each in fields(domain.Law)]
        law = domain.Law(**{each.name: _number(each) for each in found})
        return law, tuple(each for each in found if each.since is not None)

    def _once(self, key: tuple[Any, ...], work: Callable[[], Answer]) -> Answer:
        """What `work` finds, which is always the same for a key; the pack does not change."""
        answer: Any = self._known.get(key, _UNKNOWN)
        if answer is _UNKNOWN:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            answer = self._known[key] = work()
        found: Answer = answer
        return found

    def _era(self, day: date | None) -> int:
        """Between which two days on which the pack changes a day lies: what is said of one of them holds for all."""
        return -1 if day is None else bisect_right(self._changes, day)

    @cached_property
    def _changes(self) -> list[date]:
        """The days on which something of the pack begins or ends: a number, an area, a line of a table."""
        pack = self._pack
        spans: list[tuple[Any, Any]] = [(each.since, each.until) for each in pack.areas]
        spans += [(each.since, each.until) for own in pack.parameters for entries in own.values() for each in entries]
        spans += [(line.get("from"), line.get("to")) for lines in pack.tables.values() for line in lines]
        return sorted({day for span in spans for day in span if day is not None})

    def care_form(self, code: str) -> domain.CareForm:
        """The care form. Raises Invalid for an unknown code."""
        return self._once(("form", code), lambda: self._care_form(code))

    def _care_form(self, code: str) -> domain.CareForm:
        row = self._row("care_form", code)
        preference = row.get("preference")
        return domain.CareForm(
            code,
            row["bucket"],
            row["provider_kind"],
            preference=int(preference) if preference else None,
            long_term=row.get("review") == "long_term",
            permitted=row.get("permitted") != "no",
            approval=row.get("approval") == "yes",
        )

    def reason_class(self, code: str) -> str:
        """The class of an entry reason. Raises Invalid for an unknown code."""
        return self._row("entry_reason", code)["class"]

    def outcome(self, code: str) -> Outcome:
        """The outcome of a decision. Raises Invalid for an unknown code."""
        row = self._row("decision_outcome", code)
        return Outcome(frozenset(row.get("permits", "").split()), row["carried_out"] == "yes")

    def overriders(self, parameters: Iterable[str], area: str, on: date) -> frozenset[str]:
        """The roles that may override a rule by one of its parameters; none where the pack lets nobody."""
        found = (self._pack.parameter(name, on, area) for name in parameters)
        return frozenset(role for each in found if each.overridable for role in each.override_by)

    def levels_between(self, home: str, place: str, on: date) -> int | None:
        """How many levels one goes up from `home` to the nearest area that holds `place` too; None: not known."""
        return self._once(("levels", home, place, self._era(on)), lambda: self._levels_between(home, place, on))

    def _levels_between(self, home: str, place: str, on: date) -> int | None:
        areas = self._pack.areas
        if areas.get(home, on) is None or areas.get(place, on) is None:
            return None
        above, around = areas.ancestors(home, on), areas.ancestors(place, on)
        # Who shares nothing but the country is one level farther than the area at the top.
        return next((step for step, area in enumerate(above) if area in around), len(above) + 1)

    def absence_kind(self, code: str) -> domain.AbsenceKind:
        """The kind of absence. Raises Invalid for an unknown code."""
        row = self._row("absence_kind", code)
        return domain.AbsenceKind(code, row["alert"] == "yes", row["place_kept"])

    def last_day(self, name: str, since: date, area: str | None) -> date | None:
        """The last day of the time that a parameter gives, the day `since` not counted; None: the pack knows none."""
        span = self.number(name, area, since)
        return None if span is None else self.calendar.last_day(since, span)

    def number(self, name: str, area: str | None, on: date) -> calendar.Span | None:
        """A number of the law with its unit; None where the pack does not know it."""
        return self._once(("number", name, area, self._era(on)), lambda: self._number(name, area, on))

    def _number(self, name: str, area: str | None, on: date) -> calendar.Span | None:
        found = self._pack.parameter(name, on, area)
        return None if found.value is None else calendar.Span(found.whole(), found.unit.split(" (")[0])

    def deadline(self, name: str, since: datetime, area: str | None, *, rolls: bool = False) -> datetime | None:
        """The moment until which the parameter gives time, counted from `since`; None where the pack knows none."""
        span = self.number(name, area, since.astimezone(self._pack.zone).date())
        return None if span is None else self.calendar.deadline(since, span, rolls=rolls)

    @cached_property
    def calendar(self) -> calendar.Calendar:
        """The country's calendar."""
        weekend = self._pack.parameter("weekend", date.min).value
        days = frozenset(int(day) for day in weekend) if isinstance(weekend, tuple) else frozenset({6, 7})
        return calendar.Calendar(self._pack.zone, days, holidays.days(self._pack.table("holidays")))

    def table(self, name: str, on: date, area: str | None = None) -> tuple[Mapping[str, Any], ...]:
        """The lines of a table of the pack that are in force on a day in an area, by line the nearest area first."""
        return self._once(("table", name, self._era(on), area), lambda: self._pack.table(name, on, area))

    def _row(self, list_name: str, code: str) -> Any:
        if not self._pack.has(list_name, code):
            raise Invalid(f"Not a code of the list {list_name}.", field=list_name, rule=f"code:{list_name}")
        return self._pack.codes(list_name)[code]


@lru_cache(maxsize=4)
def law_of(pack: Pack) -> PackLaw:
    """The law of a pack, one for all transactions of a process: it remembers what it was asked."""
    return PackLaw(pack)


def _number(parameter: Parameter) -> Any:
    if parameter.value is None and parameter.name in _OPTIONAL:
        return None
    return parameter.text() if parameter.name == "leap_birthday" else parameter.whole()


def _reaches(parameter: Parameter, began: date, today: date) -> bool:
    """Whether a number of the law reaches a stay that began on a day (CARE C12, transition of law)."""
    if parameter.since is None or began >= parameter.since:
        return True
    return parameter.applies_to != "new" and (parameter.existing_from is None or parameter.existing_from <= today)
