"""Who a child is, and what may happen to the record of it."""

from datetime import date, timedelta

import pytest

from services.registry import domain
from shared.errors import Invalid
from shared.ids import new_id
from tests.unit.registry.given import AT, NAME, REGISTER_KEY, TODAY, born, child, identity, told


def test_registering_states_the_child_without_its_names_or_identifiers():
    made = domain.Child.register(new_id(), 7, identity(disability=True), (REGISTER_KEY,), today=TODAY)
    assert told(made) == [
        domain.ChildRegistered(
            child=made.id,
            sex="F",
            born_from=date(2015, 5, 4),
            born_to=date(2015, 5, 4),
            birth_basis="documented",
            area="KZ-75",
            disability=True,
        )
    ]
    assert (made.version, made.status) == (1, domain.Status.ACTIVE)


def test_a_child_cannot_be_registered_before_it_is_certainly_born():
    tomorrow = TODAY + timedelta(days=1)
    with pytest.raises(Invalid) as refused:
        child(identity=identity(birth=born(tomorrow)))
    assert (refused.value.field, refused.value.rule) == ("identity.birth", "not-in-the-future")
    child(identity=identity(birth=born(TODAY)))
    child(identity=identity(birth=born(date(2026, 3, 1), date(2026, 3, 31))))  # this month: it may be born


def test_a_child_of_unknown_birth_can_be_registered():
    assert child(identity=identity(birth=domain.Birth(None, None, "year", "estimated"))).version == 1


@pytest.mark.parametrize(
    ("from_", "to"), [(date(2015, 5, 4), None), (None, date(2015, 5, 4)), (date(2015, 5, 4), date(2015, 5, 3))]
)
def test_a_birth_is_a_span_of_days_with_both_ends_or_none(from_, to):
    with pytest.raises(Invalid) as refused:
        domain.Birth(from_, to, "day", "documented")
    assert refused.value.rule == "birth-span"


def test_an_identifier_is_given_once():
    with pytest.raises(Invalid) as refused:
        child(identifiers=(REGISTER_KEY, domain.Identifier("REGISTER_KEY", "main", "0042")))
    assert refused.value.rule == "identifier-once"


def test_an_amendment_is_true_from_a_day_and_keeps_what_was_said_before():
    known, before = child(), identity()
    known.amend(identity(area="KZ-71"), on=date(2026, 2, 1), today=TODAY, by="registrar", at=AT)
    (fact,) = told(known)
    assert isinstance(fact, domain.ChildAmended)
    assert (fact.on, fact.area, known.identity.area) == (date(2026, 2, 1), "KZ-71", "KZ-71")
    (kept,) = known.revisions
    assert (kept.before, kept.kind, kept.version, kept.at, kept.actor) == (before, "amendment", 1, AT, "registrar")


def test_a_change_cannot_lie_in_the_future():
    known = child()
    with pytest.raises(Invalid) as refused:
        known.amend(identity(), on=TODAY + timedelta(days=1), today=TODAY, by="registrar", at=AT)
    assert (refused.value.field, known.version, known.revisions) == ("on", 1, [])


def test_a_correction_says_what_was_always_so():
    known = child()
    known.correct(identity(sex="M"), today=TODAY, by="registrar", at=AT)
    (fact,) = told(known)
    assert isinstance(fact, domain.ChildCorrected)
    assert (fact.sex, known.revisions[0].kind) == ("M", "correction")


@pytest.mark.parametrize("change", ["amend", "correct"])
def test_a_change_cannot_make_the_child_unborn(change):
    known, unborn = child(), identity(birth=born(TODAY + timedelta(days=1)))
    day = {"on": TODAY} if change == "amend" else {}
    with pytest.raises(Invalid):
        getattr(known, change)(unborn, **day, today=TODAY, by="registrar", at=AT)
    assert known.revisions == []


def test_each_revision_stands_under_a_version_of_its_own():
    known = child()
    for area in ("KZ-71", "KZ-79", "KZ-75"):
        known.amend(identity(area=area), on=TODAY, today=TODAY, by="registrar", at=AT)
    assert [kept.version for kept in known.revisions] == [1, 2, 3]


def test_a_withdrawn_entry_is_kept_and_takes_no_more_changes():
    known = child()
    known.withdraw(reason="DUPLICATE")
    assert told(known) == [domain.ChildWithdrawn(child=known.id, reason="DUPLICATE")]
    assert (known.status, known.withdrawn_because) == (domain.Status.WITHDRAWN, "DUPLICATE")
    for change in (
        lambda: known.amend(identity(), on=TODAY, today=TODAY, by="registrar", at=AT),
        lambda: known.correct(identity(), today=TODAY, by="registrar", at=AT),
        lambda: known.withdraw(reason="OTHER"),
        lambda: known.link(frozenset({new_id()})),
    ):
        with pytest.raises(domain.EntryIsWithdrawn):
            change()
    assert known.version == 2


def test_linking_tells_only_the_new_siblings_in_the_order_of_their_ids():
    known, first, second = child(), new_id(), new_id()
    known.link(frozenset({second}))
    known.link(frozenset({second, first}))
    known.link(frozenset({first}))
    assert [fact.siblings for fact in told(known)] == [(second,), (first,)]
    assert known.siblings == {first, second}
    known = child()
    known.link(frozenset({second, first}))
    assert told(known)[0].siblings == (first, second)


def test_a_child_is_not_its_own_sibling():
    known = child()
    with pytest.raises(domain.OwnSibling):
        known.link(frozenset({known.id, new_id()}))
    assert known.siblings == frozenset()


def test_unlinking_tells_only_those_that_were_linked():
    known, sibling = child(), new_id()
    known.link(frozenset({sibling}))
    known.pull_facts()
    known.unlink(frozenset({sibling, new_id()}))
    known.unlink(frozenset({sibling}))
    assert told(known) == [domain.SiblingsUnlinked(child=known.id, siblings=(sibling,))]


def test_no_fact_carries_a_name_or_an_identifier():
    known = child()
    known.amend(identity(), on=TODAY, today=TODAY, by="registrar", at=AT)
    known.withdraw(reason="OTHER")
    text = repr(
        [domain.Child.register(new_id(), 1, identity(), (REGISTER_KEY,), today=TODAY).pull_facts(), told(known)]
    )
    assert not [word for word in (NAME.family, NAME.given, REGISTER_KEY.value) if word in text]


def test_every_state_has_its_row_of_transitions():
    assert set(domain.TRANSITIONS) == set(domain.Status)


def test_a_birth_known_to_the_day_is_one_day():
    with pytest.raises(Invalid) as refused:
        domain.Birth(date(2015, 1, 1), date(2015, 12, 31), "day", "documented")
    assert (refused.value.field, refused.value.rule) == ("birth", "birth-precision")


def test_nothing_changes_in_a_childs_life_before_it_is_born():
    known = child()
    with pytest.raises(Invalid) as refused:
        known.amend(known.identity, on=date(2010, 1, 1), today=TODAY, by="a", at=AT)
    assert (refused.value.field, refused.value.rule) == ("on", "after-birth")
