"""What registry makes of what it hears of a child's care."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.registry.domain import care
from services.registry.handlers import care as handlers
from shared.ids import new_id

FORMS = {"FOSTER": True, "CHILDRENS_HOME": True, "PARENTAL": False}


@dataclass
class Heard:
    """An event as a handler reads it."""

    type: str
    subject: UUID
    data: dict[str, Any]
    id: UUID = field(default_factory=new_id)


class Working:
    """A unit of work in memory."""

    def __init__(self) -> None:
        self.kept: dict[UUID, care.CareStatus] = {}
        self.care = self
        self.care_forms = self

    def get(self, child: UUID) -> care.CareStatus:
        return self.kept.setdefault(child, care.CareStatus(child))

    def is_care(self, code: str) -> bool:
        return FORMS[code]


@pytest.fixture
def world():
    return World()


class World:
    """One child, and what is told of it."""

    def __init__(self) -> None:
        self.uow, self.child, self.home = Working(), new_id(), new_id()

    def hears(self, what: str, **data: Any) -> care.CareStatus:
        type_ = f"{what}.v1"
        handlers.CONSUMED[type_](self.uow, Heard(type_, self.child, data))
        return self.uow.kept[self.child]

    def starts(self, placement: UUID, from_: str, care_form: str = "FOSTER", provider: UUID | None = None) -> Any:
        data = {"placement": str(placement), "provider": str(provider) if provider else None, "care_form": care_form}
        return self.hears("placements.placement-started", **data, **{"from": from_})

    def ends(self, placement: UUID, to: str) -> Any:
        return self.hears("placements.placement-ended", placement=str(placement), to=to)

    def corrects(self, placement: UUID, from_: str, to: str | None = None, **data: Any) -> Any:
        given = {"placement": str(placement), "care_form": "FOSTER", "to": to, "withdrawn": False} | data
        return self.hears("placements.placement-corrected", **given, **{"from": from_})


def test_a_child_is_in_care_from_the_start_of_a_stay_to_its_end(world):
    placement = new_id()
    now = world.starts(placement, "2026-01-05", provider=world.home)
    assert (now.in_care, now.provider, now.placement) == (True, world.home, placement)
    assert (now.care_form, now.since, now.in_care_since) == ("FOSTER", date(2026, 1, 5), date(2026, 1, 5))
    now = world.ends(placement, "2026-02-01")
    assert (now.in_care, now.provider, now.placement, now.since, now.in_care_since) == (False, None, None, None, None)


def test_a_move_leaves_no_day_out_of_care(world):
    first, second = new_id(), new_id()
    world.starts(first, "2026-01-05")
    world.ends(first, "2026-02-01")
    world.starts(second, "2026-02-01", "CHILDRENS_HOME", world.home)
    now = world.hears(
        "placements.placement-moved", from_placement=str(first), to_placement=str(second), on="2026-02-01"
    )
    assert (now.placement, now.since, now.in_care_since) == (second, date(2026, 2, 1), date(2026, 1, 5))


def test_a_day_at_home_begins_care_anew(world):
    first, second = new_id(), new_id()
    world.starts(first, "2026-01-05")
    world.ends(first, "2026-02-01")
    assert world.starts(second, "2026-02-02").in_care_since == date(2026, 2, 2)


def test_a_child_at_home_under_supervision_is_not_in_care(world):
    now = world.starts(new_id(), "2026-01-05", "PARENTAL")
    assert (now.in_care, now.in_care_since, now.care_form) == (False, None, "PARENTAL")


def test_an_end_heard_before_the_start_holds(world):
    placement = new_id()
    world.ends(placement, "2026-02-01")
    assert not world.starts(placement, "2026-01-05").in_care


def test_a_correction_may_reopen_withdraw_and_name_another_provider(world):
    placement, other = new_id(), new_id()
    world.starts(placement, "2026-01-05", provider=world.home)
    world.ends(placement, "2026-02-01")
    reopened = world.corrects(placement, "2026-01-06", provider=str(other))
    assert (reopened.in_care, reopened.provider, reopened.since) == (True, other, date(2026, 1, 6))
    assert world.corrects(placement, "2026-01-06").provider == other  # an older event names none
    assert world.corrects(placement, "2026-01-06", provider=None).provider is None
    assert not world.corrects(placement, "2026-01-06", withdrawn=True).in_care


def test_what_is_heard_twice_changes_nothing(world):
    placement, case = new_id(), new_id()
    for _ in range(2):
        world.starts(placement, "2026-01-05", provider=world.home)
        now = world.hears("social_work.case-opened", case=str(case))
        assert (now.in_care, now.cases, len(now.stays)) == (True, frozenset({case}), 1)
    for _ in range(2):
        assert world.hears("social_work.case-closed", case=str(case)).cases == frozenset()
