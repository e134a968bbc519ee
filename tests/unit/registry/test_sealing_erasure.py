"""Erasure: three grounds, two persons, and the rules that keep a record, each with its edge."""

from dataclasses import replace
from datetime import date

import pytest

from services.registry import domain as children
from services.registry.domain import sealing_erasure as domain
from shared.errors import Invalid
from shared.ids import new_id
from tests.unit.registry import given

LAW = domain.Law(adult_at=18, kept_for=75, offered_before=90)
FREE = domain.Known(in_care=False, open_cases=0, open_alert=False, offered_on=date(2025, 1, 1))
OLD = children.Birth(date(1940, 1, 1), date(1940, 1, 1), "day", "documented")


def asked(child, ground=domain.Ground.COURT_ORDER, by="first"):
    return domain.Erasure.ask(new_id(), child.id, ground, "why", by=by, at=given.AT)


def unmet(child, ground=domain.Ground.COURT_ORDER, known=FREE, today=given.TODAY):
    return [each.rule for each in domain.verdicts(ground, child, known, LAW, today) if not each.satisfied]


@pytest.fixture
def adult():
    return given.child(identity=given.identity(birth=OLD))


def test_two_persons_erase_a_record_that_no_rule_keeps(adult):
    erasure = asked(adult)
    erasure.execute(adult, FREE, LAW, by="second", at=given.AT, today=given.TODAY)
    assert (erasure.status, erasure.decided_by, erasure.version) == (domain.State.EXECUTED, "second", 2)
    domain.forget([adult])
    assert (adult.status, given.told(adult)) == (children.Status.ERASED, [domain.ChildErased(adult.id)])


def test_one_person_alone_erases_nothing(adult):
    erasure = asked(adult)
    with pytest.raises(domain.ErasureRefused) as caught:
        erasure.execute(adult, FREE, LAW, by="first", at=given.AT, today=given.TODAY)
    assert (caught.value.rule, erasure.status) == ("two-persons", domain.State.ASKED)


@pytest.mark.parametrize(
    ("known", "rule"),
    [
        (replace(FREE, in_care=True), "not-in-care"),
        (replace(FREE, open_cases=1), "no-open-case"),
        (replace(FREE, open_alert=True), "no-open-alert"),
    ],
)
@pytest.mark.parametrize("ground", list(domain.Ground))
def test_care_a_case_and_an_alert_keep_the_record_on_every_ground(adult, known, rule, ground):
    assert rule in unmet(adult, ground, known)


@pytest.mark.parametrize(
    ("birth", "today", "refused"),
    [
        (children.Birth(date(2008, 3, 1), date(2008, 3, 1), "day", "documented"), date(2026, 2, 28), True),
        (children.Birth(date(2008, 3, 1), date(2008, 3, 1), "day", "documented"), date(2026, 3, 1), False),
        (children.Birth(date(2008, 2, 29), date(2008, 2, 29), "day", "documented"), date(2026, 2, 28), True),
        (children.Birth(date(2008, 2, 29), date(2008, 2, 29), "day", "documented"), date(2026, 3, 1), False),
        (children.Birth(date(2008, 1, 1), date(2008, 12, 31), "year", "estimated"), date(2026, 6, 1), True),
        (children.Birth(None, None, "year", "estimated"), date(2026, 6, 1), True),
    ],
)
def test_who_may_be_under_eighteen_is_taken_to_be(birth, today, refused):
    assert ("of-age" in unmet(given.child(identity=given.identity(birth=birth)), today=today)) is refused


def test_an_entry_made_in_error_has_no_age_but_must_be_withdrawn():
    child = given.child()
    assert unmet(child, domain.Ground.REGISTERED_IN_ERROR) == ["withdrawn-before"]
    child.withdraw(reason="TEST_ENTRY")
    assert unmet(child, domain.Ground.REGISTERED_IN_ERROR) == []


def test_retention_ends_on_the_day_and_the_offer_leaves_time_to_answer(adult):
    ground = domain.Ground.RETENTION_OVER
    assert unmet(adult, ground, FREE, date(2014, 12, 31)) == ["retention-over", "file-offered"]
    assert unmet(adult, ground, FREE, date(2026, 1, 1)) == []
    offered = replace(FREE, offered_on=date(2026, 1, 1))
    assert unmet(adult, ground, offered, date(2026, 3, 31)) == ["file-offered"]
    assert unmet(adult, ground, offered, date(2026, 4, 1)) == []
    assert unmet(adult, ground, replace(FREE, offered_on=None)) == ["file-offered"]


def test_what_is_sealed_or_gave_way_is_not_erased_by_request(adult):
    other = given.child(identity=given.identity(birth=OLD))
    adult.seal()
    other.merge_into(adult.id)
    assert (unmet(adult), unmet(other)) == (["not-sealed"], ["stands-for-itself"])


def test_a_request_and_its_refusal_need_words_and_are_decided_once(adult):
    with pytest.raises(Invalid):
        domain.Erasure.ask(new_id(), adult.id, domain.Ground.COURT_ORDER, " ", by="first", at=given.AT)
    erasure = asked(adult)
    with pytest.raises(Invalid):
        erasure.refuse("", by="second", at=given.AT)
    erasure.refuse("no such order", by="first", at=given.AT)
    with pytest.raises(domain.ErasureDecided):
        erasure.execute(adult, FREE, LAW, by="second", at=given.AT, today=given.TODAY)
