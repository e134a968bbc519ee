"""What every command carries: who acts, and when. Standard library only, so that handlers may know it."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class Command:
    """An intention. `actor` acts, at the instant `at`, which is the day `today` in the pack's time zone."""

    actor: str
    at: datetime
    today: date
