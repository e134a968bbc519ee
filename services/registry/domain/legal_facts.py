"""What is told of legal measures: frozen facts, which become events. Not here: when they happen (legal, legal_file)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class LegalMeasureStated:
    """What of a measure may leave registry."""

    child: UUID
    measure: UUID
    kind: str
    person: UUID | None
    holder_kind: str | None
    holder_person: UUID | None
    holder_provider: UUID | None
    from_: date
    to: date | None
    body: str
    in_force: bool


@dataclass(frozen=True)
class LegalMeasureRecorded(LegalMeasureStated):
    """A measure is known from now on."""


@dataclass(frozen=True)
class LegalMeasureCorrected(LegalMeasureStated):
    """The record was wrong; this is what was always so. `withdrawn`: there never was such a measure."""

    withdrawn: bool


@dataclass(frozen=True)
class LegalMeasureCommenced:
    """A measure recorded before has come into force."""

    child: UUID
    measure: UUID


@dataclass(frozen=True)
class LegalMeasureAppealed:
    """Someone appealed, or the appeal was decided; `suspended`: the measure rests from now on."""

    child: UUID
    measure: UUID
    suspended: bool


@dataclass(frozen=True)
class LegalMeasureReported:
    """A guardian reported on a day."""

    child: UUID
    measure: UUID
    on: date


@dataclass(frozen=True)
class LegalMeasureEnded:
    """A measure no longer holds from a day on."""

    child: UUID
    measure: UUID
    kind: str
    on: date
    reason: str
