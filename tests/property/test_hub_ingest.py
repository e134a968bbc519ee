"""Whatever arrives, however often and in whatever order: a hub ends with the figures of clean, ordered delivery."""

import functools
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.reporting.federation import archive, bundle, cells, documents, judge
from services.reporting.federation.judge import Outcome
from services.reporting.federation.period import Period
from tests.unit.reporting.federation import given as facts

HONEST, FORGED = 7, 6


@functools.cache
def honest() -> tuple[bundle.Built, ...]:
    """kz: 2011 in three revisions, 2012 in one, figures of 2011 once more; uz: 2011 in two."""
    first = facts.built()
    second = facts.after(first, [facts.cell(value=14053)])
    third = facts.after(
        second, [facts.cell(time_period="2012")], period=Period(date(2012, 1, 1)), revision=1, supersedes=None
    )
    fourth = facts.after(
        third, [facts.cell(value=14054), facts.cell(sex="F", value=7000)], revision=3, supersedes=second.manifest_sha256
    )
    fifth = facts.after(fourth, [facts.cell(value=14053)], revision=2, supersedes=first.manifest_sha256)
    uz = {"by": "uz", "issuer": "uz", "coverage": facts.manifest.Coverage(1, 1, 0, ("UZB",))}
    sixth = facts.built([facts.cell(ref_area="UZB", value=694)], **uz)
    seventh = facts.after(sixth, [facts.cell(ref_area="UZB", value=695)], **uz)
    return first, second, third, fourth, fifth, sixth, seventh


@functools.cache
def forged() -> tuple[bundle.Built, ...]:
    """Second stories, all validly signed: other figures at a place, other predecessors, a jump ahead."""
    first, second, third, fourth, fifth, _, _ = honest()
    return (
        facts.built([facts.cell(value=1)]),
        facts.after(first, [facts.cell(value=2)]),
        facts.after(first, [facts.cell(value=14053)], code_version="0.1.1"),
        facts.after(fifth, [facts.cell(value=3)], revision=3, supersedes=second.manifest_sha256),
        facts.after(third, [facts.cell(value=4)], revision=9, supersedes=fourth.manifest_sha256, prev="0" * 64),
        facts.after(fifth, [facts.cell(value=5)], seq=10**9, revision=4, supersedes=fourth.manifest_sha256),
    )


def figures(hub: facts.Hub) -> bytes:
    """The hub's effective figures as bytes."""
    return b"".join(repr(series).encode() + cells.to_csv(found) for series, found in hub.effective().items())


def clean(sent) -> facts.Hub:
    """A hub that gets each bundle once, in the issuers' order."""
    hub = facts.Hub()
    for each in sorted(sent, key=lambda each: (each.manifest.issuer, each.manifest.seq, each.sha256)):
        assert hub.deliver(each.raw).outcome.sound
    return hub


def counted_by_hand(hub: facts.Hub) -> dict:
    """The rules of quarantine and revision told pair by pair, without the engine's grouping."""
    known = list(hub.bundles)

    def out(one) -> bool:
        for other in known:
            forked = other.issuer == one.issuer and (
                (other.seq == one.seq and other.manifest_sha256 != one.manifest_sha256)
                or (other.seq == one.seq + 1 and other.prev != one.manifest_sha256)
            )
            same = other.series == one.series and other.revision == one.revision
            if forked or (same and other.content_sha256 != one.content_sha256):
                return True
        return False

    best: dict = {}
    for one in sorted((one for one in known if not out(one)), key=lambda one: one.revision):
        best[one.series] = hub.bundles[one]
    return best


class Ingest(RuleBasedStateMachine):
    """A hub under bad weather and bad faith."""

    def __init__(self) -> None:
        super().__init__()
        self.hub = facts.Hub()
        self.by_sha: dict[str, bundle.Built] = {}

    def deliver(self, sent: bundle.Built) -> None:
        verdict = self.hub.deliver(sent.raw)
        assert (verdict.outcome == Outcome.DUPLICATE) == (sent.sha256 in self.by_sha)
        self.by_sha[sent.sha256] = sent

    @rule(which=st.integers(0, HONEST - 1))
    def arrives(self, which: int) -> None:
        self.deliver(honest()[which])

    @rule(which=st.integers(0, FORGED - 1))
    def forks(self, which: int) -> None:
        self.deliver(forged()[which])

    @rule(which=st.integers(0, HONEST - 1), cut=st.floats(0, 1, exclude_max=True))
    def arrives_cut_off(self, which: int, cut: float) -> None:
        raw = honest()[which].raw
        assert not self.hub.deliver(raw[: int(len(raw) * cut)]).outcome.sound

    @rule(which=st.integers(0, HONEST - 1), place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
    def arrives_tampered(self, which: int, place: float, flip: int) -> None:
        raw = bytearray(honest()[which].raw)
        raw[int(len(raw) * place)] ^= flip
        assert not self.hub.deliver(bytes(raw)).outcome.sound

    @rule(which=st.integers(0, HONEST - 1))
    def arrives_at_another_hub_s_expense(self, which: int) -> None:
        raw = facts.reforged(honest()[which].raw, by="stranger", audience="eca")
        assert not self.hub.deliver(raw).outcome.sound

    @invariant()
    def what_counts_is_what_a_clean_hub_counts(self) -> None:
        assert figures(self.hub) == figures(clean(self.by_sha.values()))
        assert self.hub.effective() == counted_by_hand(self.hub)

    def teardown(self) -> None:
        for sent in honest():
            self.hub.deliver(sent.raw)
            self.by_sha[sent.sha256] = sent
        assert figures(self.hub) == figures(clean(self.by_sha.values()))


TestIngest = Ingest.TestCase
TestIngest.settings = settings(max_examples=25, stateful_step_count=15, deadline=None)


@settings(max_examples=100, deadline=None)
@given(st.permutations(range(HONEST)), st.lists(st.integers(0, HONEST - 1), max_size=4))
def test_honest_bundles_in_any_order_and_number_give_the_in_order_figures(order, again):
    hub = facts.Hub()
    for which in [*order[:4], *again, *order[4:], *again]:
        hub.deliver(honest()[which].raw)
    assert figures(hub) == figures(clean(honest()))
    assert hub.effective()["kz", facts.CARE, "2011-01-01/P1Y"][0].value == 7000


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELDS = sorted(documents.parse(archive.unpack(facts.built().raw)["manifest.json"], "manifest.json"))


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), json, min_size=1, max_size=2))
def test_no_signed_manifest_makes_the_judge_fall_over(changes):
    try:
        raw = facts.reforged(honest()[0].raw, **changes)
    except UnicodeEncodeError:  # a lone surrogate cannot be signed, for there are no bytes for it
        return
    assert isinstance(judge.judge(raw, facts.Hub()).outcome, Outcome)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 4000), st.integers(0, 200))
def test_no_bytes_make_the_judge_fall_over(noise, at, dropped):
    raw = honest()[0].raw
    for sent in (noise, raw[:at] + noise + raw[at + dropped :]):
        verdict = judge.judge(sent, facts.Hub())
        assert verdict.outcome.sound == (sent == raw)


text = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], include_characters="\n"), max_size=30)
values = st.one_of(
    st.tuples(st.just("PS"), st.integers(0, 10**12), st.just("A")),
    st.tuples(st.just("PCNT"), st.decimals(0, 10**6, places=4), st.just("E")),
    st.tuples(st.just("PS"), st.none(), st.sampled_from("LMOQ")),
)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["F", "M", "_T", "_U"]), st.integers(1900, 2100), values, text, text), max_size=8
    )
)
def test_any_sound_cells_survive_the_file(drawn):
    found = {}
    for sex, year, (unit, value, status), source, note in drawn:
        figure = facts.cell(
            sex=sex, time_period=str(year), unit_measure=unit, value=value, obs_status=status, data_source=source,
            obs_footnote=note,
        )  # fmt: skip
        found[cells.key(figure)] = figure
    raw = cells.to_csv(found.values())
    read = cells.from_csv(archive.gunzip(cells.pack(raw), cells.RATIO_LIMIT))
    assert read == tuple(sorted(found.values(), key=cells.key))
    assert all(type(figure.value) in (int, Decimal, type(None)) for figure in read)
