"""registry's handlers over a unit of work in memory."""

import pytest

from services.registry import commands, domain, handlers
from shared.errors import NotFound
from shared.ids import new_id
from tests.unit.registry.given import ACTS, REGISTER_KEY, TODAY, FakeUnitOfWork, child, identity, told


def register(uow, identifiers=(REGISTER_KEY,)):
    command = commands.RegisterChild(id=new_id(), identity=identity(), identifiers=identifiers, **ACTS)
    return handlers.register_child(uow, command)


def test_registering_takes_the_child_in_under_the_next_number():
    uow = FakeUnitOfWork(child())
    made = register(uow, ())
    assert uow.children.kept[made.id] is made
    assert made.number == 2


def test_an_identifier_that_another_child_carries_is_refused():
    uow = FakeUnitOfWork(child())
    with pytest.raises(domain.IdentifierTaken):
        register(uow)
    assert len(uow.children.kept) == 1


def test_a_withdrawn_entry_gives_its_identifiers_free():
    known = child()
    uow = FakeUnitOfWork(known)
    handlers.withdraw_child(uow, commands.WithdrawChild(id=known.id, reason="DUPLICATE", **ACTS))
    assert register(uow).id != known.id


def test_amending_and_correcting_reach_the_child_named():
    known, other = child(), child(identifiers=())
    uow = FakeUnitOfWork(known, other)
    amending = commands.AmendChild(id=known.id, identity=identity(area="KZ-71"), on=TODAY, **ACTS)
    assert handlers.amend_child(uow, amending) is known
    correcting = commands.CorrectChild(id=known.id, identity=identity(sex="M"), **ACTS)
    assert handlers.correct_child(uow, correcting) is known
    assert [type(fact) for fact in told(known)] == [domain.ChildAmended, domain.ChildCorrected]
    assert [kept.actor for kept in known.revisions] == ["registrar", "registrar"]
    assert told(other) == []


def test_siblings_are_linked_and_unlinked_on_both_sides():
    known, brother, sister = (child(identifiers=()) for _ in range(3))
    uow = FakeUnitOfWork(known, brother, sister)
    both = (brother.id, sister.id)
    handlers.link_siblings(uow, commands.LinkSiblings(id=known.id, siblings=both, **ACTS))
    assert known.siblings == set(both)
    assert brother.siblings == sister.siblings == {known.id}
    handlers.unlink_siblings(uow, commands.UnlinkSiblings(id=known.id, siblings=(brother.id,), **ACTS))
    assert (known.siblings, brother.siblings, sister.siblings) == ({sister.id}, set(), {known.id})


def test_children_are_locked_in_the_order_of_their_ids():
    family = sorted((child(identifiers=()) for _ in range(3)), key=lambda each: each.id)
    uow = FakeUnitOfWork(*family)
    first, second, third = (each.id for each in family)
    handlers.link_siblings(uow, commands.LinkSiblings(id=second, siblings=(third, first), **ACTS))
    assert uow.children.locked == [first, second, third]


def test_a_sibling_that_is_not_known_is_not_found_and_links_nothing():
    known = child()
    with pytest.raises(NotFound):
        handlers.link_siblings(FakeUnitOfWork(known), commands.LinkSiblings(id=known.id, siblings=(new_id(),), **ACTS))
    assert known.siblings == frozenset()
