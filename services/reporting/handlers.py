"""What happens when reporting is asked: one function per command, (uow, command) -> thing. The caller commits."""

from collections.abc import Iterator
from datetime import date
from typing import Protocol

from services.reporting import commands, domain
from services.reporting.federation import bundle, judge, merkle, receipt, signature, standing
from services.reporting.federation.judge import Verdict
from services.reporting.federation.manifest import Coverage, Position, Statement
from services.reporting.federation.standing import Known
from services.reporting.indicators.facts import ChildFact, EpisodeFact
from shared import uow
from shared.countries import Pack
from shared.errors import ConfigurationError


class Facts(Protocol):
    """What the sources have told, as of one moment."""

    def hold_still(self) -> None:
        """Apply no event until this transaction ends."""

    def behind(self) -> int:
        """Events known to exist that are not in the facts yet."""

    def children(self) -> Iterator[ChildFact]:
        """The children, in order of their id."""

    def episodes(self) -> Iterator[EpisodeFact]:
        """The stays, in order of their child."""

    def providers(self, start: date, end: date) -> int:
        """How many providers had a child in [start, end)."""

    def positions(self) -> tuple[Position, ...]:
        """How far each source has been read."""

    def because(self) -> tuple[str, ...]:
        """Codes of why the facts are incomplete, the gravest first; none where nothing is known to be wrong."""


class UnitOfWork(uow.UnitOfWork, Protocol):
    """A transaction over reporting's database."""

    @property
    def pack(self) -> Pack:
        """The deployment's country pack."""

    @property
    def facts(self) -> Facts:
        """What the sources have told."""

    @property
    def notes(self) -> domain.PeriodNotes:
        """Notes on periods."""

    @property
    def returns(self) -> domain.Returns:
        """The returns."""

    @property
    def bundles(self) -> domain.Bundles:
        """The deployment's own bundles."""

    @property
    def deliveries(self) -> domain.Deliveries:
        """The bundles of others."""

    @property
    def rebuilds(self) -> domain.Rebuilds:
        """The rebuilds of the read tables."""


def set_footnote(uow: UnitOfWork, command: commands.SetFootnote) -> domain.PeriodNote:
    """Say something of a period in the footnotes of all its figures."""
    note = uow.notes.find(command.period)
    if note is not None:
        note.rewrite(command.text, by=command.actor, at=command.at)
        return note
    note = domain.PeriodNote.written(command.period, command.text, by=command.actor, at=command.at)
    uow.notes.add(note)
    return note


def close_period(uow: UnitOfWork, command: commands.ClosePeriod) -> domain.Return:
    """Compute, check, sign. Figures that are signed already give the return that stands, and no new bundle.

    Raises FiguresIncomplete, PeriodNotOver, FiguresBehind, IdentityBroken, NoteNeeded.
    """
    chain = uow.bundles.chain()
    uow.facts.hold_still()
    domain.require_complete(uow.facts.because())
    note = uow.notes.find(command.period)
    plan = domain.plan(uow.pack, command.period, note.text if note else None)
    computed = domain.compute(plan, uow.facts.children(), uow.facts.episodes())
    domain.require_over(computed, command.today, uow.facts.behind())
    last = uow.returns.latest(command.period)
    if last is not None and last.says_the_same(computed, command.audience):
        return last
    return_ = domain.Return.open(command.id, command.period, command.audience, last)
    return_.take(computed)
    return_.check(computed.findings, command.note)
    built = bundle.build(_statement(uow, command, chain, computed, return_, last), computed.cells, command.key)
    return_.sign(bundle=built.manifest.seq, by=command.actor, at=command.at)
    if last is not None:
        last.replace()
    uow.returns.add(return_)
    uow.returns.freeze(return_, computed)
    uow.bundles.add(_own(return_, built, command))
    chain.grow(built)
    return return_


def _statement(
    uow: UnitOfWork,
    command: commands.ClosePeriod,
    chain: domain.Chain,
    computed: domain.Computed,
    return_: domain.Return,
    last: domain.Return | None,
) -> Statement:
    plan = computed.plan
    # Until a pack can list whom it expects (PACKS 17), the providers heard of are the ones expected.
    heard = uow.facts.providers(plan.period.start, domain.end_of(plan.period))
    return Statement(
        issuer=command.issuer,
        audience=command.audience,
        seq=chain.seq + 1,
        prev=chain.manifest_sha256,
        period=plan.period,
        revision=return_.revision,
        supersedes=uow.bundles.of(last.id).manifest_sha256 if last else None,
        as_of=uow.facts.positions(),
        created_at=command.at,
        coverage=Coverage(expected=heard, reported=heard, late=0, areas=(plan.ref_area,)),
        code_version=command.code_version,
    )


def _own(return_: domain.Return, built: bundle.Built, command: commands.ClosePeriod) -> domain.Bundle:
    return domain.Bundle(
        seq=built.manifest.seq,
        return_id=return_.id,
        audience=command.audience,
        sha256=built.sha256,
        manifest_sha256=built.manifest_sha256,
        created_at=command.at,
        raw=built.raw,
    )


def record_receipt(uow: UnitOfWork, command: commands.RecordReceipt) -> domain.Bundle:
    """Keep the parent's receipt; a taken bundle releases its return. Raises ReceiptRefused, SignatureRefused."""
    own = uow.bundles.get(command.seq)
    read = _verified(command, own)
    own.take_receipt(read, command.receipt, command.at)
    if read.verdict.sound:
        uow.returns.get(own.return_id).release()
    return own


def _verified(command: commands.RecordReceipt, own: domain.Bundle) -> receipt.Receipt:
    entries = [entry for entry in command.trusted if entry.issuer == own.audience]
    if not entries:
        raise ConfigurationError(
            f"no key of {own.audience} is trusted here", field="KINWARD_TRUSTED_KEYS",
            remedy=f"kinward trust add FILE --issuer {own.audience}",
        )  # fmt: skip
    for entry in entries[:-1]:
        try:
            return receipt.verify(command.receipt, entry.key, own.sha256)
        except signature.SignatureRefused:
            continue
    return receipt.verify(command.receipt, entries[-1].key, own.sha256)


def ingest_bundle(uow: UnitOfWork, command: commands.IngestBundle) -> domain.Delivery:
    """Judge, store, give it its place in the hub's tree, sign the receipt. The same bundle gets its receipt again.

    A refused bundle is judged anew, since a key may have become trusted; the same refusal gives the same receipt.
    """
    hub = uow.deliveries.hub()
    verdict = judge.judge(command.raw, domain.Judge(command.hub, command.demo, command.trusted, uow.deliveries))
    for before in uow.deliveries.same(verdict.bundle_sha256):
        if before.verdict.sound or before.verdict == verdict.outcome:
            return before
    known_before = _known(uow, verdict)
    delivery = domain.Delivery.judged(command.id, command.raw, verdict, hub.next(), command.at)
    after = standing.standing([*known_before, *([verdict.known] if verdict.known else [])])
    delivery.receipt = receipt.sign(_receipt(uow, delivery, after), command.key)
    uow.deliveries.add(delivery)
    _move_figures(uow, verdict, standing.standing(known_before), after)
    return delivery


def _known(uow: UnitOfWork, verdict: Verdict) -> list[Known]:
    """Every sound bundle so far of whom the bundle says it is from."""
    return list(uow.deliveries.known(verdict.manifest.issuer)) if verdict.manifest else []


def _receipt(uow: UnitOfWork, delivery: domain.Delivery, after: standing.Standing) -> receipt.Receipt:
    leaves = [*uow.deliveries.leaves(), receipt.leaf(delivery.sha256, delivery.verdict, delivery.hub_seq)]
    return receipt.Receipt(
        bundle_sha256=delivery.sha256,
        verdict=delivery.verdict,
        hub_seq=delivery.hub_seq,
        merkle_index=len(leaves) - 1,
        tree_size=len(leaves),
        root=merkle.root(leaves).hex(),
        expected_next_seq=after.expected_next(delivery.issuer or ""),
    )


def _move_figures(uow: UnitOfWork, verdict: Verdict, before: standing.Standing, after: standing.Standing) -> None:
    """Where another bundle counts than before, or none any more, the figures in effect change with it."""
    for series in sorted({*before.effective, *after.effective}):
        now = after.effective.get(series)
        if now == before.effective.get(series):
            continue
        if now is None or now == verdict.known:
            uow.deliveries.put_in_effect(series, now, verdict.cells if now else ())
        else:
            uow.deliveries.put_in_effect(series, now, domain.figures_of(uow.deliveries.raw(now)))


def request_rebuild(uow: UnitOfWork, command: commands.RequestRebuild) -> domain.Rebuild:
    """Have the read tables built anew; where that is under way, the rebuild that is."""
    under_way = uow.rebuilds.open()
    if under_way is not None:
        return under_way
    asked = domain.Rebuild(id=command.id, requested_at=command.at, requested_by=command.actor, reason=command.reason)
    uow.rebuilds.add(asked)
    return asked
