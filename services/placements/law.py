"""The country pack as the rules read it: numbers of the law by day and area, care forms, classes of reasons.

Not here: the rules (domain/rules.py), and files of packs (shared/countries).
"""

from dataclasses import fields, replace
from datetime import date
from typing import Any

from services.placements import domain
from shared.countries import Pack, Parameter
from shared.errors import Invalid


class PackLaw:
    """The country pack as placements' rules read it (domain.LawBook)."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._read: dict[tuple[str, date], tuple[domain.Law, tuple[Parameter, ...]]] = {}

    def law(self, area: str, began: date, today: date) -> domain.Law:
        """The law of `today` in an area; a number that reaches only newer stays is taken as it was at `began`."""
        if (area, today) not in self._read:
            found = tuple(self._pack.parameter(each.name, today, area) for each in fields(domain.Law))
            self._read[area, today] = domain.Law(**{each.name: _number(each) for each in found}), found
        law, found = self._read[area, today]
        older = [each.name for each in found if not _reaches(each, began, today)]
        return replace(law, **{name: _number(self._pack.parameter(name, began, area)) for name in older})

    def care_form(self, code: str) -> domain.CareForm:
        """The care form. Raises Invalid for an unknown code."""
        row = self._row("care_form", code)
        return domain.CareForm(code, row["bucket"], row["provider_kind"])

    def reason_class(self, code: str) -> str:
        """The class of an entry reason. Raises Invalid for an unknown code."""
        return self._row("entry_reason", code)["class"]

    def _row(self, list_name: str, code: str) -> Any:
        if not self._pack.has(list_name, code):
            raise Invalid(f"Not a code of the list {list_name}.", field=list_name, rule=f"code:{list_name}")
        return self._pack.codes(list_name)[code]


def _number(parameter: Parameter) -> Any:
    return parameter.text() if parameter.name == "leap_birthday" else parameter.whole()


def _reaches(parameter: Parameter, began: date, today: date) -> bool:
    """Whether a number of the law reaches a stay that began on a day (CARE C12, transition of law)."""
    if parameter.since is None or began >= parameter.since:
        return True
    return parameter.applies_to != "new" and (parameter.existing_from is None or parameter.existing_from <= today)
