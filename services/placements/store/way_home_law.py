"""The country pack as the way home, leaving care and the supervision of guardians read it (domain.coming_of_age).

Not here: what follows of it (domain), files of packs (shared/countries).
"""

from datetime import date

from services.placements.domain.calendar import Span
from services.placements.law import PackLaw
from shared.countries import Pack

NO_CARE = "NONE"


class PackWayHomeLaw:
    """What the pack says of the way home, of leaving care and of guardians."""

    def __init__(self, pack: Pack, law: PackLaw) -> None:
        self._pack = pack
        self._law = law

    def number(self, name: str, area: str | None, on: date) -> Span | None:
        """A number of the law with its unit; None where the pack does not know it."""
        return self._law.number(name, area, on)

    def leap_birthday(self, on: date) -> str:
        """The day (MM-DD) on which those born on 29 February complete a year of age in common years."""
        return self._pack.parameter("leap_birthday", on).text()

    def months(self, name: str, area: str | None, on: date) -> tuple[int, ...]:
        """So many calendar months each; none where the pack does not know them."""
        value = self._pack.parameter(name, on, area).value
        return tuple(int(each) for each in value) if isinstance(value, tuple) else ()

    def last_day(self, name: str, since: date, area: str | None) -> date | None:
        """The last day of the time that a parameter gives, the day `since` not counted; None: the pack knows none."""
        return self._law.last_day(name, since, area)

    def formal(self, care_form: str) -> bool:
        """Whether a care form is formal alternative care. Raises Invalid for an unknown code."""
        return self._law.care_form(care_form).formal

    def formal_forms(self) -> tuple[str, ...]:
        """The care forms that are formal alternative care."""
        return tuple(code for code, row in self._pack.codes("care_form").items() if row["bucket"] != NO_CARE)
