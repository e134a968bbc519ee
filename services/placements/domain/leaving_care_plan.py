"""What a young person's plan for leaving care holds, and what a look at readiness found. All of it is sealed.

Not here: when it is due (leaving_care), what follows (leaving_care_course).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from shared.errors import Invalid


class Readiness(StrEnum):
    """How ready someone is for a life of one's own."""

    READY = "ready"
    PARTLY = "partly"
    NOT_YET = "not-yet"


class Claim(StrEnum):
    """How it stands with what the law entitles to."""

    NOT_ASKED = "not-asked"
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Holding:
    """Money or property held for the young person: a kind by code; an amount in the smallest unit of a currency."""

    kind: str
    amount: int | None = None
    currency: str | None = None

    def __post_init__(self) -> None:
        if (self.amount is None) != (self.currency is None):
            raise Invalid("An amount has a currency.", field="currency", rule="money-has-a-currency")


@dataclass(frozen=True, kw_only=True)
class Entitlement:
    """Something that the law gives, by the line of the pack's table `entitlements`."""

    line: str
    claim: Claim = Claim.NOT_ASKED


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Home, income or study, papers, money, entitlements, a person of trust: by registry's person or by account.

    `home` and `occupation` are codes; `documents` are the papers that are held, by code.
    """

    home: str
    occupation: str
    documents: tuple[str, ...] = ()
    holdings: tuple[Holding, ...] = ()
    entitlements: tuple[Entitlement, ...] = ()
    trusted_person: UUID | None = None
    trusted_account: str | None = None
    words: str = ""

    def __post_init__(self) -> None:
        if self.trusted_person is None and not self.trusted_account:
            raise Invalid(
                "A plan names a person of trust.",
                field="trusted_person",
                rule="person-of-trust",
                remedy="Ask the young person whom it trusts.",
            )


@dataclass(frozen=True, kw_only=True)
class ReadinessReview:
    """What was found on a day, with the young person; None: not asked."""

    on: date
    readiness: Readiness
    home: bool | None = None
    occupation: bool | None = None
    documents: bool | None = None
    money: bool | None = None
    daily_life: bool | None = None
    people: bool | None = None
    words: str = ""
