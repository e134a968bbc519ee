"""The hub's judgement of a bundle: the checks in their order, the first failure decides, every bundle gets a verdict.

Pure: bytes and what the hub knows in, a verdict out. Whoever calls stores the bundle with its verdict, the effective
figures, the leaf and the receipt in one transaction. Not here: check 8 (additivity, disclosure), which comes later.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from services.reporting.federation import archive, bundle, documents, manifest, signature, standing
from services.reporting.federation.cells import Cell
from services.reporting.federation.keys import TrustEntry
from services.reporting.federation.manifest import Manifest
from services.reporting.federation.standing import Known
from shared.errors import KinwardError, Refused


class Outcome(StrEnum):
    """What became of a bundle."""

    REFUSED_ARCHIVE = "refused-archive"
    REFUSED_MANIFEST = "refused-manifest"
    REFUSED_SIGNATURE = "refused-signature"
    REFUSED_AUDIENCE = "refused-audience"
    REFUSED_UNPROTECTED = "refused-unprotected"
    REFUSED_FILES = "refused-files"
    DUPLICATE = "duplicate"
    FORK = "fork"
    EQUIVOCATION = "equivocation"
    ACCEPTED = "accepted"
    REPEATED = "repeated"
    HISTORY = "history"

    @property
    def sound(self) -> bool:
        """Whether the bundle is the issuer's word and belongs to the hub's set."""
        return not self.value.startswith("refused-")


class HubState(Protocol):
    """What the judgement asks of a hub."""

    @property
    def deployment(self) -> str:
        """The hub's own id, the audience it accepts."""

    @property
    def demo(self) -> bool:
        """Whether unprotected figures are taken; true only for invented data."""

    def trust(self, issuer: str) -> Iterable[TrustEntry]:
        """All trust entries of an issuer, older keys included."""

    def known(self, issuer: str) -> Iterable[Known]:
        """Every sound bundle of the issuer so far, quarantined ones included, refused ones not."""


@dataclass(frozen=True)
class Verdict:
    """The judgement of one bundle. `check` is the number of the failed check, or None.

    The manifest of a refused bundle is what someone says, not what the issuer says.
    """

    outcome: Outcome
    reasons: tuple[str, ...]
    bundle_sha256: str
    check: int | None = None
    manifest: Manifest | None = None
    manifest_sha256: str | None = None
    cells: tuple[Cell, ...] = ()
    known: Known | None = None
    newly_quarantined: tuple[Known, ...] = ()

    @property
    def alarm(self) -> bool:
        """Whether a person must look: an issuer has told two stories."""
        return bool(self.newly_quarantined)


@dataclass
class _Case:
    """The bundle on the table, filled in check by check."""

    raw: bytes
    hub: HubState
    members: dict[str, bytes] = field(default_factory=dict)
    manifest: Manifest | None = None
    cells: tuple[Cell, ...] = ()
    content_sha256: str = ""

    @property
    def stated(self) -> Manifest:
        assert self.manifest is not None, "check 2 comes before those that need the manifest"
        return self.manifest

    @property
    def said(self) -> bytes:
        return self.members["manifest.json"]


def judge(raw: bytes, hub: HubState) -> Verdict:
    """The verdict on a bundle's bytes. Never raises for anything in the bytes."""
    case = _Case(raw, hub)
    digest = documents.sha256(raw)
    for number, outcome, check in _CHECKS:
        try:
            check(case)
        except KinwardError as refusal:
            said = documents.sha256(case.said) if case.manifest else None
            return Verdict(outcome, (refusal.message,), digest, number, case.manifest, said)
    return _place(case, digest)


def _archive(case: _Case) -> None:
    case.members = archive.unpack(case.raw)


def _manifest(case: _Case) -> None:
    case.manifest = manifest.parse(case.said)


def _signature(case: _Case) -> None:
    stated = case.stated
    signed = signature.read_detached(case.members["signature.json"], "signature.json", signature.BUNDLE)
    entries = [entry for entry in case.hub.trust(stated.issuer) if entry.kid == signed.kid]
    if not entries:
        raise signature.SignatureRefused(f"the key is not trusted for {stated.issuer}")
    signature.verify(signed, case.said, entries[0].key)
    objections = [entry.objection(stated.dataset, stated.coverage.areas, stated.seq) for entry in entries]
    if all(objections):
        raise signature.SignatureRefused(str(objections[0]))


def _audience(case: _Case) -> None:
    if case.stated.audience != case.hub.deployment:
        raise Refused(f"the bundle is addressed to {case.stated.audience}", field="audience")


def _protected(case: _Case) -> None:
    # The schema admits nothing but null until a hub can check what sdc claims.
    if not case.hub.demo:
        raise Refused("the figures passed no disclosure control", field="sdc", rule="sdc is null only in demo mode")


def _files(case: _Case) -> None:
    case.cells, case.content_sha256 = bundle.open_files(case.members, case.stated)


_CHECKS: tuple[tuple[int, Outcome, Callable[[_Case], None]], ...] = (
    (1, Outcome.REFUSED_ARCHIVE, _archive),
    (2, Outcome.REFUSED_MANIFEST, _manifest),
    (3, Outcome.REFUSED_SIGNATURE, _signature),
    (4, Outcome.REFUSED_AUDIENCE, _audience),
    (4, Outcome.REFUSED_UNPROTECTED, _protected),
    (5, Outcome.REFUSED_FILES, _files),
)


def _place(case: _Case, digest: str) -> Verdict:
    """Checks 6 and 7: the chain, then the revision; both read off the standing of the whole set."""
    stated = case.stated
    said = documents.sha256(case.said)
    new = Known(
        stated.issuer, stated.seq, said, stated.prev, stated.dataset, str(stated.period), stated.revision,
        case.content_sha256,
    )  # fmt: skip
    before = set(case.hub.known(stated.issuer))
    if new in before:
        return Verdict(Outcome.DUPLICATE, ("the same bundle came before",), digest, 6, stated, said, case.cells, new)
    after = standing.standing({*before, new})
    newly = tuple(sorted(set(after.quarantined) - set(standing.standing(before).quarantined)))
    outcome, check = _outcome(new, after)
    reasons = _reasons(new, after, newly)
    return Verdict(outcome, reasons, digest, check, stated, said, case.cells, new, newly)


def _outcome(new: Known, after: standing.Standing) -> tuple[Outcome, int | None]:
    if new in after.quarantined:
        forked = after.quarantined[new] == standing.FORK
        return (Outcome.FORK, 6) if forked else (Outcome.EQUIVOCATION, 7)
    best = after.effective[new.series]
    if best == new:
        return Outcome.ACCEPTED, None
    return (Outcome.HISTORY if best.revision > new.revision else Outcome.REPEATED), None


def _reasons(new: Known, after: standing.Standing, newly: tuple[Known, ...]) -> tuple[str, ...]:
    gaps = after.gaps[new.issuer]
    missing = [f"bundles {first} to {last} have not come" for first, last in gaps if last < new.seq]
    alarms = [f"{after.quarantined[other]}: bundle {other.seq}, {other.manifest_sha256[:12]}" for other in newly]
    return (*missing, *alarms)
