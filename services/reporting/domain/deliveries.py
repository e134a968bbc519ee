"""Bundles that came in from other deployments: each with its verdict, place and receipt; what counts of them.

Not here: the judgement itself (federation.judge) and which figures are in effect (federation.standing).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from services.reporting.federation import archive, bundle, manifest
from services.reporting.federation.cells import Cell
from services.reporting.federation.judge import Outcome, Verdict
from services.reporting.federation.keys import TrustEntry
from services.reporting.federation.standing import Known
from shared.aggregate import Aggregate

Series = tuple[str, str, str]
"""Issuer, dataset and period: what revisions replace each other in."""


@dataclass(frozen=True)
class BundleAccepted:
    """A bundle is the issuer's word and belongs to the hub's set; `verdict` says what became of it."""

    delivery: UUID
    hub_seq: int
    verdict: str
    issuer_seq: int
    revision: int


@dataclass(frozen=True)
class BundleRefused:
    """A bundle was stored and not taken; `check` is the number of the check that failed."""

    delivery: UUID
    hub_seq: int
    verdict: str
    check: int


@dataclass(eq=False)
class Hub:
    """The count of all that the hub has judged; its row is the lock that keeps places without gaps."""

    one: int = 1
    seq: int = 0

    def next(self) -> int:
        """The place of the next judgement."""
        self.seq += 1
        return self.seq


@dataclass(frozen=True)
class Judge:
    """What the judgement asks of a hub (federation.judge.HubState), as of one transaction."""

    deployment: str
    demo: bool
    entries: tuple[TrustEntry, ...]
    deliveries: "Deliveries"

    def trust(self, issuer: str) -> Iterable[TrustEntry]:
        """All trust entries of an issuer."""
        return [entry for entry in self.entries if entry.issuer == issuer]

    def known(self, issuer: str) -> Iterable[Known]:
        """Every sound bundle of the issuer so far."""
        return self.deliveries.known(issuer)


@dataclass(eq=False)
class Delivery(Aggregate):
    """One bundle as it came, with the hub's signed word on it. What a refused one says of itself may be false."""

    id: UUID
    hub_seq: int
    sha256: str
    verdict: Outcome
    failed_check: int | None
    reasons: list[str]
    received_at: datetime
    raw: bytes
    receipt: bytes = b""
    issuer: str | None = None
    seq: int | None = None
    manifest_sha256: str | None = None
    prev: str | None = None
    dataset: str | None = None
    period: str | None = None
    revision: int | None = None
    content_sha256: str | None = None
    created_at: datetime | None = None
    coverage: dict[str, Any] | None = field(default=None)
    version: int = 0

    @classmethod
    def judged(cls, id_: UUID, raw: bytes, verdict: Verdict, hub_seq: int, at: datetime) -> "Delivery":
        """A bundle that the hub has judged."""
        delivery = cls(
            id=id_, hub_seq=hub_seq, sha256=verdict.bundle_sha256, verdict=verdict.outcome,
            failed_check=verdict.check, reasons=list(verdict.reasons), received_at=at, raw=raw,
        )  # fmt: skip
        stated = verdict.manifest
        if stated is not None:
            delivery.issuer, delivery.seq, delivery.prev = stated.issuer, stated.seq, stated.prev
            delivery.dataset, delivery.period = stated.dataset, str(stated.period)
            delivery.revision, delivery.created_at = stated.revision, stated.created_at
            delivery.manifest_sha256 = verdict.manifest_sha256
            said = stated.coverage
            delivery.coverage = {
                "expected": said.expected, "reported": said.reported, "late": said.late, "areas": list(said.areas)
            }  # fmt: skip
        if verdict.known is not None:
            delivery.content_sha256 = verdict.known.content_sha256
        delivery.record(delivery._told(verdict))
        return delivery

    def _told(self, verdict: Verdict) -> BundleAccepted | BundleRefused:
        if verdict.known is None:
            return BundleRefused(self.id, self.hub_seq, self.verdict.value, verdict.check or 0)
        known = verdict.known
        return BundleAccepted(self.id, self.hub_seq, self.verdict.value, known.seq, known.revision)


def figures_of(raw: bytes) -> tuple[Cell, ...]:
    """The figures of a bundle that was found sound before."""
    members = archive.unpack(raw)
    return bundle.open_files(members, manifest.parse(members["manifest.json"]))[0]


class Deliveries(Protocol):
    """All that came in."""

    def hub(self) -> Hub:
        """The hub's count, locked until commit: the first thing of every ingest."""

    def same(self, sha256: str) -> Sequence[Delivery]:
        """What came before as the very same bytes, the newest first."""

    def known(self, issuer: str) -> Sequence[Known]:
        """Every sound bundle of an issuer, quarantined ones included."""

    def leaves(self) -> Sequence[bytes]:
        """The contents of the Merkle tree's leaves in their order."""

    def raw(self, known: Known) -> bytes:
        """The bytes of a sound bundle."""

    def add(self, delivery: Delivery) -> None:
        """Take in a judged bundle."""

    def put_in_effect(self, series: Series, known: Known | None, cells: Iterable[Cell]) -> None:
        """From now on these figures count for the series; none where no bundle of it stands."""
