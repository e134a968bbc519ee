"""What may become of the record of a child, and of the child: death, merge, seal, erasure."""

from datetime import date, timedelta

import pytest

from services.registry import domain
from shared.errors import Invalid
from shared.ids import new_id
from tests.unit.registry.given import AT, TODAY, child, identity, told

DIED = domain.Death(date(2026, 2, 10), date(2026, 2, 10), "documented", "ILLNESS", "KZ-75")


def dead(**changes):
    made = child(**changes)
    made.die(DIED, today=TODAY)
    made.pull_facts()
    return made


def test_a_death_is_told_with_its_days_and_codes():
    known = child()
    known.die(DIED, today=TODAY)
    assert told(known) == [
        domain.ChildDied(known.id, date(2026, 2, 10), date(2026, 2, 10), "documented", "ILLNESS", "KZ-75")
    ]
    assert (known.status, known.death) == (domain.Status.DECEASED, DIED)


@pytest.mark.parametrize(
    ("from_", "to", "field", "rule"),
    [
        (TODAY + timedelta(days=1), TODAY + timedelta(days=1), "death", "not-in-the-future"),
        (date(2014, 1, 1), date(2015, 5, 3), "death", "after-birth"),
        (date(2026, 2, 2), date(2026, 2, 1), "died_to", "death-span"),
    ],
)
def test_a_death_lies_between_birth_and_today(from_, to, field, rule):
    known = child()
    with pytest.raises(Invalid) as refused:
        known.die(domain.Death(from_, to, "reported"), today=TODAY)
    assert (refused.value.field, refused.value.rule) == (field, rule)
    assert (known.status, known.death, known.version) == (domain.Status.ACTIVE, None, 1)


def test_a_death_of_which_only_a_span_is_known_may_end_in_the_days_to_come():
    known = child()
    known.die(domain.Death(date(2026, 2, 1), date(2026, 3, 31), "reported"), today=TODAY)
    assert known.status is domain.Status.DECEASED


def test_a_death_today_is_recorded_today():
    known = child()
    known.die(domain.Death(TODAY, TODAY, "reported"), today=TODAY)
    assert known.status is domain.Status.DECEASED


def test_a_child_dies_once():
    known = dead()
    with pytest.raises(domain.RecordIsClosed):
        known.die(DIED, today=TODAY)


def test_after_the_death_nothing_is_amended_but_what_was_wrong_is_corrected():
    known = dead()
    with pytest.raises(domain.AfterDeath) as refused:
        known.amend(identity(area="KZ-71"), on=date(2026, 2, 11), today=TODAY, by="a", at=AT)
    assert refused.value.field == "on"
    known.amend(identity(area="KZ-71"), on=date(2026, 2, 10), today=TODAY, by="a", at=AT)
    known.correct(identity(sex="M"), today=TODAY, by="a", at=AT)
    assert (known.identity.sex, known.status) == ("M", domain.Status.DECEASED)


def test_an_erroneous_death_is_retracted_and_what_was_recorded_is_kept():
    known = dead()
    known.retract_death(by="registrar", at=AT)
    assert told(known) == [domain.ChildDeathRetracted(child=known.id)]
    assert (known.status, known.death) == (domain.Status.ACTIVE, None)
    (kept,) = known.revisions
    assert (kept.kind, kept.death, kept.version) == ("retraction", DIED, 2)
    with pytest.raises(domain.RecordIsClosed):
        known.retract_death(by="registrar", at=AT)


def test_a_merged_record_says_into_which_and_comes_back_as_it_was():
    for known, state in ((child(), domain.Status.ACTIVE), (dead(), domain.Status.DECEASED)):
        other = new_id()
        known.merge_into(other)
        assert (known.status, known.merged_into) == (domain.Status.MERGED, other)
        with pytest.raises(domain.RecordIsClosed):
            known.correct(identity(), today=TODAY, by="a", at=AT)
        with pytest.raises(domain.RecordIsClosed):
            known.die(DIED, today=TODAY)
        known.unmerge()
        assert (known.status, known.merged_into) == (state, None)
        assert told(known) == []


def test_a_record_is_not_merged_into_itself_nor_unmerged_when_it_is_not_merged():
    known = child()
    with pytest.raises(domain.OwnMerge):
        known.merge_into(known.id)
    with pytest.raises(domain.RecordIsClosed):
        known.unmerge()
    assert known.status is domain.Status.ACTIVE


@pytest.mark.parametrize("close", ["seal", "erase"])
def test_what_is_sealed_or_erased_takes_no_change(close):
    known = child()
    getattr(known, close)()
    assert told(known) == []
    for change in (
        lambda: known.amend(identity(), on=TODAY, today=TODAY, by="a", at=AT),
        lambda: known.correct(identity(), today=TODAY, by="a", at=AT),
        lambda: known.withdraw(reason="OTHER"),
        lambda: known.link(frozenset({new_id()})),
        lambda: known.die(DIED, today=TODAY),
        lambda: known.merge_into(new_id()),
        known.seal,
    ):
        with pytest.raises(domain.RecordIsClosed):
            change()


def test_an_entry_made_in_error_can_be_erased_and_nothing_else():
    known = child()
    known.withdraw(reason="OTHER")
    with pytest.raises(domain.EntryIsWithdrawn):
        known.seal()
    known.erase()
    assert known.status is domain.Status.ERASED
