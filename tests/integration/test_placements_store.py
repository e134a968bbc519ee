"""placements on real PostgreSQL: rows and events in one commit, one place a child, batches in a handful of queries."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, event, select, text
from sqlalchemy.exc import IntegrityError

from services.placements import commands, domain, handlers
from services.placements.commands.decisions import RecordDecision
from services.placements.domain.decision import Terms
from services.placements.handlers.decisions import record_decision
from services.placements.views import placements as views
from shared import db, technical_tables
from shared.errors import NotFound
from shared.ids import new_id
from shared.reach import Reach
from shared.register_key import RegisterKey
from tests.heard import Heard
from tests.integration import deployed

TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ACTS: dict[str, Any] = {"actor": "gatekeeper", "at": NOW, "today": TODAY}
ALMATY = "KZ-75"
ANYWHERE = Reach(areas=None)


@pytest.fixture
def engine(postgresql_url: str) -> Iterator[Engine]:
    """placements' database, on both PostgreSQLs."""
    made = db.make_engine(postgresql_url)
    db.migrate(made, "services.placements.migrations")
    yield made
    made.dispose()


def transaction(engine: Engine, *works: Callable[[Any], Any]) -> Any:
    """Do the works in one commit; the result of the last."""
    with deployed.working("placements", engine, actor="gatekeeper", at=NOW) as uow:
        return [work(uow) for work in works][-1]


def doing(handler: Any, command: Any) -> Callable[[Any], Any]:
    return lambda uow: uow.execute(handler, command)


def provider(engine: Engine) -> UUID:
    id_ = new_id()
    command = commands.RegisterProvider(id=id_, kind="FACILITY", area=ALMATY, name="Балалар үйі", **ACTS)
    transaction(engine, doing(handlers.register_provider, command))
    return id_


def stay(from_: date, to: date | None = None, form: str = "CHILDRENS_HOME", **given: Any) -> domain.Stay:
    return domain.Stay(care_form=form, area=ALMATY, from_=from_, to=to, **given)


def arriving(child: UUID, where: domain.Stay, **given: Any) -> commands.RecordWhereabouts:
    given = {"id": new_id(), "ground": domain.Ground.COURT_ORDERED} | given
    return commands.RecordWhereabouts(child=child, stay=where, **given, **ACTS)


def ordering(child: UUID, where: domain.Stay) -> Callable[[Any], Any]:
    """A court's decision that covers a stay."""
    terms = Terms(
        act="ENTRY", situation="WITHOUT_PARENTS", outcome="FAMILY_FORM", body="COURT", instrument="JUDGMENT",
        made_on=min(where.from_, TODAY), effective_from=where.from_, area=where.area, care_forms=(where.care_form,),
    )  # fmt: skip
    return doing(record_decision, RecordDecision(id=new_id(), child=child, terms=terms, **ACTS))


def arrive(engine: Engine, child: UUID, where: domain.Stay, **given: Any) -> UUID:
    command = arriving(child, where, **given)
    if command.ground is domain.Ground.COURT_ORDERED:
        transaction(engine, ordering(child, where))
    transaction(engine, doing(handlers.record_whereabouts, command))
    return command.id


def stated(child: UUID, born: date) -> Heard:
    return Heard(child, {"born_from": born.isoformat(), "born_to": born.isoformat(), "area": ALMATY})


def log(engine: Engine) -> list[Any]:
    table = technical_tables.event_log
    with engine.connect() as connection:
        return list(connection.execute(select(table).order_by(table.c.sequence)))


def types(engine: Engine, child: UUID) -> list[str]:
    found = [row.type.removeprefix("placements.").removesuffix(".v1") for row in log(engine) if row.subject == child]
    return [each for each in found if not each.startswith(("decision-", "notice-"))]


def shown(engine: Engine, child: UUID) -> dict[str, Any]:
    with db.new_session(engine) as session:
        return views.whereabouts(session, child)


def test_an_arrival_is_rows_and_events_that_carry_everything(engine: Engine) -> None:
    child, home = new_id(), provider(engine)
    placed = arrive(engine, child, stay(date(2026, 3, 1), provider=home, entry_reason="NEGLECT"))
    registered, *_, started = (row for row in log(engine) if "decision" not in row.type and "notice" not in row.type)
    assert registered.data == {"provider": str(home), "kind": "FACILITY", "area": ALMATY}
    assert (started.type, started.subject) == ("placements.placement-started.v1", child)
    assert started.data == {
        "child": str(child),
        "placement": str(placed),
        "provider": str(home),
        "care_form": "CHILDRENS_HOME",
        "carer_relation": None,
        "kind": "planned",
        "area": ALMATY,
        "from": "2026-03-01",
        "entry_reason": "NEGLECT",
        "whereabouts": True,
    }
    found = shown(engine, child)
    assert found["placements"][0]["state"] == "active"


def test_a_stay_that_is_over_tells_its_start_and_its_end(engine: Engine) -> None:
    child, home = new_id(), provider(engine)
    where = stay(date(2026, 1, 1), date(2026, 2, 1), provider=home, end_reason="REVIEW", destination="ADOPTED")
    placed = arrive(engine, child, where)
    assert types(engine, child) == ["placement-started", "placement-ended"]
    ended = log(engine)[-1].data
    assert ended == {
        "child": str(child),
        "placement": str(placed),
        "to": "2026-02-01",
        "destination": "ADOPTED",
        "reason": "REVIEW",
    }


def test_a_move_is_one_commit_in_whichever_order_the_rows_are_written(engine: Engine) -> None:
    child, home = new_id(), provider(engine)
    planned = commands.AuthorisePlacement(id=new_id(), child=child, stay=stay(TODAY, form="KINSHIP_FORMAL"), **ACTS)
    transaction(engine, ordering(child, planned.stay), doing(handlers.authorise_placement, planned))
    arrive(engine, child, stay(date(2026, 3, 1), provider=home))  # its id is later than that of the plan
    move = commands.MovePlacement(id=planned.id, on=TODAY, reason="REVIEW", **ACTS)
    transaction(engine, doing(handlers.move_placement, move))
    assert [row["state"] for row in shown(engine, child)["placements"]] == ["ended", "active"]
    expected = ["placement-authorised", "placement-started", "placement-ended", "placement-started", "placement-moved"]
    assert types(engine, child) == expected


def test_the_database_itself_refuses_a_second_active_placement(engine: Engine) -> None:
    child = new_id()
    first = arrive(engine, child, stay(date(2026, 3, 1), form="FOSTER"))
    copied = """insert into placement select gen_random_uuid(), child, state, authorised, ground, care_form, area,
        "from", "to", planned_to, provider, carer_relation, kind, entry_reason, other_reasons, end_reason,
        destination, recorded_on from placement where id = :id"""
    with pytest.raises(IntegrityError, match="one_active_placement"), engine.begin() as connection:
        connection.execute(text(copied), {"id": first})


def test_registrys_event_confirms_the_child_and_judges_its_age(engine: Engine) -> None:
    child, home = new_id(), provider(engine)
    arrive(engine, child, stay(date(2026, 3, 1), provider=home))

    def unconfirmed() -> int:
        with db.new_session(engine) as session:
            return views.unconfirmed_children(session, ANYWHERE, datetime.now(UTC) + timedelta(hours=1))

    assert unconfirmed() == 1
    transaction(engine, lambda uow: handlers.note_child(uow, stated(child, date(2025, 5, 1))))
    assert unconfirmed() == 0
    (breach,) = shown(engine, child)["breaches"]
    assert (breach["rule"], breach["area"], breach["healed_on"]) == ("under-three-residential", ALMATY, None)
    assert breach["facts"]["third_birthday"] == "2028-05-01"
    transaction(engine, lambda uow: handlers.note_child(uow, stated(child, date(2015, 5, 1))))
    assert shown(engine, child)["breaches"][0]["healed_on"] == TODAY
    assert types(engine, child) == ["placement-started", "breach-opened", "breach-healed"]


def test_an_import_and_registrys_event_that_name_a_child_at_once_both_succeed(engine: Engine) -> None:
    child = new_id()

    def note(uow: Any) -> None:
        handlers.note_child(uow, stated(child, date(2015, 5, 1)))

    with ThreadPoolExecutor(1) as other, deployed.working("placements", engine, at=NOW) as naming:
        naming.execute(handlers.record_whereabouts, arriving(child, stay(date(2026, 3, 1), form="FOSTER")))
        heard = other.submit(transaction, engine, note)
        assert deployed.waits_for_a_lock(engine)
    heard.result()
    found = shown(engine, child)
    assert found["confirmed"]
    assert len(found["placements"]) == 1


def key(number: int, from_: date) -> domain.RegisterLineKey:
    return domain.RegisterLineKey(
        register="mon", child_key=str(number), care_form="CHILDRENS_HOME", provider_key="7", from_=from_
    )


def take(uow: Any, children: list[UUID], home: UUID, to: date | None = None) -> None:
    """What the register import does with a batch."""
    begin = date(2019, 1, 1)
    uow.whereabouts.expect(children)
    uow.register_lines.expect([key(number, begin) for number in range(len(children))])
    uow.providers.keyed("mon", ["7"])
    uow.providers.exists(home)
    for number, child in enumerate(children):
        where = stay(begin, to, provider=home, destination="OTHER" if to else None)
        line = commands.TakeRegisterLine(id=new_id(), child=child, stay=where, key=key(number, begin), **ACTS)
        uow.execute(handlers.take_register_line, line)


def test_a_batch_of_five_hundred_lines_is_a_handful_of_statements(engine: Engine) -> None:
    children, home = [new_id() for _ in range(500)], provider(engine)
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    transaction(engine, lambda uow: take(uow, children, home))
    assert len(statements) < 25, statements
    assert len(log(engine)) == 1 + 2 * 500  # the provider; a start and a legacy deadline for each child
    statements.clear()
    transaction(engine, lambda uow: take(uow, children, home))
    assert len(statements) < 16, statements
    assert len(log(engine)) == 1 + 2 * 500


def test_a_line_that_has_an_end_by_now_ends_the_stay(engine: Engine) -> None:
    (child, home) = new_id(), provider(engine)
    transaction(engine, lambda uow: take(uow, [child], home))
    transaction(engine, lambda uow: take(uow, [child], home, to=date(2020, 1, 1)))
    transaction(engine, lambda uow: take(uow, [child], home, to=date(2020, 1, 1)))
    (placed,) = shown(engine, child)["placements"]
    assert (placed["state"], placed["to"], placed["destination"]) == ("ended", date(2020, 1, 1), "OTHER")
    assert types(engine, child) == ["placement-started", "breach-opened", "placement-ended", "breach-healed"]


def test_what_a_line_said_is_kept_and_answered_by_a_correction(engine: Engine) -> None:
    (child, home), begin = (new_id(), provider(engine)), date(2019, 1, 1)
    transaction(engine, lambda uow: take(uow, [child], home, to=date(2020, 1, 1)))
    said = domain.Said(
        area=ALMATY, carer_relation=None, entry_reason="NOT_RECORDED", to=date(2020, 1, 1), destination="OTHER"
    )
    kept = transaction(engine, lambda uow: uow.register_lines.find(key(0, begin)))
    assert (kept.said, kept.answered) == (said, None)
    truth = stay(begin, date(2020, 2, 1), provider=home, destination="ADOPTED")
    correction = commands.CorrectPlacement(id=kept.placement, stay=truth, **ACTS)
    transaction(engine, doing(handlers.correct_placement, correction))
    kept = transaction(engine, lambda uow: uow.register_lines.find(key(0, begin)))
    assert (kept.said, kept.answered) == (said, said)


def test_a_provider_is_found_by_its_key_and_shows_who_lives_there(engine: Engine) -> None:
    home = new_id()
    register = commands.RegisterProvider(
        id=home, kind="FACILITY", area=ALMATY, name="№ 7", places=12, key=RegisterKey("mon", "7"), **ACTS
    )
    transaction(engine, doing(handlers.register_provider, register))
    arrive(engine, new_id(), stay(date(2026, 3, 1), provider=home))
    arrive(engine, new_id(), stay(date(2026, 1, 1), date(2026, 2, 1), provider=home))
    with db.new_session(engine) as session:
        found = views.provider(session, home)
        assert (found["children"], found["places"]) == (1, 12)
        with pytest.raises(NotFound):
            views.provider(session, new_id())
    with deployed.working("placements", engine) as uow:
        assert uow.providers.holding(RegisterKey("mon", "7")) == home
        assert uow.providers.holding(RegisterKey("mon", "8")) is None


def test_open_breaches_are_listed_by_area_the_most_urgent_first(engine: Engine) -> None:
    early, late, elsewhere = new_id(), new_id(), new_id()
    arrive(engine, late, stay(date(2026, 3, 1), form="FOSTER"), ground=domain.Ground.IMPORTED)
    arrive(engine, early, stay(date(2026, 3, 1), form="FOSTER", kind="emergency"), ground=domain.Ground.EMERGENCY)
    there = domain.Stay(care_form="FOSTER", area="KZ-71", from_=date(2026, 3, 1))
    arrive(engine, elsewhere, there, ground=domain.Ground.FOUND)
    with db.new_session(engine) as session:
        rows = views.open_breaches(session, ANYWHERE, {ALMATY}, None, 10)
        assert [row["child"] for row in rows] == [early, late]
        (after,) = views.open_breaches(session, ANYWHERE, {ALMATY}, (rows[0]["due"], rows[0]["id"]), 10)
        assert after["child"] == late
        assert len(views.open_breaches(session, ANYWHERE, None, None, 10)) == 3
        (there,) = views.open_breaches(session, Reach(frozenset({"KZ-71"})), None, None, 10)
        assert there["child"] == elsewhere


def test_what_was_loaded_is_what_was_written(engine: Engine) -> None:
    child = new_id()
    where = stay(date(2026, 3, 1), form="GUARDIANSHIP", carer_relation="GRANDPARENT", planned_to=date(2027, 1, 1))
    command = commands.AuthorisePlacement(id=new_id(), child=child, stay=where, other_reasons=("NEGLECT",), **ACTS)
    transaction(engine, ordering(child, where), doing(handlers.authorise_placement, command))
    with deployed.working("placements", engine) as uow:
        (found,) = uow.whereabouts.of(child).placements
        assert {name: getattr(found, name) for name in vars(where)} == vars(where)
        assert (found.state, found.ground, found.other_reasons) == (domain.State.PLANNED, None, ("NEGLECT",))
        assert uow.whereabouts.of(child).known == domain.KnownChild()
