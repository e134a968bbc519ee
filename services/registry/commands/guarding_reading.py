"""What can be asked about alarms of unusual reading."""

from dataclasses import dataclass
from uuid import UUID

from shared.command import Command


@dataclass(frozen=True, kw_only=True)
class AnswerReadingAlarm(Command):
    """Say what the unusual reading was: explained, or misuse."""

    id: UUID
    misuse: bool
    words: str
