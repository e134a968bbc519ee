"""What reporting can be asked to do.

Keys, the trust list and who is whose parent are arguments: a handler reads no file and no setting.
"""

from dataclasses import dataclass
from uuid import UUID

from joserfc.jwk import OKPKey

from services.reporting.domain import RebuildReason
from services.reporting.federation.keys import TrustEntry
from shared.command import Command


@dataclass(frozen=True, kw_only=True)
class SetFootnote(Command):
    """Say something of a period in the footnotes of all its figures."""

    period: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ClosePeriod(Command):
    """Compute, check and sign a period's figures, and build the bundle for `audience`; `note` answers findings."""

    id: UUID
    period: str
    issuer: str
    audience: str
    key: OKPKey
    code_version: str
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class RecordReceipt(Command):
    """Keep the parent's receipt for the bundle `seq`, if one of the parent's keys has signed it."""

    seq: int
    receipt: bytes
    trusted: tuple[TrustEntry, ...]


@dataclass(frozen=True, kw_only=True)
class IngestBundle(Command):
    """Judge a bundle that came in. `demo`: figures without disclosure control are taken."""

    id: UUID
    raw: bytes
    hub: str
    demo: bool
    trusted: tuple[TrustEntry, ...]
    key: OKPKey


@dataclass(frozen=True, kw_only=True)
class RequestRebuild(Command):
    """Have the read tables built anew from the sources' logs."""

    id: UUID
    reason: RebuildReason
