"""What placements does when it is asked, with collections in memory."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from services.placements import commands, domain, handlers
from services.placements.commands.decisions import RecordDecision
from services.placements.domain import RegisterLine, RegisterLineKey
from services.placements.domain.decision import Terms
from services.placements.domain.situation import NoSurroundings
from services.placements.handlers.decisions import record_decision
from shared.errors import Conflict, Invalid, NotFound
from shared.happening import in_order, touched_fields, touching
from shared.ids import new_id
from shared.register_key import RegisterKey
from tests.heard import Heard

TODAY = date(2026, 3, 10)
ACTS: dict[str, Any] = {"actor": "import", "at": datetime(2026, 3, 10, 12, tzinfo=UTC), "today": TODAY}
LINE = RegisterLineKey(register="mon", child_key="1", care_form="FOSTER", provider_key="", from_=date(2026, 1, 1))


@dataclass
class All:
    """domain.WhereaboutsOfAll in memory."""

    children: dict[UUID, domain.Whereabouts] = field(default_factory=dict)

    def of(self, child: UUID) -> domain.Whereabouts:
        return self.children.setdefault(child, domain.Whereabouts(child))

    def taken_up(self) -> list[domain.Whereabouts]:
        return list(self.children.values())

    def holding(self, placement: UUID) -> domain.Whereabouts:
        for child in self.children.values():
            if any(each.id == placement for each in child.placements):
                return child
        raise NotFound


@dataclass
class Lines:
    """domain.RegisterLines in memory."""

    known: dict[RegisterLineKey, RegisterLine] = field(default_factory=dict)

    def find(self, key: RegisterLineKey) -> RegisterLine | None:
        return self.known.get(key)

    def add(self, line: RegisterLine) -> None:
        self.known[line.key] = line

    def answer(self, placement: UUID) -> None:
        for line in self.known.values():
            if line.placement == placement:
                line.answered = line.said


@dataclass
class Some:
    """domain.Providers in memory."""

    known: dict[UUID, domain.Provider] = field(default_factory=dict)

    def exists(self, id_: UUID) -> bool:
        return id_ in self.known

    def has_unit(self, id_: UUID, unit: str) -> bool:
        return id_ in self.known and unit in {each.unit for each in self.known[id_].units}

    def holding(self, key: RegisterKey) -> UUID | None:
        return next((id_ for id_, each in self.known.items() if each.key == key), None)

    def add(self, provider: domain.Provider) -> None:
        self.known[provider.id] = provider


class NoRooms:
    """handlers.UnitOfWork.rooms, with room for everybody."""

    def lock(self, provider: UUID | None) -> None:
        pass


class NoCases:
    """handlers.UnitOfWork.gatekeeping_cases, without any."""

    def on_decision(self, decision: UUID) -> list[Any]:
        return []


@dataclass
class Work:
    """handlers.UnitOfWork in memory."""

    law: Any
    surroundings: domain.Surroundings = field(default_factory=NoSurroundings)
    whereabouts: All = field(default_factory=All)
    register_lines: Lines = field(default_factory=Lines)
    providers: Some = field(default_factory=Some)
    rooms: NoRooms = field(default_factory=NoRooms)
    gatekeeping_cases: NoCases = field(default_factory=NoCases)
    today: date = TODAY
    at: datetime = ACTS["at"]


@pytest.fixture
def uow(book: Any) -> Any:
    return Work(book)


def stay(to: date | None = None, **given: Any) -> domain.Stay:
    return domain.Stay(care_form="FOSTER", area="KZ-75", from_=date(2026, 1, 1), to=to, **given)


def record(uow: Any, child: UUID, where: domain.Stay) -> UUID:
    id_ = new_id()
    facts: dict[str, Any] = {"id": id_, "child": child, "stay": where, "ground": domain.Ground.FOUND}
    handlers.record_whereabouts(uow, commands.RecordWhereabouts(**facts, **ACTS))
    return id_


def decide(uow: Any, child: UUID) -> None:
    """A court decided."""
    made = date(2026, 1, 1)
    terms = Terms(
        act="ENTRY", situation="WITHOUT_PARENTS", outcome="FAMILY_FORM", body="COURT", instrument="JUDGMENT",
        made_on=made, effective_from=made, area="KZ-75", care_forms=("FOSTER",),
    )  # fmt: skip
    record_decision(uow, RecordDecision(id=new_id(), child=child, terms=terms, **ACTS))


def take(uow: Any, child: UUID, where: domain.Stay) -> UUID:
    id_ = new_id()
    handlers.take_register_line(uow, commands.TakeRegisterLine(id=id_, child=child, stay=where, key=LINE, **ACTS))
    return id_


def contradiction(uow: Any, child: UUID, where: domain.Stay) -> tuple[str | None, str | None]:
    """Field and rule with which a line is refused."""
    with pytest.raises(Conflict) as refused:
        take(uow, child, where)
    return refused.value.field, refused.value.rule


def test_a_line_recorded_before_makes_no_second_placement(uow: Any) -> None:
    child = new_id()
    first = take(uow, child, stay())
    take(uow, child, stay())
    assert [each.id for each in uow.whereabouts.of(child).placements] == [first]
    take(uow, child, stay(TODAY, destination="ADOPTED"))
    assert uow.whereabouts.of(child).placement(first).to == TODAY


def test_a_line_without_the_end_that_is_recorded_is_behind_until_the_register_knows_it(uow: Any) -> None:
    child = new_id()
    here = take(uow, child, stay())
    left: dict[str, Any] = {"on": TODAY, "reason": "REVIEW", "destination": "REUNIFICATION"}
    handlers.end_placement(uow, commands.EndPlacement(id=here, **left, **ACTS))
    for _ in range(2):
        assert contradiction(uow, child, stay()) == ("to", "register-is-behind")
    assert uow.whereabouts.of(child).placement(here).to == TODAY
    take(uow, child, stay(TODAY, destination="REUNIFICATION"))


def test_a_correction_answers_what_the_register_says_but_nothing_that_it_says_anew(uow: Any) -> None:
    child, wrong = new_id(), {"carer_relation": "NOT_RELATED"}
    here = take(uow, child, stay())
    assert contradiction(uow, child, stay(**wrong)) == ("carer_relation", "already-recorded-otherwise")
    truth = stay(carer_relation="GRANDPARENT")
    handlers.correct_placement(uow, commands.CorrectPlacement(id=here, stay=truth, **ACTS))
    for _ in range(2):
        take(uow, child, stay(**wrong))
    assert contradiction(uow, child, stay(carer_relation="AUNT_OR_UNCLE"))[0] == "carer_relation"
    take(uow, child, stay(TODAY, destination="ADOPTED", **wrong))
    left = uow.whereabouts.of(child).placement(here)
    assert (left.to, left.carer_relation) == (TODAY, "GRANDPARENT")


def test_an_end_that_was_corrected_away_is_not_taken_again(uow: Any) -> None:
    child, ended = new_id(), stay(TODAY, destination="ADOPTED")
    here = take(uow, child, ended)
    handlers.correct_placement(uow, commands.CorrectPlacement(id=here, stay=stay(), **ACTS))
    take(uow, child, ended)
    assert uow.whereabouts.of(child).placement(here).state is domain.State.ACTIVE


def test_a_placement_is_with_a_provider_that_is_known(uow: Any) -> None:
    with pytest.raises(Invalid) as refused:
        take(uow, new_id(), stay(provider=new_id()))
    assert refused.value.rule == "provider-known"
    assert uow.register_lines.find(LINE) is None


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
    decide(uow, child)
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


def test_what_any_of_several_consumers_of_one_event_touches_holds_later_events_back() -> None:
    done: list[str] = []
    plain = touching()(lambda uow, event: done.append("plain"))
    marked = touching("into", "also")(lambda uow, event: done.append("marked"))
    again = touching("into")(lambda uow, event: done.append("again"))
    every = in_order([plain, marked, again])
    every(None, None)
    assert (done, touched_fields(every)) == (["plain", "marked", "again"], ("into", "also"))
