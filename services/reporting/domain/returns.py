"""The return of a period: computed, checked, signed; its chain of bundles, and what the parent answers.

A return is one revision of one period. It is opened, computed, checked and signed in one act, because figures that
wait between these steps would be neither of one moment nor of one mind; so only signed ones are kept. Not here:
counting (computed), the bundle's form (federation).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from services.reporting.domain.computed import Computed
from services.reporting.domain.period import end_of
from services.reporting.federation.bundle import Built
from services.reporting.federation.judge import Outcome
from services.reporting.federation.receipt import Receipt
from services.reporting.indicators.facts import Finding
from shared.aggregate import Aggregate
from shared.errors import Conflict, NotFound, Refused

QUALITY_KEPT = 200
"""Findings on single records that are kept with a signed return; all of them stay visible in the current figures."""


class Status(StrEnum):
    """Where a return is in its life."""

    OPEN = "open"
    COMPUTED = "computed"
    CHECKED = "checked"
    SIGNED = "signed"
    RELEASED = "released"
    REVISED = "revised"


TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.OPEN: frozenset({Status.COMPUTED}),
    Status.COMPUTED: frozenset({Status.CHECKED}),
    Status.CHECKED: frozenset({Status.SIGNED}),
    # Released: the parent has taken it. Revised: a later revision stands in its place.
    Status.SIGNED: frozenset({Status.RELEASED, Status.REVISED}),
    Status.RELEASED: frozenset({Status.REVISED}),
    Status.REVISED: frozenset(),
}


class PeriodNotOver(Refused):
    """A period closes when its last day has passed."""

    code = "period-not-over"
    title = "Period is not over"


class FiguresBehind(Conflict):
    """Events are on their way that the figures would lack."""

    code = "figures-behind"
    title = "Events are still to come"


class IdentityBroken(Refused):
    """Figures that must add up do not; a period with such figures does not close."""

    code = "identity-broken"
    title = "Figures do not add up"


class NoteNeeded(Refused):
    """Something is unknown too often; whoever signs says why the figures hold all the same (COUNTING F21)."""

    code = "note-needed"
    title = "A note is needed"


class NoSigningKey(Conflict):
    """What a deployment signs is signed with its own key, so there is one before a period closes."""

    code = "no-signing-key"
    title = "No key to sign with"


class ReceiptOfRefusal(Conflict):
    """The parent has judged the bundle and did not take it."""

    code = "bundle-refused-by-parent"
    title = "The parent refused the bundle"


@dataclass(frozen=True)
class ReturnSigned:
    """A period's figures were signed; `year` and `revision` say which, `bundle` is its place in our sequence."""

    return_id: UUID
    year: int
    revision: int
    bundle: int
    cells: int


@dataclass(eq=False)
class Return(Aggregate):
    """One revision of a period's figures. `note` is what the signer says to findings that need a word."""

    id: UUID
    period: str
    revision: int
    audience: str
    status: Status = Status.OPEN
    content_sha256: str = ""
    cells: int = 0
    findings: list[dict[str, Any]] = field(default_factory=list)
    coverage: dict[str, int] = field(default_factory=dict)
    note: str | None = None
    signed_at: datetime | None = None
    signed_by: str | None = None
    version: int = 0

    @classmethod
    def open(cls, id_: UUID, period: str, audience: str, before: "Return | None") -> "Return":
        """The next revision of a period, the first where there is none before."""
        return cls(id=id_, period=period, audience=audience, revision=before.revision + 1 if before else 1)

    def says_the_same(self, computed: Computed, audience: str) -> bool:
        """Whether the figures are those signed here, for the same reader."""
        return self.content_sha256 == computed.content_sha256 and self.audience == audience

    def take(self, computed: Computed) -> None:
        """Take the figures over."""
        self._enter(Status.COMPUTED)
        self.content_sha256, self.cells = computed.content_sha256, len(computed.figures)
        self.coverage = dict(numbers_of(computed.coverage))

    def check(self, findings: Iterable[Finding], note: str | None) -> None:
        """Broken identities block; what needs a note, needs one. Raises IdentityBroken, NoteNeeded."""
        found = list(findings)
        broken = [one for one in found if one.weight == "blocks"]
        if broken:
            raise IdentityBroken(
                "; ".join(_told(one) for one in broken[:3]),
                field="figures", rule=broken[0].rule, remedy="Put the records right that these figures come from.",
            )  # fmt: skip
        unsaid = [one for one in found if one.weight == "needs-note"]
        if unsaid and not (note or "").strip():
            raise NoteNeeded(
                "; ".join(one.text for one in unsaid),
                field="note", rule=unsaid[0].rule, remedy="Give a note that says why the figures hold.",
            )  # fmt: skip
        self._enter(Status.CHECKED)
        self.note = note
        kept = unsaid + [one for one in found if one.weight == "quality"][:QUALITY_KEPT]
        self.findings = [{"rule": one.rule, "weight": one.weight, "text": one.text} for one in kept]

    def sign(self, *, bundle: int, by: str, at: datetime) -> None:
        """The statistician's word: from here on the figures never change."""
        self._enter(Status.SIGNED)
        self.signed_by, self.signed_at = by, at
        signed = ReturnSigned(
            return_id=self.id, year=int(self.period), revision=self.revision, bundle=bundle, cells=self.cells
        )
        self.record(signed)

    def release(self) -> None:
        """The parent has taken the figures; hearing it again changes nothing."""
        if self.status is Status.SIGNED:
            self._enter(Status.RELEASED)
            self.version += 1

    def replace(self) -> None:
        """A later revision stands in its place."""
        self._enter(Status.REVISED)
        self.version += 1

    def _enter(self, status: Status) -> None:
        if status not in TRANSITIONS[self.status]:
            raise Conflict(f"A return that is {self.status} cannot become {status}.", field="status")
        self.status = status


def require_over(computed: Computed, today: date, behind: int) -> None:
    """Refuse to sign a period that still runs, or figures that lack events. Raises PeriodNotOver, FiguresBehind."""
    end = end_of(computed.plan.period)
    if today < end:
        raise PeriodNotOver(f"The period ends on {end.isoformat()}.", field="period", remedy="Close it after that day.")
    if behind:
        raise FiguresBehind(
            f"{behind} events are not in the figures yet.",
            field="period",
            remedy="Wait for them: kinward stream status",
        )


def numbers_of(coverage: Any) -> Mapping[str, int]:
    """The fields of a slotted record by name."""
    return {name: getattr(coverage, name) for name in coverage.__slots__}


def _told(finding: Finding) -> str:
    facts = ", ".join(f"{name} {value}" for name, value in finding.facts.items())
    return f"{finding.rule}: {finding.text} [{facts}]"


@dataclass(eq=False)
class Chain:
    """The end of the deployment's own chain of bundles; its row is the lock under which the next is made."""

    one: int = 1
    seq: int = 0
    manifest_sha256: str | None = None

    def grow(self, built: Built) -> None:
        """A bundle was added."""
        self.seq, self.manifest_sha256 = built.manifest.seq, built.manifest_sha256


@dataclass(eq=False)
class Bundle:
    """A bundle as it was built, and the parent's receipt for it."""

    seq: int
    return_id: UUID
    audience: str
    sha256: str
    manifest_sha256: str
    created_at: datetime
    raw: bytes
    verdict: Outcome | None = None
    receipt: bytes | None = None
    received_at: datetime | None = None

    def take_receipt(self, receipt: Receipt, raw: bytes, at: datetime) -> None:
        """Keep the parent's word; a taken bundle keeps its first one."""
        if self.verdict is None or not self.verdict.sound:
            self.verdict, self.receipt, self.received_at = receipt.verdict, raw, at


class Returns(Protocol):
    """The returns of the deployment, their figures and bundles."""

    def latest(self, period: str) -> Return | None:
        """The newest revision of a period."""

    def get(self, id_: UUID) -> Return:
        """The return, locked for change. Raises NotFound."""

    def add(self, return_: Return) -> None:
        """Take in a new revision."""

    def freeze(self, return_: Return, computed: Computed) -> None:
        """Keep the figures of a signed return."""


class Bundles(Protocol):
    """The deployment's own bundles."""

    def chain(self) -> Chain:
        """The end of the chain, locked until commit."""

    def add(self, bundle: Bundle) -> None:
        """Take in the next bundle."""

    def get(self, seq: int) -> Bundle:
        """The bundle at a place, locked for change. Raises NotFound."""

    def of(self, return_id: UUID) -> Bundle:
        """The bundle of a return. Raises NotFound."""


def no_bundle() -> NotFound:
    """What is raised for a place without a bundle."""
    return NotFound("No bundle at this place.", field="seq")
