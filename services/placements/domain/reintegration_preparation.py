"""What must be settled before a child goes home (CARE C13), and who may open that way. Not here: the way itself."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from shared.errors import Refused


class Cause(StrEnum):
    """What has become of the reason for which child and family were parted."""

    RESOLVED = "resolved"
    MANAGED = "managed"
    UNRESOLVED = "unresolved"


class Wish(StrEnum):
    """What the child itself wants; it may be too young to be asked, or need help to say it that is not there yet."""

    WANTS = "wants-to-go-home"
    UNDECIDED = "undecided"
    DOES_NOT_WANT = "does-not-want-to"
    CANNOT_SAY = "cannot-say"


class Parents(StrEnum):
    """Whether those at home agree, or a court gave them their rights back."""

    AGREE = "agree"
    RIGHTS_RESTORED = "rights-restored"
    DO_NOT_AGREE = "do-not-agree"


class ReturnNotPrepared(Refused):
    """What must be settled before the child goes home is not on record."""

    code = "return-not-prepared"
    title = "Return not prepared"


@dataclass(frozen=True)
class Preparation:
    """What is on record; None: nothing yet. `decision` is that of the competent body; `support` are codes."""

    cause: Cause | None = None
    wish: Wish | None = None
    parents: Parents | None = None
    decision: UUID | None = None
    support: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Which of the five preconditions are not met."""
        met = {
            "cause": self.cause in {Cause.RESOLVED, Cause.MANAGED},
            "wish": self.wish in {Wish.WANTS, Wish.UNDECIDED, Wish.CANNOT_SAY},
            "parents": self.parents in {Parents.AGREE, Parents.RIGHTS_RESTORED},
            "decision": self.decision is not None,
            "support": bool(self.support),
        }
        return tuple(name for name, is_met in met.items() if not is_met)

    def unmet(self, deciding: Collection[UUID]) -> tuple[str, ...]:
        """Which are not met, or rest on no decision of `deciding`: those in force that permit the step."""
        unfit = self.decision is not None and self.decision not in deciding
        return (*self.missing, "decision") if unfit else self.missing

    def require(self, deciding: Collection[UUID]) -> None:
        """Raise ReturnNotPrepared where something is missing; `deciding`: decisions in force that permit the step."""
        missing = self.unmet(deciding)
        if missing:
            raise ReturnNotPrepared(
                f"Not settled: {', '.join(missing)}.",
                field=missing[0],
                rule="return-prepared",
                remedy="State it in the preparation, a decision by its id. "
                "A child that is at home already: record that it left, and where to.",
            )
