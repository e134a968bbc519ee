"""A law book with the numbers of the base pack, and a world of one child, without files or a database."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from uuid import UUID

import pytest

from services.placements import domain
from shared.errors import Invalid

TODAY = date(2026, 3, 10)
FORMS = {
    "INFANT_HOME": ("RESIDENTIAL", "FACILITY"),
    "CHILDRENS_HOME": ("RESIDENTIAL", "FACILITY"),
    "FOSTER": ("FOSTER", "CARER_FAMILY"),
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
    )

    def law(self, area: str, began: date, today: date) -> domain.Law:
        return self.numbers

    def care_form(self, code: str) -> domain.CareForm:
        if code not in FORMS:
            raise Invalid("not a code of the list care_form", field="care_form")
        return domain.CareForm(code, *FORMS[code])

    def reason_class(self, code: str) -> str:
        return REASONS[code]


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
        stay = self.stay(from_, to, form, **given)
        self.child.record_whereabouts(id_, stay, ground, self.act(today), ends_former=ends_former)
        return id_

    def authorise(self, from_: date, form: str = "FOSTER", planned_to: date | None = None, **given: object) -> UUID:
        id_ = self.ids()
        reasons = given.pop("other_reasons", ())
        stay = self.stay(from_, form=form, planned_to=planned_to, **given)
        self.child.authorise(id_, stay, reasons, self.act())  # type: ignore[arg-type]
        return id_

    def open_rules(self) -> set[str]:
        return {breach.rule for breach in self.child.breaches if breach.is_open}

    def told(self) -> list[str]:
        """The names of the facts told since the last call."""
        return [type(fact).__name__ for _, _, fact in self.child.pull_facts()]

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
