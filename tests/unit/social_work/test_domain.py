"""Centres, workers and cases, and CARE C17: a child in care has an open case."""

from datetime import timedelta

import pytest

from services.social_work import domain
from shared.errors import Invalid
from shared.ids import new_id
from shared.register_key import RegisterKey
from tests.unit.social_work.given import OPENED, TODAY, case, centre, told, worker

TOMORROW = TODAY + timedelta(days=1)
BEFORE = OPENED - timedelta(days=1)
KEY = RegisterKey("main", "C-7")


def test_a_centre_is_told_by_its_area_and_never_by_its_name():
    made = domain.Centre.open(new_id(), "Alatau", "KZ-75", KEY)
    assert told(made) == [domain.CentreOpened(centre=made.id, area="KZ-75")]
    assert made.key == KEY


def test_a_worker_is_told_by_its_centre_and_never_by_its_account():
    at, account = new_id(), "a.person@example"
    made = domain.Worker.register_at(new_id(), at, account, KEY)
    facts = told(made)
    assert facts == [domain.WorkerRegistered(worker=made.id, centre=at)]
    assert account not in repr(facts)
    assert made.key == KEY


def test_a_case_opens_in_intake_with_nobody_in_charge():
    child, at = new_id(), centre()
    made = domain.Case.open(new_id(), child, "PROTECTION", at.id, on=OPENED, today=TODAY)
    (fact,) = told(made)
    assert fact == domain.CaseOpened(child=child, case=made.id, kind="PROTECTION", centre=at.id, opened_on=OPENED)
    assert (made.status, made.worker, made.version) == (domain.CaseStatus.INTAKE, None, 1)


def test_a_case_opens_today_at_the_latest():
    case(centre(), on=TODAY)
    with pytest.raises(Invalid) as refused:
        case(centre(), on=TOMORROW)
    assert (refused.value.field, refused.value.rule) == ("opened_on", "not-in-the-future")


def test_assigning_puts_a_worker_of_the_centre_in_charge_and_may_be_done_again():
    at = centre()
    file, first, second = case(at), worker(at), worker(at)
    file.assign(first, on=OPENED, today=TODAY)
    file.assign(second, on=TODAY, today=TODAY)
    assert [(fact.worker, fact.on) for fact in told(file)] == [(first.id, OPENED), (second.id, TODAY)]
    assert (file.status, file.worker, file.assigned_on) == (domain.CaseStatus.IN_PROGRESS, second.id, TODAY)


def test_a_worker_of_another_centre_is_refused():
    file = case(centre())
    with pytest.raises(domain.WorkerOfAnotherCentre):
        file.assign(worker(centre()), on=OPENED, today=TODAY)
    assert (file.status, file.worker) == (domain.CaseStatus.INTAKE, None)


@pytest.mark.parametrize(("day", "rule"), [(TOMORROW, "not-in-the-future"), (BEFORE, "opened-before-assigned")])
def test_a_case_is_assigned_between_its_opening_and_today(day, rule):
    at = centre()
    with pytest.raises(Invalid) as refused:
        case(at).assign(worker(at), on=day, today=TODAY)
    assert (refused.value.field, refused.value.rule) == ("on", rule)


@pytest.mark.parametrize(("day", "rule"), [(TOMORROW, "not-in-the-future"), (BEFORE, "opened-before-closed")])
def test_a_case_closes_between_its_opening_and_today(day, rule):
    with pytest.raises(Invalid) as refused:
        case(centre()).close(reason="LEFT_CARE", on=day, today=TODAY)
    assert (refused.value.field, refused.value.rule) == ("closed_on", rule)


def test_closing_is_told_with_its_reason_and_day():
    file = case(centre())
    file.close(reason="LEFT_CARE", on=TODAY, today=TODAY)
    assert told(file) == [domain.CaseClosed(child=file.child, case=file.id, reason="LEFT_CARE", closed_on=TODAY)]
    assert (file.status, file.close_reason, file.closed_on) == (domain.CaseStatus.CLOSED, "LEFT_CARE", TODAY)


def test_a_closed_case_takes_no_more_steps():
    at = centre()
    file = case(at)
    file.close(reason="LEFT_CARE", on=TODAY, today=TODAY)
    with pytest.raises(domain.CaseIsClosed):
        file.close(reason="LEFT_CARE", on=TODAY, today=TODAY)
    with pytest.raises(domain.CaseIsClosed):
        file.assign(worker(at), on=TODAY, today=TODAY)
    assert (file.worker, file.version) == (None, 2)


def test_a_case_covers_the_days_from_its_opening_to_its_closing_both_included():
    file = case(centre())
    assert [file.covers(day) for day in (BEFORE, OPENED, TODAY)] == [False, True, True]
    file.close(reason="LEFT_CARE", on=OPENED, today=TODAY)
    assert [file.covers(OPENED + timedelta(days=days)) for days in (-1, 0, 1)] == [False, True, False]


def test_a_child_is_in_care_while_some_placement_is_active():
    child = domain.KnownChild(new_id())
    first, second = new_id(), new_id()
    assert not child.in_care
    child.placed(first)
    child.placed(second)
    child.left(first)
    assert child.in_care
    child.left(second)
    child.left(second)
    assert not child.in_care


def test_an_entry_made_in_error_is_in_care_nowhere():
    child = domain.KnownChild(new_id())
    child.placed(new_id())
    child.withdraw()
    assert not child.in_care


def in_care(child):
    known = domain.KnownChild(child)
    known.placed(new_id())
    return known


def test_the_last_open_case_of_a_child_in_care_may_not_close():
    file = case(centre())
    closed = case(centre(), file.child)
    closed.close(reason="LEFT_CARE", on=TODAY, today=TODAY)
    with pytest.raises(domain.LastCaseOfAChildInCare) as refused:
        domain.may_close(file, [file, closed], in_care(file.child))
    assert refused.value.rule == "case-for-every-child-in-care"


def test_it_may_close_where_another_case_is_open_or_the_child_is_not_in_care():
    file = case(centre())
    domain.may_close(file, [file, case(centre(), file.child)], in_care(file.child))
    domain.may_close(file, [file], domain.KnownChild(file.child))
    domain.may_close(file, [file], domain.KnownChild(id=new_id()))


def test_every_state_has_its_row_of_transitions():
    assert set(domain.TRANSITIONS) == set(domain.CaseStatus)
