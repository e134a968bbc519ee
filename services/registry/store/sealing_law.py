"""What the country pack says of keeping, sealing and erasing records, and of telling of a breach."""

from datetime import date

from services.registry.domain import sealing
from services.registry.domain import sealing_breaches as breaches
from services.registry.domain import sealing_erasure as erasure
from shared.countries import Pack


def retention(pack: Pack, on: date) -> erasure.Law:
    """How long records are kept, and what comes before an erasure."""
    return erasure.Law(
        adult_at=pack.parameter("child_until_age", on).whole(),
        kept_for=pack.parameter("child_record_kept", on).whole(),
        offered_before=pack.parameter("file_offered_before", on).whole(),
    )


def breach_rule(pack: Pack, on: date) -> breaches.Rule:
    """Whom to tell of a breach of personal data, and within which hours."""
    return breaches.Rule(
        authority=pack.parameter("breach_notice_authority", on).text(),
        hours=pack.parameter("breach_notice_hours", on).whole(),
    )


class PackSealing:
    """The pack's rules of sealing (domain.sealing.Law)."""

    def __init__(self, pack: Pack, on: date) -> None:
        self._pack, self._on = pack, on

    @property
    def level(self) -> sealing.Level:
        """How adoptions are kept."""
        return sealing.Level(self._pack.parameter("adoption_secrecy", self._on).text())

    @property
    def minutes(self) -> int:
        """How long an opened seal is readable."""
        return self._pack.parameter("seal_opened", self._on).whole()

    def grounds(self, level: sealing.Level) -> frozenset[str]:
        """On which grounds a seal of a level is opened."""
        rows = self._pack.codes("seal_ground")
        return frozenset(code for code, row in rows.items() if str(level).upper() in row["levels"].split())
