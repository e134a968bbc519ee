"""What is told of exemptions from rules, and which of it somebody must see to. Ids, days and codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from services.placements.domain.alarms import Due

DEVIATION, OVERRIDE = "deviation", "override"
KINDS = (DEVIATION, OVERRIDE)
UNSIGNED, OVERRIDDEN = "EXEMPTION_UNSIGNED", "RULE_OVERRIDDEN"
RELIED_ON: Mapping[str, frozenset[str]] = {"alarm_kind": frozenset({UNSIGNED, OVERRIDDEN})}
SIGNER = "supervisor"


@dataclass(frozen=True)
class ExemptionProposed:
    """Somebody asks to deviate from a rule; a second person signs, or does not, until the day `due`."""

    child: UUID
    exemption: UUID
    rule: str
    area: str
    due: date

    def alarm(self) -> Due:
        """The second signature is due."""
        return Due(
            kind=UNSIGNED, about=self.exemption, role=SIGNER, area=self.area, due=self.due, child=self.child,
            rule=self.rule,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ExemptionGranted:
    """Something stands in for a rule in a stay, up to (not on) the day `until`."""

    child: UUID
    exemption: UUID
    rule: str
    kind: str
    reason: str
    placement: UUID | None
    care_form: str
    provider: UUID | None
    area: str
    until: date | None
    conflicts_with: str | None
    owner: str

    def settles(self) -> tuple[UUID, ...]:
        """It is signed; an override was never proposed."""
        return (self.exemption,) if self.kind == DEVIATION else ()

    def alarm(self) -> Due | None:
        """An override opens a deadline: by then the rule is met, or is a breach again."""
        if self.kind != OVERRIDE or self.until is None:
            return None
        last = self.until - timedelta(days=1)
        return Due(
            kind=OVERRIDDEN, about=self.exemption, role=self.owner, area=self.area, due=last, child=self.child,
            rule=self.rule,
        )  # fmt: skip


@dataclass(frozen=True)
class ExemptionEnded:
    """It stands in no longer, or never did: refused, withdrawn, or its day has come."""

    child: UUID
    exemption: UUID
    rule: str
    reason: str
    on: date

    def settles(self) -> tuple[UUID, ...]:
        """Nobody need see to it any more."""
        return (self.exemption,)
