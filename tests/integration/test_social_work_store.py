"""What social_work keeps, on both PostgreSQL: cases come back as they were, half-states are refused."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.social_work import commands, domain, handlers, views
from shared import clock, db
from shared.errors import NotFound
from shared.ids import new_id
from shared.register_key import RegisterKey
from tests.integration import deployed

TODAY, OPENED = date(2026, 3, 1), date(2026, 1, 15)
ACTS = {"actor": "supervisor", "at": clock.now(), "today": TODAY}


@pytest.fixture(scope="module", params=["wheel", "debian15"])
def engine(request):
    with deployed.migrated(request.getfixturevalue(f"postgresql_{request.param}"), "social_work") as engine:
        yield engine


def working(engine):
    return deployed.working("social_work", engine)


@pytest.fixture
def office(engine):
    """A centre and a worker of it, each with a key of a register."""
    keys = [RegisterKey("main", str(new_id())) for _ in range(2)]
    opening = commands.OpenCentre(id=new_id(), name="Алатау", area="KZ-75", key=keys[0], **ACTS)
    with working(engine) as uow:
        centre = handlers.open_centre(uow, opening)
        joining = commands.RegisterWorker(id=new_id(), centre=centre.id, account=keys[1].value, key=keys[1], **ACTS)
        return centre, handlers.register_worker(uow, joining)


def open_case(uow, centre, child):
    command = commands.OpenCase(id=new_id(), child=child, kind="PROTECTION", centre=centre.id, opened_on=OPENED, **ACTS)
    return handlers.open_case(uow, command)


def assigned(engine, office):
    centre, worker = office
    with working(engine) as uow:
        case = open_case(uow, centre, new_id())
        handlers.assign_case(uow, commands.AssignCase(id=case.id, worker=worker.id, on=OPENED, **ACTS))
    return case


def test_a_case_comes_back_as_it_was_through_all_its_steps(engine, office):
    case = assigned(engine, office)
    closing = commands.CloseCase(id=case.id, reason="LEFT_CARE", closed_on=TODAY, **ACTS)
    with working(engine) as uow:
        handlers.close_case(uow, closing)
    with working(engine) as uow:
        found = uow.cases.get(case.id)
    parts = {name: getattr(found, name) for name in domain.Case.__dataclass_fields__}
    assert parts == {
        "id": case.id,
        "child": case.child,
        "kind": "PROTECTION",
        "centre": office[0].id,
        "opened_on": OPENED,
        "status": domain.CaseStatus.CLOSED,
        "worker": office[1].id,
        "assigned_on": OPENED,
        "closed_on": TODAY,
        "close_reason": "LEFT_CARE",
        "version": 3,
    }


def test_a_centre_that_no_register_knows_has_no_key(engine, office):
    opening = commands.OpenCentre(id=new_id(), name="Есіл", area="KZ-71", **ACTS)
    with working(engine) as uow:
        handlers.open_centre(uow, opening)
    with working(engine) as uow:
        assert uow.centres.get(opening.id).key is None
        assert uow.centres.get(office[0].id).key == office[0].key


def test_centres_and_workers_are_found_by_the_key_of_their_register(engine, office):
    centre, worker = office
    with working(engine) as uow:
        assert uow.centres.keyed("main", [centre.key.value, "C-2"]) == {centre.key.value: centre.id}
        assert uow.workers.keyed("main", [worker.key.value]) == {worker.key.value: worker.id}
        assert uow.centres.keyed("other", [centre.key.value]) == uow.workers.keyed("main", []) == {}


def test_the_cases_of_a_child_are_known_also_before_they_are_written(engine, office):
    centre, _ = office
    child, other = new_id(), new_id()
    with working(engine) as uow:
        first = open_case(uow, centre, child)
        assert uow.cases.of(child) == [first]
        second = open_case(uow, centre, child)
        assert uow.cases.of(child) == [first, second]
        assert uow.cases.of(other) == []
    with working(engine) as uow:
        assert [case.id for case in uow.cases.of(child)] == [first.id, second.id]
        uow.cases.expect_of([child, other])
        assert [case.id for case in uow.cases.of(child)] == [first.id, second.id]


def test_what_is_heard_of_a_child_is_kept(engine):
    child, placements = new_id(), {new_id(), new_id()}
    with working(engine) as uow:
        known = uow.children.get(child)
        assert (known.area, known.confirmed, known.in_care) == (None, False, False)
        known.state("KZ-75")
        for placement in placements:
            known.placed(placement)
    with working(engine) as uow:
        known = uow.children.get(child)
        assert (known.area, known.confirmed, known.withdrawn) == ("KZ-75", True, False)
        assert known.placements == placements
        known.left(min(placements))
        known.withdraw()
    with working(engine) as uow:
        assert uow.children.get(child).placements == {max(placements)}
        assert uow.children.get(child).withdrawn


def test_a_key_of_a_register_belongs_to_one_centre(engine, office):
    key = RegisterKey("main", office[0].key.value)
    again = commands.OpenCentre(id=new_id(), name="x", area="KZ-75", key=key, **ACTS)
    with pytest.raises(IntegrityError), working(engine) as uow:
        handlers.open_centre(uow, again)


def test_an_account_belongs_to_one_worker(engine, office):
    centre, worker = office
    again = commands.RegisterWorker(id=new_id(), centre=centre.id, account=worker.account, **ACTS)
    with pytest.raises(IntegrityError), working(engine) as uow:
        handlers.register_worker(uow, again)


@pytest.mark.parametrize(
    "change",
    [
        "update case_file set status = 'closed'",
        "update case_file set closed_on = '2026-02-01'",
        "update case_file set close_reason = 'LEFT_CARE'",
        "update case_file set worker = null, assigned_on = null",
        "update case_file set assigned_on = null",
        "update case_file set status = 'lost'",
        "update case_file set status = 'closed', close_reason = 'LEFT_CARE', closed_on = '2026-01-01'",
        "update case_file set version = 0",
        "update centre set register = null",
        "update worker set register_key = null",
        "delete from worker",
    ],
)
def test_the_tables_refuse_half_states(engine, office, change):
    assigned(engine, office)
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text(change))


def test_what_is_absent_is_not_found(engine):
    with db.new_session(engine) as session:
        for view in (views.centre, views.worker, views.case):
            with pytest.raises(NotFound):
                view(session, new_id())
        assert views.cases_of_child(session, new_id()) == []


@pytest.mark.parametrize("step", ["open", "assign", "close"])
def test_a_step_in_a_case_waits_for_an_import_of_the_child_and_not_in_a_circle(engine, office, step):
    case, (centre, worker) = assigned(engine, office), office
    steps = {
        "open": lambda uow: open_case(uow, centre, case.child),
        "assign": lambda uow: handlers.assign_case(
            uow, commands.AssignCase(id=case.id, worker=worker.id, on=TODAY, **ACTS)
        ),
        "close": lambda uow: handlers.close_case(
            uow, commands.CloseCase(id=case.id, reason="LEFT_CARE", closed_on=TODAY, **ACTS)
        ),
    }

    def take():
        with working(engine) as uow:
            steps[step](uow)

    with ThreadPoolExecutor(1) as other, working(engine) as importing:
        importing.children.expect([case.child])
        taken = other.submit(take)
        assert deployed.waits_for_a_lock(engine)
        importing.cases.expect_of([case.child])
        importing.centres.expect([centre.id])
        importing.workers.expect([worker.id])
    taken.result()
