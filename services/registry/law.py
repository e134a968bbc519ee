"""The country pack as registry reads it: forms of care, numbers of children.

Not here: what follows of it (domain), files of packs.
"""

from datetime import date

from services.registry import domain
from shared.countries import Pack

NOT_FORMAL_CARE = "NONE"


class PackCareForms:
    """The pack's forms of care (domain.care.CareForms)."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack

    def is_care(self, code: str) -> bool:
        """Whether a form is formal care. A form that the pack no longer has is taken for care: nobody is overlooked."""
        row = self._pack.codes("care_form").get(code)
        return row is None or row["bucket"] != NOT_FORMAL_CARE


class PackIdentity:
    """The pack's rules of identity (domain.IdentityLaw)."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack

    def number_rule(self, kind: str) -> domain.NumberRule:
        """How numbers of a kind are built; of a kind that the pack no longer has nothing is asked."""
        row = self._pack.codes("identifier_kind").get(kind, {})
        return domain.NumberRule(row.get("pattern", ""), row.get("check_digit", ""))

    def leap_birthday(self, on: date, area: str) -> str:
        """The day (MM-DD) on which someone born on 29 February completes a year of age in a common year."""
        return self._pack.parameter("leap_birthday", on, area).text()
