"""What an aggregate remembers of what happened to it."""

from dataclasses import dataclass
from uuid import UUID

from shared.aggregate import Aggregate, next_moment
from shared.ids import new_id


@dataclass(frozen=True)
class Posted:
    parcel: UUID


@dataclass(eq=False)
class Parcel(Aggregate):
    id: UUID
    version: int = 0


def test_each_fact_raises_the_version_by_one_and_is_pulled_with_it():
    parcel = Parcel(new_id())
    facts = [Posted(new_id()), Posted(new_id())]
    for fact in facts:
        parcel.record(fact)
    assert parcel.version == 2
    assert [(version, fact) for _, version, fact in parcel.pull_facts()] == [(1, facts[0]), (2, facts[1])]


def test_facts_are_pulled_once():
    parcel = Parcel(new_id())
    parcel.record(Posted(new_id()))
    parcel.pull_facts()
    assert parcel.pull_facts() == []
    assert Parcel(new_id()).pull_facts() == []


def test_moments_put_the_facts_of_several_aggregates_in_the_order_of_recording():
    first, second = Parcel(new_id()), Parcel(new_id())
    for parcel in (first, second, first):
        parcel.record(Posted(parcel.id))
    later = next_moment()
    facts = sorted((moment, fact.parcel) for parcel in (second, first) for moment, _, fact in parcel.pull_facts())
    assert [parcel for _, parcel in facts] == [first.id, second.id, first.id]
    assert facts[-1][0] < later


def test_facts_are_no_field_of_the_dataclass_and_no_part_of_its_text():
    parcel = Parcel(new_id())
    parcel.record(Posted(parcel.id))
    assert "Posted" not in repr(parcel)
