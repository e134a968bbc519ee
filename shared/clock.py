"""Time, asked for in one place so that everything else takes it as an argument."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def day_in(zone: ZoneInfo, instant: datetime) -> date:
    """The calendar day of `instant` in `zone`: "today" is the pack's, not the server's."""
    return instant.astimezone(zone).date()
