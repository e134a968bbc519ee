"""social_work's handlers over a unit of work in memory: commands, and what it hears of others."""

import pytest

from services.social_work import commands, domain, handlers
from shared.errors import NotFound
from shared.ids import new_id
from tests.heard import Heard
from tests.unit.social_work.given import ACTS, OPENED, TODAY, FakeUnitOfWork, case, centre, told, worker


def closing(file, kind=commands.CloseCase):
    return kind(id=file.id, reason="LEFT_CARE", closed_on=TODAY, **ACTS)


def opening(of, child):
    return commands.OpenCase(id=new_id(), child=child, kind="PROTECTION", centre=of.id, opened_on=OPENED, **ACTS)


def test_a_centre_and_its_worker_are_taken_in():
    uow = FakeUnitOfWork()
    at = handlers.open_centre(uow, commands.OpenCentre(id=new_id(), name="Alatau", area="KZ-75", **ACTS))
    joined = handlers.register_worker(uow, commands.RegisterWorker(id=new_id(), centre=at.id, account="w", **ACTS))
    assert uow.centres.kept == {at.id: at}
    assert uow.workers.kept == {joined.id: joined}
    assert (joined.centre, joined.account) == (at.id, "w")


def test_nobody_joins_and_no_case_opens_at_a_centre_that_is_not_known():
    uow = FakeUnitOfWork()
    with pytest.raises(NotFound):
        handlers.register_worker(uow, commands.RegisterWorker(id=new_id(), centre=new_id(), **ACTS))
    with pytest.raises(NotFound):
        handlers.open_case(uow, opening(centre(), new_id()))
    assert (uow.workers.kept, uow.cases.kept) == ({}, {})


def test_a_case_of_a_child_not_heard_of_is_accepted_and_the_child_stays_unconfirmed():
    at, child = centre(), new_id()
    uow = FakeUnitOfWork([at])
    file = handlers.open_case(uow, opening(at, child))
    assert uow.cases.kept == {file.id: file}
    assert (uow.children.kept[child].confirmed, uow.children.kept[child].area) == (False, None)
    handlers.note_child(uow, Heard(child, {"area": "KZ-75", "sex": "F"}))
    assert (uow.children.kept[child].confirmed, uow.children.kept[child].area) == (True, "KZ-75")


def test_a_case_is_assigned_to_a_worker_of_its_centre():
    at = centre()
    file, one = case(at), worker(at)
    uow = FakeUnitOfWork([at], [one], [file])
    assert handlers.assign_case(uow, commands.AssignCase(id=file.id, worker=one.id, on=TODAY, **ACTS)) is file
    assert told(file) == [domain.CaseAssigned(child=file.child, case=file.id, worker=one.id, on=TODAY)]


def test_the_last_case_of_a_child_in_care_does_not_close_until_the_child_has_left():
    at = centre()
    file, placement = case(at), new_id()
    uow = FakeUnitOfWork([at], cases=[file])
    handlers.note_placement_started(uow, Heard(file.child, {"placement": str(placement)}))
    with pytest.raises(domain.LastCaseOfAChildInCare):
        handlers.close_case(uow, closing(file))
    assert file.status is domain.CaseStatus.INTAKE
    handlers.note_placement_ended(uow, Heard(file.child, {"placement": str(placement)}))
    assert handlers.close_case(uow, closing(file)).status is domain.CaseStatus.CLOSED


def test_a_case_that_nobody_answers_for_does_not_stand_in_for_one_with_a_worker():
    at = centre()
    file, one = case(at), worker(at)
    intake = case(at, file.child)
    uow = FakeUnitOfWork([at], [one], [file, intake])
    handlers.note_placement_started(uow, Heard(file.child, {"placement": str(new_id())}))
    handlers.assign_case(uow, commands.AssignCase(id=file.id, worker=one.id, on=TODAY, **ACTS))
    with pytest.raises(domain.LastCaseOfAChildInCare):
        handlers.close_case(uow, closing(file))
    assert handlers.close_case(uow, closing(intake)).status is domain.CaseStatus.CLOSED


def test_a_closing_that_a_register_reports_is_a_fact_and_not_refused():
    at = centre()
    file = case(at)
    uow = FakeUnitOfWork([at], cases=[file])
    handlers.note_placement_started(uow, Heard(file.child, {"placement": str(new_id())}))
    recorded = handlers.record_case_closed(uow, closing(file, commands.RecordCaseClosed))
    assert recorded.status is domain.CaseStatus.CLOSED


@pytest.mark.parametrize(
    ("withdrawn", "to", "in_care"),
    [(False, None, True), (True, None, False), (False, "2026-02-01", False), (True, "2026-02-01", False)],
)
@pytest.mark.parametrize("started", [True, False])
def test_a_corrected_placement_counts_where_it_is_neither_over_nor_withdrawn(withdrawn, to, in_care, started):
    child, uow, placement = new_id(), FakeUnitOfWork(), str(new_id())
    if started:
        handlers.note_placement_started(uow, Heard(child, {"placement": placement}))
    corrected = {"placement": placement, "withdrawn": withdrawn, "to": to}
    handlers.note_placement_corrected(uow, Heard(child, corrected))
    assert uow.children.kept[child].in_care is in_care


def test_events_of_different_services_may_come_in_any_order():
    child, placement = new_id(), {"placement": str(new_id())}
    heard = [
        (handlers.note_child, Heard(child, {"area": "KZ-75"})),
        (handlers.note_placement_started, Heard(child, placement)),
    ]
    states = []
    for order in (heard, heard[::-1]):
        uow = FakeUnitOfWork()
        for note, event in order:
            note(uow, event)
        known = uow.children.kept[child]
        states.append((known.area, known.confirmed, known.placements))
    assert states[0] == states[1]


def test_a_withdrawn_entry_no_longer_needs_a_case():
    at = centre()
    file = case(at)
    uow = FakeUnitOfWork([at], cases=[file])
    handlers.note_placement_started(uow, Heard(file.child, {"placement": str(new_id())}))
    handlers.note_child_withdrawn(uow, Heard(file.child, {"reason": "DUPLICATE"}))
    assert handlers.close_case(uow, closing(file)).status is domain.CaseStatus.CLOSED
