"""What the country pack says of keeping, sealing and erasing records, and of telling of a breach."""

from datetime import date

from services.registry.domain import sealing_erasure as erasure
from shared.countries import Pack


def retention(pack: Pack, on: date) -> erasure.Law:
    """How long records are kept, and what comes before an erasure."""
    return erasure.Law(
        adult_at=pack.parameter("child_until_age", on).whole(),
        kept_for=pack.parameter("child_record_kept", on).whole(),
        offered_before=pack.parameter("file_offered_before", on).whole(),
    )
