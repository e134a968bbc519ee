"""Two records of one child are counted as one, until the merge is undone; an erased child is counted no more."""

import itertools
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.reporting import projections
from services.reporting.store import Facts
from shared import db
from tests.integration import reporting_given as facts
from tests.integration.reporting_deployment import Reporting
from tests.integration.test_reporting_projections import applied

KEPT, MERGED, GONE = (facts.identity(name) for name in ("kept", "merged", "gone"))
BORN = {"born_from": "2010-05-01", "born_to": "2010-05-01", "birth_basis": "documented", "disability": None}
STAY = {
    "provider": None, "care_form": "CHILDRENS_HOME", "carer_relation": None, "kind": "planned", "area": "KZ-75",
    "entry_reason": "ORPHAN", "whereabouts": False,
}  # fmt: skip


def registered(source, *children):
    return [source.event("child-registered", child, child=child, sex="F", area="KZ-75", **BORN) for child in children]


def started(source, child, day):
    stay = facts.identity(f"stay of {child}")
    return source.event("placement-started", child, child=child, placement=stay, from_=day, **STAY)


def streams():
    """Three sources about a child with two records, and one who is erased in the middle of what others say of it."""
    registry, placements, social_work = (facts.Source(service) for service in facts.SERVICES)
    case = facts.identity("case")
    opened = {"child": GONE, "case": case, "kind": "CHILD_PROTECTION", "centre": facts.identity("centre")}
    return (
        [
            *registered(registry, KEPT, MERGED, GONE),
            registry.event("child-merged", MERGED, child=MERGED, into=KEPT),
            registry.event("child-erased", GONE, child=GONE),
        ],
        [
            started(placements, KEPT, "2024-01-01"),
            started(placements, MERGED, "2024-02-01"),
            started(placements, GONE, "2024-03-01"),
        ],
        [social_work.event("case-opened", GONE, opened_on="2024-03-01", **opened)],
    )


@pytest.fixture
def reporting(wheel_url, tmp_path):
    made = Reporting("kz", wheel_url, tmp_path)
    yield made
    made.close()


def counted(reporting):
    with db.new_session(reporting.engine) as session:
        known = Facts(session)
        return {str(each.child) for each in known.children()}, sorted(str(each.child) for each in known.episodes())


def test_a_merged_record_and_its_stays_count_under_the_other_one(reporting):
    applied(reporting, streams())
    assert counted(reporting) == ({KEPT}, [KEPT, KEPT])


def test_undone_they_are_two_children_again(reporting):
    registry, placements, _ = streams()
    undone = facts.Source("registry").event("child-unmerged", MERGED, child=MERGED, out_of=KEPT)
    applied(reporting, [registry, placements, [undone]])
    assert counted(reporting) == ({KEPT, MERGED}, sorted([KEPT, MERGED]))


def test_where_the_record_that_stands_was_an_error_neither_counts(reporting):
    registry, placements, _ = streams()
    withdrawn = facts.Source("registry").event("child-withdrawn", KEPT, child=KEPT, reason="TEST_ENTRY")
    applied(reporting, [registry, placements, [withdrawn]])
    assert counted(reporting) == (set(), [])


def test_of_an_erased_child_nothing_is_left_but_its_id_whoever_spoke_first(reporting):
    tables = applied(reporting, streams())
    [row] = [row for row in tables["child"] if str(row[0]) == GONE]
    assert row[1:] == (None, None, None, None, None, None, False, None, True)
    assert tables["case_file"] == []
    assert GONE not in str(tables["episode"])


def test_any_cut_into_runs_and_any_order_between_sources_give_the_same_tables(reporting):
    expected = applied(reporting, streams())

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.randoms(use_true_random=False), st.lists(st.integers(0, 9), max_size=6))
    def hold(order: random.Random, cuts: list[int]) -> None:
        queues, events = [list(stream) for stream in streams()], []
        while any(queues):
            events.append(order.choice([queue for queue in queues if queue]).pop(0))
        edges = sorted({0, *cuts, len(events)})
        runs = [events[start:end] for start, end in itertools.pairwise(edges)]
        assert applied(reporting, runs) == expected

    hold()


def test_a_merge_touches_both_sides():
    merged = facts.Source("registry").event("child-merged", MERGED, child=MERGED, into=KEPT)
    assert {str(id_) for id_ in projections.touches(merged)} == {MERGED, KEPT}
