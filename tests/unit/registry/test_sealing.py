"""Seals: asked by one, made by another, opened for two, on a ground, for some minutes."""

from datetime import timedelta

import pytest

from services.registry import domain as children
from services.registry.domain import sealing as domain
from shared.errors import Invalid
from shared.ids import new_id
from tests.unit.registry import given

GROUNDS = frozenset({"COURT_ORDER"})


def asked(child, level=domain.Level.SECRET, by="officer"):
    return domain.Seal.ask(new_id(), child.id, level, "decree 7", by=by, at=given.AT)


def sealed(child):
    seal = asked(child)
    seal.close([child], [], by="authority", at=given.AT)
    return seal


def opening(seal, ground="COURT_ORDER", by="first"):
    return domain.Opening.ask(new_id(), seal, ground, "why", allowed=GROUNDS, by=by, at=given.AT)


def refused(rule, call, *arguments, **options):
    with pytest.raises((domain.SealRefused, domain.SealDecided)) as caught:
        call(*arguments, **options)
    assert caught.value.rule == rule


def test_a_sealed_record_says_so_and_its_siblings_are_kept_in_the_seal():
    child, sibling = given.child(), new_id()
    child.link(frozenset({sibling}))
    given.told(child)
    seal = sealed(child)
    assert (child.status, child.siblings, seal.siblings) == (children.Status.SEALED, frozenset(), (sibling,))
    assert given.told(child) == [domain.ChildSealed(child.id)]
    assert (seal.status, seal.decided_by, seal.version) == (domain.SealState.SEALED, "authority", 2)


def test_a_seal_takes_two_persons_a_decree_and_a_law_that_hides():
    child = given.child()
    refused("two-persons", asked(child).close, [child], [], by="officer", at=given.AT)
    refused("level-open", asked, child, domain.Level.OPEN)
    with pytest.raises(Invalid):
        domain.Seal.ask(new_id(), child.id, domain.Level.SECRET, " ", by="officer", at=given.AT)
    assert child.status is children.Status.ACTIVE


def test_what_is_sealed_is_not_sealed_again_nor_refused():
    child = given.child()
    seal = sealed(child)
    refused("seal-open", seal.close, [child], [], by="authority", at=given.AT)
    refused("seal-open", seal.refuse, "no", by="authority", at=given.AT)


def test_whom_the_child_became_is_known_to_the_seal_alone():
    child, new = given.child(), new_id()
    refused("sealed-before", asked(child).link, new)
    seal = sealed(child)
    seal.link(new)
    assert seal.new_ids == (new,)
    refused("new-record", seal.link, new)
    refused("new-record", seal.link, child.id)


def test_a_seal_is_opened_for_two_persons_on_a_ground_while_the_minutes_last():
    child = given.child()
    refused("sealed-before", opening, asked(child))
    seal = sealed(child)
    refused("ground-of-level", opening, seal, "CURIOSITY")
    request = opening(seal)
    refused("opened-for", request.require_readable, "first", given.AT)
    refused("two-persons", request.approve, 30, by="first", at=given.AT)
    request.approve(30, by="second", at=given.AT)
    for reader in ("first", "second"):
        request.require_readable(reader, given.AT + timedelta(minutes=29))
    refused("opened-for", request.require_readable, "third", given.AT)
    refused("minutes-over", request.require_readable, "first", given.AT + timedelta(minutes=30))
    refused("opening-open", request.refuse, "no", by="second", at=given.AT)


def test_a_task_is_done_once():
    task = domain.Task(new_id(), new_id(), new_id(), given.AT)
    task.finish(by="officer", at=given.AT)
    refused("task-open", task.finish, by="officer", at=given.AT)
