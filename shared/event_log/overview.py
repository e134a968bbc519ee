"""How a service's log stands, for people to read. Not here: the log itself (log), beginning an epoch (epochs)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, text

_STATE = text(
    """
    SELECT epoch, ordinal, reason, begun_at, parent_epoch, parent_sequence, sequence, published,
           system_identifier, timeline_id
    FROM event_head JOIN event_epoch USING (epoch)
    """
)


@dataclass(frozen=True)
class LogState:
    """The current epoch (the how-maniest, why and when it was begun, after which event of which other), and its head.

    `system_identifier` and `timeline_id` name the PostgreSQL cluster in which it was begun: another is a restore.
    """

    epoch: UUID
    ordinal: int
    reason: str
    begun_at: datetime
    parent_epoch: UUID | None
    parent_sequence: int | None
    sequence: int
    published: int
    system_identifier: str
    timeline_id: int

    @property
    def backlog(self) -> int:
        """Events written and not yet published."""
        return self.sequence - self.published


def state(connection: Connection) -> LogState:
    """How the log stands."""
    return LogState(**connection.execute(_STATE).mappings().one())
