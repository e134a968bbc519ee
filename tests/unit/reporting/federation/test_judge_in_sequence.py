"""How the hub takes bundles one after another: repeats, gaps, forks, revisions."""

from datetime import date

from services.reporting.federation import standing
from services.reporting.federation.judge import Outcome
from services.reporting.federation.period import Period
from tests.unit.reporting.federation import given


def hub_known(hub: given.Hub, seq: int) -> standing.Known:
    return next(known for known in hub.bundles if known.seq == seq)


def test_the_same_bundle_again_is_a_duplicate_and_changes_nothing():
    hub = given.Hub()
    sent = given.built()
    hub.deliver(sent.raw)
    before = hub.effective()
    assert hub.deliver(sent.raw).outcome == Outcome.DUPLICATE
    assert hub.effective() == before


def test_two_manifests_for_one_place_put_both_into_quarantine():
    one, other = given.built(), given.built([given.cell(value=1)])
    for order in ((one, other), (other, one)):
        hub = given.Hub()
        assert hub.deliver(order[0].raw).outcome == Outcome.ACCEPTED
        verdict = hub.deliver(order[1].raw)
        assert (verdict.outcome, verdict.check, verdict.alarm) == (Outcome.FORK, 6, True)
        assert len(verdict.newly_quarantined) == 2
        assert hub.effective() == {}
        assert hub.deliver(order[0].raw).outcome == Outcome.DUPLICATE


def test_a_gap_is_accepted_and_named_until_it_fills():
    first = given.built()
    second = given.after(first)
    third = given.after(second)
    hub = given.Hub()
    hub.deliver(first.raw)
    verdict = hub.deliver(third.raw)
    assert (verdict.outcome, verdict.reasons) == (Outcome.ACCEPTED, ("bundles 2 to 2 have not come",))
    assert hub.deliver(second.raw).outcome == Outcome.HISTORY


def test_a_bundle_that_names_another_predecessor_reveals_a_fork_there():
    first = given.built()
    second = given.after(first, prev="0" * 64)
    for order in ((first, second), (second, first)):
        hub = given.Hub()
        verdicts = [hub.deliver(sent.raw) for sent in order]
        assert [verdict.alarm for verdict in verdicts] == [False, True]
        assert [known.seq for known in verdicts[1].newly_quarantined] == [1]
        assert [known.seq for known in hub.known("kz")] == [sent.manifest.seq for sent in order]
        assert standing.standing(hub.bundles).effective == {verdicts[1].known.series: hub_known(hub, seq=2)}


# 7 revision


def test_a_higher_revision_supersedes_and_a_lower_one_is_history():
    first = given.built()
    second = given.after(first, [given.cell(value=14053)])
    for order in ((first, second), (second, first)):
        hub = given.Hub()
        outcomes = [hub.deliver(sent.raw).outcome for sent in order]
        assert outcomes[1] == (Outcome.ACCEPTED if order[0] is first else Outcome.HISTORY)
        assert [figure.value for figure in hub.effective()["kz", given.CARE, "2011-01-01/P1Y"]] == [14053]


def test_a_revision_signed_with_two_contents_is_equivocation_and_neither_counts():
    first = given.built()
    second = given.after(first, [given.cell(value=1)], revision=1, supersedes=None)
    for order in ((first, second), (second, first)):
        hub = given.Hub()
        hub.deliver(order[0].raw)
        verdict = hub.deliver(order[1].raw)
        assert (verdict.outcome, verdict.check, verdict.alarm) == (Outcome.EQUIVOCATION, 7, True)
        assert hub.effective() == {}


def test_a_higher_revision_heals_an_equivocation():
    first = given.built()
    second = given.after(first, [given.cell(value=1)], revision=1, supersedes=None)
    third = given.after(second, [given.cell(value=7)])
    hub = given.Hub()
    for sent in (first, second, third):
        hub.deliver(sent.raw)
    assert [figure.value for figure in hub.effective()["kz", given.CARE, "2011-01-01/P1Y"]] == [7]


def test_the_same_figures_of_the_same_revision_sent_anew_change_nothing():
    first = given.built()
    second = given.after(first, revision=1, supersedes=None)
    hub = given.Hub()
    assert [hub.deliver(sent.raw).outcome for sent in (first, second)] == [Outcome.ACCEPTED, Outcome.REPEATED]
    assert hub.effective() == {("kz", given.CARE, "2011-01-01/P1Y"): (given.cell(),)}


def test_periods_stand_side_by_side():
    first = given.built()
    other = given.cell(time_period="2012")
    second = given.after(first, [other], period=Period(date(2012, 1, 1)), revision=1, supersedes=None)
    hub = given.Hub()
    assert [hub.deliver(sent.raw).outcome for sent in (first, second)] == [Outcome.ACCEPTED, Outcome.ACCEPTED]
    assert len(hub.effective()) == 2
