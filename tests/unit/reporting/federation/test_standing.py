"""The effective state depends on the set of bundles, not on their order."""

import itertools

from services.reporting.federation import standing
from services.reporting.federation.standing import Known


def known(seq: int, manifest: str = "", prev: str | None = None, revision: int = 1, content: str = "c", **changes):
    named = {"issuer": "kz", "dataset": "KINWARD:CARE(1.0)", "period": "2011-01-01/P1Y", **changes}
    before = None if seq == 1 else (prev or f"m{seq - 1}")
    return Known(
        seq=seq, manifest_sha256=manifest or f"m{seq}", prev=before, revision=revision, content_sha256=content, **named
    )


def quarantined(*bundles: Known) -> set[str]:
    return {bundle.manifest_sha256 for bundle in standing.standing(bundles).quarantined}


def test_every_order_of_six_bundles_with_a_fork_ends_the_same():
    bundles = [
        known(1),
        known(2, revision=2, content="d"),
        known(3, revision=3, content="e"),
        known(3, "fork", prev="m2", revision=3, content="f"),
        known(4, prev="fork", revision=4, content="g"),
        known(5, revision=4, content="h"),
    ]
    ends = {repr(standing.standing(order)) for order in itertools.permutations(bundles)}
    assert len(ends) == 1
    assert quarantined(*bundles) == {"m3", "fork", "m4", "m5"}
    assert [best.manifest_sha256 for best in standing.standing(bundles).effective.values()] == ["m2"]


def test_a_larger_set_never_lets_a_bundle_out_of_quarantine():
    bundles = [
        known(1),
        known(2),
        known(2, "fork"),
        known(3, prev="fork", revision=2),
        known(3, "x", prev="m2", revision=2),
    ]
    for size in range(len(bundles)):
        for part in itertools.combinations(bundles, size):
            assert quarantined(*part) <= quarantined(*bundles)


def test_issuers_do_not_disturb_each_other():
    assert quarantined(known(1), known(1, "other", issuer="uz", content="x")) == set()


def test_gaps_are_spans_even_a_billion_wide():
    found = standing.standing([known(2), known(3), known(10**9)])
    assert found.gaps == {"kz": ((1, 1), (4, 10**9 - 1))}
    assert found.expected_next("kz") == 1
    assert standing.standing([known(1), known(2)]).expected_next("kz") == 3
    assert standing.standing([]).expected_next("kz") == 1


def test_of_equal_figures_the_first_sent_is_in_effect():
    [best] = standing.standing([known(2), known(1)]).effective.values()
    assert best.seq == 1


def test_a_predecessor_that_is_not_the_one_we_hold_is_a_second_story_about_its_place():
    assert quarantined(known(1), known(2, prev="other")) == {"m1"}
    assert quarantined(known(1), known(2), known(3)) == set()
