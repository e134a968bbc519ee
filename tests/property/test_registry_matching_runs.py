"""Whatever is done with a run: it counts what it looked at, goes forward only, and nothing moves it after its end."""

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.registry.domain.matching_runs import TRANSITIONS, Run, RunInHand, RunKind, RunStatus

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
ACTS = st.one_of(
    st.tuples(st.just("advance"), st.integers(1, 5), st.integers(0, 9)),
    st.tuples(st.sampled_from(["finish", "stop"]), st.just(0), st.just(0)),
)


def do(run, act, most, found, place):
    if act == "advance":
        run.advance([UUID(int=place + number) for number in range(1, most + 1)], found)
    else:
        getattr(run, act)(NOW)


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(RunKind), st.lists(ACTS, max_size=12))
def test_a_run_goes_forward_to_one_end(kind, acts):
    run = Run(UUID(int=99), kind, "admin", NOW, children=100)
    looked = found = refused = 0
    for act, most, pairs in acts:
        over = run.status is not RunStatus.RUNNING
        before = (run.status, run.looked, run.found, run.after, run.ended_at, run.version)
        try:
            do(run, act, most, pairs, looked)
        except RunInHand:
            refused += 1
            assert over
            assert before == (run.status, run.looked, run.found, run.after, run.ended_at, run.version)
            continue
        assert not over
        assert run.status is before[0] or run.status in TRANSITIONS[before[0]]
        looked, found = looked + most, found + pairs
        assert run.version == before[-1] + 1
    assert (run.looked, run.found) == (looked, found)
    assert (run.after.int if run.after else 0) == looked
    assert (run.ended_at is None) == (run.status is RunStatus.RUNNING)
