"""Consents, and the legal grounds where consent is not the ground (CARE C15); who may give one; what they add up to.

Withdrawing never stops protection: that rests on legal duty. Not here: representatives (legal_file), ages (legal_ages).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from services.registry.domain.legal import INSTITUTION_HEAD
from services.registry.domain.legal_ages import Capacity, OwnConsent
from services.registry.domain.legal_file import Representative
from shared.aggregate import Aggregate
from shared.errors import Conflict, Invalid, Refused


class ConsentStatus(StrEnum):
    """Where a consent is in its life. It lapses when the child comes of age and the consent was not its own."""

    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


CONSENT_TRANSITIONS: dict[ConsentStatus, frozenset[ConsentStatus]] = {
    ConsentStatus.GIVEN: frozenset({ConsentStatus.WITHDRAWN, ConsentStatus.LAPSED}),
    ConsentStatus.WITHDRAWN: frozenset(),
    ConsentStatus.LAPSED: frozenset(),
}

BY_CONSENT, BY_LEGAL_DUTY = "CONSENT", "LEGAL_DUTY"
THE_CHILD = "SELF"
RELIED_ON: Mapping[str, frozenset[str]] = {
    "legal_ground": frozenset({BY_CONSENT, BY_LEGAL_DUTY}),
    "consent_giver": frozenset({THE_CHILD}),
}


class ConsentIsOver(Conflict):
    """The consent was withdrawn, or lapsed."""

    code = "consent-is-over"
    title = "Consent is over"


class GroundIsLegalDuty(Refused):
    """What the law orders is not asked: a No would not be respected."""

    code = "ground-is-legal-duty"
    title = "The ground is legal duty"


class NotARepresentative(Refused):
    """Who does not represent the child cannot consent for it."""

    code = "not-a-representative"
    title = "Does not represent the child"


class UnfitToConsent(Refused):
    """A person suspected of the harm, or without parental rights, cannot consent."""

    code = "unfit-to-consent"
    title = "Cannot consent for this child"


class OwnInstitution(Refused):
    """An institution's head who is guardian cannot consent in matters of that institution."""

    code = "own-institution"
    title = "Matter of the own institution"


class NotOldEnough(Refused):
    """The child is not asked yet."""

    code = "not-old-enough"
    title = "Not old enough"


@dataclass(frozen=True)
class Giver:
    """Who consents: the child itself, or a person by its relation to the child; a State body is no person."""

    relation: str
    person: UUID | None = None

    @property
    def is_child(self) -> bool:
        """Whether the child itself."""
        return self.relation == THE_CHILD

    def __post_init__(self) -> None:
        if self.is_child and self.person is not None:
            raise Invalid("The child is not named again.", field="giver.person", rule="child-is-the-giver")


@dataclass(frozen=True)
class ConsentSaid:
    """What a consent says: for what, by whom, in whose matter, in which words, language and before whom."""

    purpose: str
    given_on: date
    ground: str = BY_CONSENT
    giver: Giver | None = None
    provider: UUID | None = None
    language: str = ""
    scope: str = ""
    witness: str = ""
    basis: str = ""

    def __post_init__(self) -> None:
        if (self.giver is None) == (self.ground == BY_CONSENT):
            raise Invalid("A consent has a giver; another ground has none.", field="giver", rule="giver-of-consent")
        if self.ground != BY_CONSENT and not self.basis:
            raise Invalid("Say on which law or order it rests.", field="basis", rule="ground-has-a-basis")


@dataclass(frozen=True)
class ConsentGiven:
    """A consent was given, or another ground recorded."""

    child: UUID
    consent: UUID
    purpose: str
    ground: str
    giver: str | None


@dataclass(frozen=True)
class ConsentWithdrawn:
    """A consent was taken back. What rests on legal duty goes on."""

    child: UUID
    consent: UUID
    purpose: str
    reason: str


@dataclass(frozen=True)
class ConsentLapsed:
    """The child came of age, and the consent was not its own."""

    child: UUID
    consent: UUID
    purpose: str


@dataclass(eq=False)
class Consent(Aggregate):
    """One consent, or one ground in place of it."""

    id: UUID
    child: UUID
    said: ConsentSaid
    status: ConsentStatus = ConsentStatus.GIVEN
    ended_on: date | None = None
    reason: str | None = None
    version: int = 0

    @classmethod
    def give(cls, id_: UUID, child: UUID, said: ConsentSaid, *, today: date) -> "Consent":
        """A new one. Raises Invalid for a day to come."""
        if said.given_on > today:
            raise Invalid("It lies in the future.", field="given_on", rule="not-in-the-future")
        made = cls(id_, child, said)
        giver = said.giver.relation if said.giver else None
        made.record(ConsentGiven(child, id_, said.purpose, said.ground, giver))
        return made

    def withdraw(self, *, on: date, reason: str, today: date) -> None:
        """Take it back. Raises ConsentIsOver, Invalid for a day to come or before it was given."""
        if on > today:
            raise Invalid("It lies in the future.", field="on", rule="not-in-the-future")
        if on < self.said.given_on:
            raise Invalid("Withdrawn before it was given.", field="on", rule="given-before-withdrawn")
        self._enter(ConsentStatus.WITHDRAWN, on)
        self.reason = reason
        self.record(ConsentWithdrawn(self.child, self.id, self.said.purpose, reason))

    def lapse(self, *, on: date) -> None:
        """The child came of age; its own consents and other grounds stay. Raises ConsentIsOver."""
        self._enter(ConsentStatus.LAPSED, max(on, self.said.given_on))
        self.record(ConsentLapsed(self.child, self.id, self.said.purpose))

    @property
    def is_open(self) -> bool:
        """Whether it stands."""
        return self.status is ConsentStatus.GIVEN

    @property
    def lapses_at_majority(self) -> bool:
        """Whether somebody else gave it for the child."""
        return self.is_open and self.said.giver is not None and not self.said.giver.is_child

    def _enter(self, status: ConsentStatus, on: date) -> None:
        if status not in CONSENT_TRANSITIONS[self.status]:
            raise ConsentIsOver(f"A consent that is {self.status} cannot become {status}.", field="status")
        self.status, self.ended_on = status, on


@dataclass(frozen=True)
class Standing:
    """What decides who may consent for a child on a day."""

    capacity: Capacity
    representatives: Sequence[Representative]
    unfit: frozenset[UUID]
    provider: UUID | None = None


def require_giver(said: ConsentSaid, standing: Standing) -> None:
    """Raise the error of the rule that keeps this giver from consenting (CARE C3, C15)."""
    giver = said.giver
    if giver is None:
        return
    if giver.is_child:
        if standing.capacity.own_consent.get(said.purpose) is OwnConsent.NOT_YET:
            remedy = "Record the child's view; its consent is not asked by law yet."
            raise NotOldEnough("The child is below the age of the law.", field="giver", rule="age", remedy=remedy)
        return
    if giver.person is not None and giver.person in standing.unfit:
        raise UnfitToConsent("This person cannot consent for the child.", field="giver.person", rule="fit-to-consent")
    found = [each for each in standing.representatives if each.person == giver.person]
    if not found:
        remedy = "Record the relationship or the measure that makes this person a representative first."
        raise NotARepresentative("Nothing says so today.", field="giver.person", rule="representative", remedy=remedy)
    if all(_own_matter(each, said, standing) for each in found):
        raise OwnInstitution(
            "Who heads the institution cannot consent in its matters.",
            field="giver.person",
            rule="own-institution",
            remedy="Ask another representative, or the guardianship body; or name whose matter it is.",
        )


def _own_matter(each: Representative, said: ConsentSaid, standing: Standing) -> bool:
    """Whether it is a matter of the institution that the giver heads; without a word on it: where the child lives."""
    return each.kind == INSTITUTION_HEAD and each.provider == (said.provider or standing.provider)


class Because(StrEnum):
    """Why something may be done, or not."""

    LEGAL_DUTY = "legal-duty"
    OTHER_GROUND = "other-ground"
    CONSENT = "consent"
    NOBODY_ASKED = "no-consent-of-a-representative"
    CHILD_NOT_ASKED = "no-consent-of-the-child"


@dataclass(frozen=True)
class Verdict:
    """Whether a purpose is covered on a day, why, and whether the child itself is asked."""

    purpose: str
    allowed: bool
    because: Because
    own_consent: OwnConsent


def verdict(purpose: str, ground: str, consents: Iterable[Consent], standing: Standing) -> Verdict:
    """Whether what is held covers a purpose now. A consent counts while its giver may still give it."""
    own = standing.capacity.own_consent.get(purpose, OwnConsent.AGE_NOT_KNOWN)
    held = [each.said for each in consents if each.is_open and each.said.purpose == purpose]
    if ground == BY_LEGAL_DUTY:
        return Verdict(purpose, True, Because.LEGAL_DUTY, own)
    if any(each.ground != BY_CONSENT for each in held):
        return Verdict(purpose, True, Because.OTHER_GROUND, own)
    by_child = any(each.giver and each.giver.is_child for each in held)
    alone = standing.capacity.full
    if not alone and not any(_counts(each, standing) for each in held):
        return Verdict(purpose, False, Because.NOBODY_ASKED, own)
    if not by_child and (alone or own is OwnConsent.NEEDED):
        return Verdict(purpose, False, Because.CHILD_NOT_ASKED, own)
    return Verdict(purpose, True, Because.CONSENT, own)


def _counts(said: ConsentSaid, standing: Standing) -> bool:
    if said.giver is None or said.giver.is_child:
        return False
    try:
        require_giver(said, standing)
    except Refused:
        return False
    return True


class Consents(Protocol):
    """The consents of a deployment."""

    def of(self, child: UUID) -> Sequence[Consent]:
        """Those of a child, locked with the child."""

    def holding(self, consent: UUID) -> Consent:
        """One, locked with its child. Raises NotFound."""

    def add(self, consent: Consent) -> None:
        """Take in a new one."""
