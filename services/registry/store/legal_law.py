"""The country pack as legal measures and consents read it: kinds of measures, ages, purposes.

Not here: what follows of it (domain), files of packs (shared/countries).
"""

from collections.abc import Mapping
from datetime import date

from services.registry.domain.legal import Effect
from services.registry.domain.legal_ages import Ages
from shared.countries import Pack
from shared.errors import Invalid


class PackLegalLaw:
    """What the pack says of a child's legal position (domain.legal_majority.LawBook)."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._read: dict[tuple[date, str | None], Ages] = {}

    def effect(self, kind: str) -> Effect:
        """What a kind of measure does. Raises Invalid for an unknown code."""
        return Effect(self._row("measure_kind", kind)["effect"])

    def becomes(self, kind: str) -> str | None:
        """The kind that a guardianship goes over into when the child reaches the age of trusteeship."""
        return self._row("measure_kind", kind).get("becomes") or None

    def ages(self, on: date, area: str | None = None) -> Ages:
        """The ages of the law on a day, in an area."""
        if (on, area) not in self._read:
            purposes = self._pack.codes("consent_purpose").items()
            asked = {code: row["own_consent_age"] for code, row in purposes if row.get("own_consent_age")}
            self._read[on, area] = Ages(
                majority=self._pack.parameter("child_until_age", on, area).whole(),
                leap_birthday=self._pack.parameter("leap_birthday", on, area).text(),
                trusteeship=self._known("trusteeship_age", on, area),
                own_consent={code: self._known(name, on, area) for code, name in asked.items()},
            )
        return self._read[on, area]

    def ground_of(self, purpose: str) -> str:
        """On what a purpose rests: consent, or legal duty. Raises Invalid for an unknown code."""
        return self._row("consent_purpose", purpose)["ground"]

    def appointment_months(self, on: date, area: str | None = None) -> int:
        """Calendar months within which a child in care has a known legal representative."""
        return self._pack.parameter("guardian_appointment", on, area).whole()

    def escalation_days(self, on: date, area: str | None = None) -> int:
        """Days after its due date on which an alarm about a legal position goes one level up."""
        return self._pack.parameter("legal_alarm_escalation", on, area).whole()

    def report_months(self, on: date, area: str | None = None) -> int:
        """Calendar months between two reports of a guardian."""
        return self._pack.parameter("guardian_report", on, area).whole()

    def _known(self, name: str, on: date, area: str | None) -> int | None:
        found = self._pack.parameter(name, on, area)
        return None if found.value is None else found.whole()

    def _row(self, list_name: str, code: str) -> Mapping[str, str]:
        if not self._pack.has(list_name, code):
            raise Invalid(f"Not a code of the list {list_name}.", field=list_name, rule=f"code:{list_name}")
        return self._pack.codes(list_name)[code]
