"""Two records of one child made one, and undone: what moves, what is remembered, what is refused."""

from dataclasses import replace

import pytest

from services.registry import domain
from services.registry.commands import joining as commands
from services.registry.domain import joining
from services.registry.handlers import joining as handlers
from shared.errors import NotFound, Stale
from shared.ids import new_id
from tests.unit.registry import given

OTHER_NAME = domain.Name("Latn", "birth", "Testova", "Aigul", "")
PASSPORT = domain.Identifier("PASSPORT", "", "N001")
AGAIN = {"ground": "SAME_DOCUMENT", "reason": "one birth record"}


class FakeJoinings(dict):
    """The merges of a deployment, by id."""

    def get(self, id_):
        if id_ not in self:
            raise NotFound
        return self[id_]

    def add(self, made):
        self[made.id] = made

    def take_back(self, made, given_):
        self.back = given_

    def standing(self, kept):
        found = [each for each in self.values() if each.kept == kept and each.status is joining.Standing.JOINED]
        return sorted(found, key=lambda each: each.place)


@pytest.fixture
def pair():
    kept = given.child(identity=given.identity(disability=True))
    merged = given.child(identity=given.identity(names=(OTHER_NAME,), sex="M"), identifiers=(PASSPORT,))
    return kept, merged


def unit(*children):
    uow = given.FakeUnitOfWork(*children)
    uow.joinings = FakeJoinings()
    return uow


def merge(uow, kept, merged, *chosen, **changes):
    values = {"id": new_id(), "kept": kept.id, "merged": merged.id, "merged_version": merged.version, "chosen": chosen}
    return handlers.merge_children(uow, commands.MergeChildren(**values | AGAIN | given.ACTS | changes))


def unmerge(uow, made, **changes):
    values = {"id": made.id, "kept": made.kept, "reason": "two children"} | given.ACTS | changes
    return handlers.unmerge_children(uow, commands.UnmergeChildren(**values))


def test_the_kept_record_takes_what_was_chosen_and_the_identifiers_and_the_other_gives_way(pair):
    kept, merged = pair
    merge(unit(*pair), kept, merged, "names")
    assert (kept.identity.names, kept.identity.sex, kept.identity.disability) == ((OTHER_NAME,), "F", True)
    assert (kept.identifiers, merged.identifiers) == ((given.REGISTER_KEY, PASSPORT), ())
    assert (merged.status, merged.merged_into) == (domain.Status.MERGED, kept.id)
    assert given.told(merged) == [joining.ChildMerged(merged.id, into=kept.id)]
    assert [type(fact) for fact in given.told(kept)] == [domain.ChildCorrected, joining.ChildJoined]


def test_without_anything_chosen_the_kept_record_says_of_the_other_alone_and_has_a_new_version(pair):
    kept, merged = pair
    merge(unit(*pair), kept, merged)
    assert (kept.version, given.told(kept)) == (2, [joining.ChildJoined(kept.id, merged=merged.id)])


def test_undone_both_have_what_they_had(pair):
    kept, merged = pair
    before = kept.identity, merged.identity
    uow = unit(*pair)
    made = merge(uow, kept, merged, "names", "sex")
    given.told(merged)
    unmerge(uow, made)
    assert (kept.identity, merged.identity) == before
    assert (kept.identifiers, merged.identifiers) == ((given.REGISTER_KEY,), (PASSPORT,))
    assert uow.joinings.back == (PASSPORT,)
    assert (merged.status, merged.merged_into) == (domain.Status.ACTIVE, None)
    assert given.told(merged) == [joining.ChildUnmerged(merged.id, out_of=kept.id)]


def test_what_was_amended_after_the_merge_stays_with_the_kept_record(pair):
    kept, merged = pair
    uow = unit(*pair)
    made = merge(uow, kept, merged, "names", "sex")
    newer = (replace(OTHER_NAME, family="Newer"),)
    kept.amend(replace(kept.identity, names=newer), on=given.TODAY, today=given.TODAY, by="registrar", at=given.AT)
    unmerge(uow, made)
    assert (kept.identity.names, kept.identity.sex) == (newer, "F")
    assert merged.identity.names == (OTHER_NAME,)


def test_merges_into_one_record_are_undone_in_any_order(pair):
    kept, first = pair
    second = given.child(identity=given.identity(names=()), identifiers=())
    original = kept.identity
    uow = unit(kept, first, second)
    one, two = merge(uow, kept, first, "names"), merge(uow, kept, second, "names")
    unmerge(uow, one)
    assert kept.identity.names == ()
    unmerge(uow, two)
    assert kept.identity == original


def refused(rule, error, *arguments, **options):
    with pytest.raises(error) as caught:
        merge(*arguments, **options)
    assert caught.value.rule == rule


def test_a_record_is_not_merged_into_itself_nor_twice_nor_in_a_circle(pair):
    kept, merged = pair
    third = given.child(identifiers=())
    uow = unit(*pair, third)
    refused("two-records", joining.NotJoinable, uow, kept, kept)
    merge(uow, kept, merged)
    refused("record-merged", joining.RecordMerged, uow, third, merged)
    refused("no-chains", joining.NotJoinable, uow, third, kept)
    refused("no-chains", joining.NotJoinable, uow, merged, kept)
    refused("record-merged", joining.RecordMerged, uow, merged, third)


@pytest.mark.parametrize("close", ["seal", "erase"])
def test_what_is_sealed_or_erased_is_not_merged(pair, close):
    kept, merged = pair
    getattr(merged, close)()
    refused("both-open", joining.NotJoinable, unit(*pair), kept, merged)


def test_an_entry_made_in_error_is_not_merged(pair):
    kept, merged = pair
    kept.withdraw(reason="TEST_ENTRY")
    refused("both-open", joining.NotJoinable, unit(*pair), kept, merged)


def test_a_record_changed_since_it_was_read_is_not_merged(pair):
    kept, merged = pair
    refused("stale-version", Stale, unit(*pair), kept, merged, merged_version=merged.version + 1)


def test_siblings_of_each_other_are_not_one_child(pair):
    kept, merged = pair
    kept.link(frozenset({merged.id}))
    merged.link(frozenset({kept.id}))
    refused("not-siblings", joining.NotJoinable, unit(*pair), kept, merged)


def test_a_death_is_not_lost_in_a_merge(pair):
    kept, merged = pair
    merged.die(domain.Death(given.TODAY, given.TODAY, "documented"), today=given.TODAY)
    refused("one-death", joining.NotJoinable, unit(*pair), kept, merged)


def test_a_merge_needs_a_reason_and_nothing_changes_where_it_is_refused(pair):
    kept, merged = pair
    refused("reason-given", Exception, unit(*pair), kept, merged, reason=" ")
    refused("identity-field", Exception, unit(*pair), kept, merged, "nickname")
    assert (kept.version, merged.version, merged.status) == (1, 1, domain.Status.ACTIVE)


def test_a_merge_is_undone_once_and_of_its_own_record(pair):
    kept, merged = pair
    uow = unit(*pair)
    made = merge(uow, kept, merged)
    with pytest.raises(NotFound):
        unmerge(uow, made, kept=merged.id)
    unmerge(uow, made)
    with pytest.raises(joining.NotUndoable):
        unmerge(uow, made)
    merge(uow, merged, kept)


def test_a_merge_into_an_entry_made_in_error_is_undone_and_the_other_record_is_not_lost(pair):
    kept, merged = pair
    uow = unit(*pair)
    made = merge(uow, kept, merged, "names")
    kept.withdraw(reason="TEST_ENTRY")
    unmerge(uow, made)
    assert (merged.status, merged.identifiers) == (domain.Status.ACTIVE, (PASSPORT,))
    assert (kept.status, kept.identity.names) == (domain.Status.WITHDRAWN, (OTHER_NAME,))
