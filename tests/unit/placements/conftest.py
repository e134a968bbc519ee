"""A law book with the numbers of the base pack, and a world of one child, without files or a database."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import count
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from services.placements import domain
from services.placements.domain import calendar, decisions
from services.placements.domain.decision import Terms
from services.placements.domain.decisions import By
from services.placements.domain.lawbook import Outcome
from shared.errors import Invalid
from tests.unit.placements.decided import LINE

TODAY = date(2026, 3, 10)
FORMS = {
    "INFANT_HOME": ("RESIDENTIAL", "FACILITY"),
    "CHILDRENS_HOME": ("RESIDENTIAL", "FACILITY"),
    "FOSTER": ("FOSTER", "CARER_FAMILY"),
    "KAFALAH": ("OTHER_FAMILY", "CARER_FAMILY"),
    "PARENTAL": ("NONE", "OWN_FAMILY"),
    "DETENTION": ("NONE", "FACILITY"),
}
REASONS = {"NEGLECT": "harm", "POVERTY": "poverty", "SINGLE_PARENT": "poverty", "NOT_RECORDED": "unknown"}


class Book:
    """A domain.LawBook with the numbers of the base pack."""

    numbers = domain.Law(
        under_three_age=3,
        under_three_residential_stay=6,
        leap_birthday="03-01",
        emergency_decision=72,
        emergency_repeat_window=90,
        legacy_decision_due=365,
        breach_due=14,
        sibling_exception_review=3,
        close_to_home_levels=1,
        panel_professions=2,
        review_interval_temporary=3,
        review_interval_long_term=12,
        guardian_appointment=1,
    )

    def __init__(self) -> None:
        self.tables: dict[str, list[dict[str, Any]]] = {}
        self.roles: dict[str, frozenset[str]] = {}

    def law(self, area: str, began: date, today: date) -> domain.Law:
        return self.numbers

    def care_form(self, code: str) -> domain.CareForm:
        if code not in FORMS:
            raise Invalid("not a code of the list care_form", field="care_form")
        return domain.CareForm(code, *FORMS[code])

    def reason_class(self, code: str) -> str:
        return REASONS[code]

    def outcome(self, code: str) -> Outcome:
        permits = {"FAMILY_FORM": "FOSTER", "RESIDENTIAL": "RESIDENTIAL", "RETURN": "NONE", "NO_ACTION": ""}
        return Outcome(frozenset(permits[code].split()), code != "NO_ACTION")

    def number(self, name: str, area: str | None, on: date) -> calendar.Span | None:
        return None

    def deadline(self, name: str, since: datetime, area: str | None, *, rolls: bool = False) -> datetime | None:
        return None

    def last_day(self, name: str, since: date, area: str | None) -> date | None:
        return None

    def table(self, name: str, on: date, area: str | None = None) -> tuple[dict[str, Any], ...]:
        return tuple(self.tables.get(name, ()))

    def overriders(self, parameters: Iterable[str], area: str, on: date) -> frozenset[str]:
        return frozenset().union(*(self.roles.get(name, frozenset()) for name in parameters))

    def levels_between(self, home: str, place: str, on: date) -> int | None:
        if not place.startswith(home[:2]):
            return None
        return 0 if home == place else 1 if home[:5] == place[:5] else 2

    @cached_property
    def calendar(self) -> calendar.Calendar:
        return calendar.Calendar(ZoneInfo("Asia/Almaty"))


@dataclass
class World:
    """One child, a way to act on it, and what it told."""

    child: domain.Whereabouts = field(default_factory=lambda: domain.Whereabouts(UUID(int=1)))
    book: Book = field(default_factory=Book)
    ids: Callable[[], UUID] = field(default_factory=lambda: map(UUID, map(str_of, count(100))).__next__)
    provider: UUID = field(default_factory=lambda: UUID(int=9))

    def act(self, today: date = TODAY) -> domain.Act:
        return domain.Act(today, self.book, self.ids)

    def born(self, born_from: date, born_to: date | None = None, today: date = TODAY) -> None:
        known = domain.KnownChild(born_from, born_to or born_from, "KZ-75", confirmed=True)
        self.child.hear(known, self.act(today))

    def stay(self, from_: date, to: date | None = None, form: str = "INFANT_HOME", **given: object) -> domain.Stay:
        given = {"provider": self.provider, "entry_reason": "NEGLECT"} | given
        return domain.Stay(care_form=form, area="KZ-75", from_=from_, to=to, **given)  # type: ignore[arg-type]

    def arrive(
        self,
        from_: date,
        to: date | None = None,
        form: str = "INFANT_HOME",
        *,
        ground: domain.Ground = domain.Ground.ARRIVED,
        ends_former: bool = False,
        today: date = TODAY,
        **given: object,
    ) -> UUID:
        id_ = self.ids()
        if ground is domain.Ground.COURT_ORDERED:
            self.decide(form, from_)
        stay = self.stay(from_, to, form, **given)
        self.child.record_whereabouts(id_, stay, ground, self.act(today), ends_former=ends_former)
        return id_

    def decide(self, form: str = "FOSTER", from_: date = TODAY - timedelta(days=400), **given: object) -> UUID:
        """A court decided, so that no rule refuses it."""
        terms: dict[str, Any] = {
            "act": "ENTRY", "situation": "WITHOUT_PARENTS", "outcome": "FAMILY_FORM", "body": "COURT",
            "instrument": "JUDGMENT", "made_on": min(from_, TODAY), "effective_from": from_, "area": "KZ-75",
            "care_forms": (form,),
        }  # fmt: skip
        id_, at = self.ids(), datetime(2026, 3, 10, 12, tzinfo=UTC)
        case = given.pop("case", None)
        decisions.record(self.child, id_, Terms(**terms | given), By("worker", at), self.act(), case)  # type: ignore[arg-type]
        return id_

    def authorise(self, from_: date, form: str = "FOSTER", planned_to: date | None = None, **given: object) -> UUID:
        id_ = self.ids()
        reasons = given.pop("other_reasons", ())
        self.decide(form, min(from_, TODAY - timedelta(days=30)))
        stay = self.stay(from_, form=form, planned_to=planned_to, **given)
        self.child.authorise(id_, stay, reasons, self.act())  # type: ignore[arg-type]
        return id_

    def open_rules(self) -> set[str]:
        return {breach.rule for breach in self.child.breaches if breach.is_open}

    def told(self) -> list[str]:
        """The names of the facts told since the last call, but for those about decisions."""
        names = [type(fact).__name__ for _, _, fact in self.child.pull_facts()]
        return [name for name in names if not name.startswith(("Decision", "Notice"))]

    def state(self, id_: UUID) -> domain.State:
        return self.child.placement(id_).state


def str_of(number: int) -> str:
    return f"{number:032x}"


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def ruled(world: World) -> World:
    """A world with a decision table and a child of seven."""
    world.book.tables["decision_table"] = [LINE]
    world.born(date(2019, 1, 1))
    return world
