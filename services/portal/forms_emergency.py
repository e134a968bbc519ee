"""The form for the night: who was taken, when, from whom, by whom, and where they were brought. Few fields, one page.

Not here: what falls due afterwards (pages.emergency), the rules, none of which refuses it.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField
from wtforms import Form as Part
from wtforms.validators import Optional

from services.portal import names
from services.portal.fields import Between, HourField, Line, PlaceField, a_day, now
from services.portal.forms import AreaField, CodeField, Form, WholeField, required
from services.portal.house import house

CHILDREN = 4
OLDEST = 25


def emergency_forms() -> Iterable[str]:
    """The forms of care into which the pack lets a child come at once."""
    codes = house().pack.codes("care_form")
    return [code for code, row in codes.items() if row.get("emergency") == "yes" and row.get("permitted") == "yes"]


def emergency_kinds() -> list[str]:
    """The kinds of provider that have those forms of care."""
    codes = house().pack.codes("care_form")
    return sorted({codes[form]["provider_kind"] for form in emergency_forms()})


class EmergencyForm(CodeField):
    """A form of care into which a child comes at once."""

    def __init__(self, label: Any, validators: Any, **kwargs: Any) -> None:
        super().__init__(label, "care_form", validators, **kwargs)

    def _offered(self) -> Any:
        offered = set(emergency_forms())
        return [each for each in super()._offered() if each[0] in offered or not each[0]]


class TakenChild(Part):
    """One child: the reference of its record, or what can be seen and heard at night."""

    reference = Line(_l("Reference, if it is known"), longest=40)
    family = Line(_l("Family name"))
    given = Line(_l("Given name"))
    sex = CodeField(_l("Sex"), "sex", [Optional()], blank=_l("Choose"))
    years = WholeField(_l("About how many years old"), [Optional(), Between(0, OLDEST)])

    @property
    def typed(self) -> bool:
        """Whether anything was said of this child."""
        return any(field.data not in (None, "") for field in self)

    def identity(self, area: str, today: date) -> dict[str, Any]:
        """The child as registry takes it."""
        said = {"names": names.typed({"family": self.family.data or "", "given": self.given.data or ""})}
        born = {"date": str(today.year - int(self.years.data or 0)), "precision": "year", "basis": "estimated"}
        return said | {"sex": self.sex.data, "area": area, "birth": born}


class EmergencyNotice(Form):
    """Children were taken at once."""

    children = FieldList(FormField(TakenChild), min_entries=CHILDREN, max_entries=CHILDREN)
    taken_on = a_day(_l("Day"))
    taken_at = HourField(
        _l("Hour"), [required(_l("Give the hour, for instance 02:05."))], default=lambda: now().strftime("%H:%M"),
        description=_l("When the children were taken, by the clock here, 24 hours."),
    )  # fmt: skip
    taken_by = CodeField(_l("Taken by"), "deciding_body", [required(_l("Say who took the children."))])
    taken_from = CodeField(_l("Taken from"), "taken_from", [required(_l("Say from whom or where."))])
    situation = CodeField(_l("Situation"), "decision_situation", [required(_l("Choose the situation."))])
    entry_reason = CodeField(_l("Why at once"), "entry_reason", [required(_l("Choose the reason."))])
    area = AreaField(_l("Area"), [required(_l("Choose the area."))])
    care_form = EmergencyForm(_l("Brought to"), [required(_l("Say what kind of place it is."))])
    provider = PlaceField(_l("Which place"), description=_l("Places with room, as far as it is known."))

    API = {
        "taken_at": "taken_at", "stay.provider": "provider", "stay.care_form": "care_form", "stay.area": "area",
        "stay.entry_reason": "entry_reason", "arrived_at": "taken_at",
    }  # fmt: skip

    def validate(self, extra_validators: Any = None) -> bool:
        """Also: at least one child, each by reference or with name, sex and age."""
        sound = bool(super().validate(extra_validators))
        typed = [row.form for row in self.children if row.form.typed]
        if not typed:
            self.children[0].form.given.errors = [str(_l("Say which child: a reference, or name, sex and age."))]
            return False
        for row in typed:
            sound = self._known_enough(row) and sound
        return sound

    def body(self, children: list[str]) -> dict[str, Any]:
        """What placements is sent."""
        moment = self.taken_at.on(self.taken_on.data)
        stay = {
            "care_form": self.care_form.data, "area": self.area.data, "entry_reason": self.entry_reason.data,
            "provider": self.provider.data or None,
        }  # fmt: skip
        return {
            "children": children, "situation": self.situation.data, "taken_by": self.taken_by.data,
            "taken_from": self.taken_from.data, "taken_at": moment.isoformat() if moment else None, "stay": stay,
        }  # fmt: skip

    @staticmethod
    def _known_enough(row: Any) -> bool:
        if row.reference.data:
            return True
        lacking = [field for field in (row.sex, row.years) if field.data in (None, "")]
        for field in lacking:
            field.errors = [*field.errors, str(_l("Without a reference this is needed; a guess will do."))]
        return not lacking
