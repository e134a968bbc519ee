"""What an account is told by the registry: that something happened which it has to look at. Codes and ids alone."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.aggregate import Aggregate

GLASS_BROKEN = "glass-broken"
GLASS_OVERDUE = "glass-review-overdue"
GLASS_SUSPENDED = "glass-suspended"
UNUSUAL_READING = "unusual-reading"
READING_UNANSWERED = "unusual-reading-unanswered"


@dataclass(eq=False)
class Notice(Aggregate):
    """Something of a kind happened to `subject` that the account is told of, once; `read_at` once it said it saw it."""

    id: UUID
    account: str
    kind: str
    subject: UUID
    at: datetime
    read_at: datetime | None = None
    version: int = 1

    def read(self, at: datetime) -> None:
        """The account has seen it; saying so again changes nothing."""
        if self.read_at is None:
            self.read_at = at
            self.version += 1
