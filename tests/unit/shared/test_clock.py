"""Time as an argument: instants are UTC, days belong to a zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared import clock


def test_now_is_an_aware_instant_in_utc():
    assert clock.now().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("zone", "day"),
    [("Asia/Almaty", date(2026, 3, 2)), ("UTC", date(2026, 3, 1)), ("America/New_York", date(2026, 3, 1))],
)
def test_today_is_the_day_in_the_packs_zone(zone, day):
    assert clock.day_in(ZoneInfo(zone), datetime(2026, 3, 1, 20, 30, tzinfo=UTC)) == day
