"""What placements does when it is asked, with collections in memory."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from services.placements import commands, domain, handlers
from services.placements.domain import RegisterKey, RegisterLineKey
from shared.errors import Invalid, NotFound
from shared.ids import new_id

TODAY = date(2026, 3, 10)
ACTS: dict[str, Any] = {"actor": "import", "at": datetime(2026, 3, 10, 12, tzinfo=UTC), "today": TODAY}
LINE = RegisterLineKey(register="mon", child_key="1", care_form="FOSTER", provider_key="", from_=date(2026, 1, 1))


@dataclass
class All:
    """domain.WhereaboutsOfAll in memory."""

    children: dict[UUID, domain.Whereabouts] = field(default_factory=dict)
    lines: dict[RegisterLineKey, UUID] = field(default_factory=dict)

    def of(self, child: UUID) -> domain.Whereabouts:
        return self.children.setdefault(child, domain.Whereabouts(child))

    def holding(self, placement: UUID) -> domain.Whereabouts:
        for child in self.children.values():
            if any(each.id == placement for each in child.placements):
                return child
        raise NotFound

    def recorded(self, key: RegisterLineKey) -> UUID | None:
        return self.lines.get(key)

    def remember(self, key: RegisterLineKey, placement: UUID) -> None:
        self.lines[key] = placement


@dataclass
class Some:
    """domain.Providers in memory."""

    known: dict[UUID, domain.Provider] = field(default_factory=dict)

    def exists(self, id_: UUID) -> bool:
        return id_ in self.known

    def holding(self, key: RegisterKey) -> UUID | None:
        wanted = (key.register, key.value)
        return next((id_ for id_, each in self.known.items() if (each.register, each.register_key) == wanted), None)

    def add(self, provider: domain.Provider) -> None:
        self.known[provider.id] = provider


@dataclass
class Work:
    """handlers.UnitOfWork in memory."""

    law: Any
    whereabouts: All = field(default_factory=All)
    providers: Some = field(default_factory=Some)
    today: date = TODAY


@dataclass
class Heard:
    """An event of registry."""

    subject: UUID
    data: dict[str, Any]
    id: UUID = field(default_factory=new_id)
    type: str = "registry.child-corrected.v1"


@pytest.fixture
def uow(book: Any) -> Any:
    return Work(book)


def stay(to: date | None = None, **given: Any) -> domain.Stay:
    return domain.Stay(care_form="FOSTER", area="KZ-75", from_=date(2026, 1, 1), to=to, **given)


def record(uow: Any, child: UUID, where: domain.Stay, key: RegisterLineKey | None = None) -> UUID:
    id_ = new_id()
    command = commands.RecordWhereabouts(
        id=id_, child=child, stay=where, ground=domain.Ground.IMPORTED, key=key, **ACTS
    )
    handlers.record_whereabouts(uow, command)
    return id_


def test_a_line_recorded_before_makes_no_second_placement(uow: Any) -> None:
    child = new_id()
    first = record(uow, child, stay(), LINE)
    record(uow, child, stay(), LINE)
    assert [each.id for each in uow.whereabouts.of(child).placements] == [first]
    record(uow, child, stay(TODAY, destination="ADOPTED"), LINE)
    assert uow.whereabouts.of(child).placement(first).to == TODAY


def test_a_placement_is_with_a_provider_that_is_known(uow: Any) -> None:
    with pytest.raises(Invalid) as refused:
        record(uow, new_id(), stay(provider=new_id()), LINE)
    assert refused.value.rule == "provider-known"
    assert uow.whereabouts.recorded(LINE) is None


def test_a_register_has_one_provider_under_a_key(uow: Any) -> None:
    facts: dict[str, Any] = {"kind": "FACILITY", "area": "KZ-75", "name": "7", "key": RegisterKey("mon", "7"), **ACTS}
    provider = handlers.register_provider(uow, commands.RegisterProvider(id=new_id(), **facts))
    assert uow.providers.holding(RegisterKey("mon", "7")) == provider.id
    with pytest.raises(domain.ProviderKeyTaken):
        handlers.register_provider(uow, commands.RegisterProvider(id=new_id(), **facts))
    with pytest.raises(Invalid):
        handlers.register_provider(uow, commands.RegisterProvider(id=new_id(), **facts | {"key": None, "places": -1}))


def test_registry_states_a_child_and_takes_it_back(uow: Any) -> None:
    child = new_id()
    record(uow, child, stay())
    heard = {"born_from": "2019-01-01", "born_to": "2019-12-31", "area": "KZ-75"}
    handlers.note_child(uow, Heard(child, heard))
    expected = domain.KnownChild(date(2019, 1, 1), date(2019, 12, 31), "KZ-75", confirmed=True)
    assert uow.whereabouts.of(child).known == expected
    handlers.note_child_withdrawn(uow, Heard(child, {}))
    assert uow.whereabouts.of(child).known.withdrawn
    assert not any(breach.is_open for breach in uow.whereabouts.of(child).breaches)


def test_each_command_on_a_placement_reaches_its_child(uow: Any) -> None:
    child = new_id()
    here = record(uow, child, stay())
    handlers.authorise_stay(uow, commands.AuthoriseStay(id=here, planned_to=None, **ACTS))
    there = new_id()
    handlers.authorise_placement(uow, commands.AuthorisePlacement(id=there, child=child, stay=stay(), **ACTS))
    handlers.move_placement(uow, commands.MovePlacement(id=there, on=TODAY, reason="REVIEW", **ACTS))
    handlers.correct_placement(uow, commands.CorrectPlacement(id=here, stay=stay(date(2026, 3, 1)), **ACTS))
    ends: dict[str, Any] = {"on": TODAY, "reason": "REVIEW", "destination": "REUNIFICATION"}
    handlers.end_placement(uow, commands.EndPlacement(id=there, **ends, **ACTS))
    handlers.withdraw_placement(uow, commands.WithdrawPlacement(id=there, **ACTS))
    states = [each.state for each in uow.whereabouts.of(child).placements]
    assert states == [domain.State.ENDED, domain.State.WITHDRAWN]
    with pytest.raises(NotFound):
        handlers.end_placement(uow, commands.EndPlacement(id=new_id(), **ends, **ACTS))
