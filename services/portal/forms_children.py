"""The forms about who a child is: finding one, registering one; and what they say to registry's API.

`API` of each maps registry's fields to the form's. Not here: what is shown of candidates (pages.registering).
"""

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import BooleanField, Field, RadioField, SelectField, StringField
from wtforms.validators import Length, Optional

from services.portal import names
from services.portal.formats import term
from services.portal.forms import AreaField, CodeField, DayField, Form, required
from services.portal.house import house

LONGEST_NAME = 200
REFERENCE = "reference"
PRECISION = {4: "year", 7: "month", 10: "day"}
PLACE = re.compile(r"^(?:identity|likeness)\.names\.(\d+)\.?(\w*)$")


def name_field(label: Any) -> StringField:
    """A part of a name."""
    return StringField(label, [Optional(), Length(max=LONGEST_NAME)])


class NumberKind(SelectField):
    """The short reference, or a kind of number that the country knows."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, choices=self._offered, **kwargs)

    def _offered(self) -> list[tuple[str, str]]:
        kinds = house().pack.codes("identifier_kind")
        return [
            (REFERENCE, _("Short reference of the record")),
            *((kind, term(kind, "identifier_kind")) for kind in kinds),
        ]


class FindForm(Form):
    """A number, or what is known of the child."""

    API = {
        "reference": "number",
        "value": "number",
        "kind": "kind",
        "likeness.names.family": "family",
        "likeness.names.given": "given",
        "likeness.names.patronymic": "patronymic",
        "likeness.names": "family",
        "likeness.birth": "born",
        "likeness.birth.date": "born",
        "likeness.sex": "sex",
        "likeness.area": "area",
        "likeness.mother.given": "mother",
    }
    number = StringField(lazy_gettext("Reference or number"), [Optional(), Length(max=100)])
    kind = NumberKind(lazy_gettext("What the number is"))
    family = name_field(lazy_gettext("Family name"))
    given = name_field(lazy_gettext("Given name"))
    patronymic = name_field(lazy_gettext("Patronymic or father's name"))
    mother = name_field(lazy_gettext("Given name of the mother"))
    born = DayField(lazy_gettext("Date of birth, as far as it is known"), [Optional()], partial=True)
    sex = CodeField(lazy_gettext("Sex"), "sex", blank=lazy_gettext("Any"))
    area = AreaField(lazy_gettext("Responsible area"), [Optional()])

    def nothing_typed(self) -> None:
        """Say that there is nothing to search by."""
        self.number.errors = [_("Type a reference or number, or a name and something beside it.")]

    def asked(self) -> dict[str, Any] | None:
        """What to ask registry; None where nothing to search by was typed."""
        if number := (self.number.data or "").strip():
            if self.kind.data == REFERENCE:
                return {"reference": number}
            return {"kind": self.kind.data, "value": number}
        parts = {"family": self.family.data, "given": self.given.data, names.father_part(): self.patronymic.data}
        written = names.typed({part: text or "" for part, text in parts.items()})
        return {"likeness": likeness(self, written)} if written else None


class RegisterForm(Form):
    """A child nobody has registered before. What is asked first is short; the rest is optional."""

    API = {
        "identity.names.family": "family",
        "identity.names.given": "given",
        "identity.names.patronymic": "patronymic",
        "identity.names.father": "patronymic",
        "identity.birth": "born",
        "likeness.birth": "born",
        "identity.birth.date": "born",
        "identity.birth.basis": "estimated",
        "identity.birth.area": "birth_area",
        "identity.sex": "sex",
        "identity.area": "area",
        "identity.disability": "disability",
        "identity.civil_registration.status": "civil_status",
        "identity.civil_registration.number": "civil_number",
        "identity.languages": "spoken",
        "identity.parents.mother": "mother_is",
        "identity.parents.father": "father_is",
        "identifiers.kind": "identifier_kind",
        "identifiers.value": "identifier",
    }
    family = name_field(lazy_gettext("Family name"))
    given = name_field(lazy_gettext("Given name"))
    patronymic = name_field(lazy_gettext("Patronymic or father's name"))
    other_family = name_field(lazy_gettext("Family name in the other script"))
    other_given = name_field(lazy_gettext("Given name in the other script"))
    other_patronymic = name_field(lazy_gettext("Patronymic or father's name in the other script"))
    born = DayField(
        lazy_gettext("Date of birth, as far as it is known"),
        [required(lazy_gettext("Give at least the year of birth, estimated if need be."))],
        partial=True,
    )
    estimated = BooleanField(lazy_gettext("The date is estimated: no document says it"))
    sex = CodeField(lazy_gettext("Sex"), "sex", [required(lazy_gettext("Choose the sex, or unknown."))])
    area = AreaField(
        lazy_gettext("Area of the responsible authority"), [required(lazy_gettext("Choose the responsible area."))]
    )
    mother = name_field(lazy_gettext("Given name of the mother"))
    father = name_field(lazy_gettext("Given name of the father"))
    identifier_kind = CodeField(lazy_gettext("Kind of number"), "identifier_kind", blank=lazy_gettext("No number"))
    identifier = StringField(lazy_gettext("Number"), [Optional(), Length(max=100)])
    birth_area = AreaField(lazy_gettext("Area of birth"), [Optional()])
    civil_status = CodeField(
        lazy_gettext("Is the birth registered?"), "civil_registration", blank=lazy_gettext("Not recorded")
    )
    civil_number = StringField(lazy_gettext("Number of the birth record"), [Optional(), Length(max=100)])
    mother_is = CodeField(lazy_gettext("The mother is"), "parental_status", blank=lazy_gettext("Not recorded"))
    father_is = CodeField(lazy_gettext("The father is"), "parental_status", blank=lazy_gettext("Not recorded"))
    spoken = CodeField(lazy_gettext("Language of the child"), "language", blank=lazy_gettext("Not recorded"))
    disability = RadioField(
        lazy_gettext("Registered disability"),
        [Optional()],
        choices=[("", lazy_gettext("Not recorded")), ("yes", lazy_gettext("Yes")), ("no", lazy_gettext("No"))],
        default="",
    )

    OPTIONAL = (
        "other_family", "other_given", "other_patronymic", "mother", "father", "identifier_kind", "identifier",
        "birth_area", "civil_status", "civil_number", "mother_is", "father_is", "spoken", "disability",
    )  # fmt: skip

    def written(self) -> list[tuple[dict[str, str], str]]:
        """The names as the API takes them, each with how the form's fields of it begin."""
        found = []
        for prefix in ("", "other_"):
            parts = {"family": "family", "given": "given", names.father_part(): "patronymic"}
            typed = {part: self[prefix + field].data or "" for part, field in parts.items()}
            found += [(name, prefix) for name in names.typed(typed)]
        return found

    def identity(self) -> dict[str, Any]:
        """The identity as the API takes it."""
        said: dict[str, Any] = {
            "names": [name for name, _prefix in self.written()],
            "sex": self.sex.data,
            "area": self.area.data,
            "birth": birth(self.born.data, estimated=self.estimated.data, area=self.birth_area.data),
            "disability": {"yes": True, "no": False}.get(self.disability.data or ""),
            "parents": {"mother": self.mother_is.data or None, "father": self.father_is.data or None},
            "languages": [self.spoken.data] if self.spoken.data else [],
        }
        if self.civil_status.data:
            said["civil_registration"] = {"status": self.civil_status.data, "number": self.civil_number.data or ""}
        return said

    def identifiers(self) -> list[dict[str, str]]:
        """The number, if one was typed."""
        if not (self.identifier_kind.data and self.identifier.data):
            return []
        return [{"kind": self.identifier_kind.data, "value": self.identifier.data.strip()}]

    def likeness(self) -> dict[str, Any] | None:
        """What to search the register by; None where no name was typed."""
        written = [name for name, _prefix in self.written()]
        return likeness(self, written) if written else None

    @property
    def more_was_said(self) -> bool:
        """Whether one of the optional fields holds something, or is wrong."""
        return any(self[name].data or self[name].errors for name in self.OPTIONAL)

    def _of(self, name: str | None) -> Field | None:
        """Names stand in two rows: the API's number of a name says which."""
        place = PLACE.match(name or "")
        if place is None or int(place[1]) >= len(self.written()):
            return super()._of(name)
        part = {"father": "patronymic", "": "family", "script": "family", "kind": "family"}.get(place[2], place[2])
        found: Field = self[self.written()[int(place[1])][1] + part]
        return found


def birth(text: str | None, *, estimated: bool = False, area: str | None = None) -> dict[str, Any]:
    """A birth as the API takes it, from a date that may lack day and month."""
    said: dict[str, Any] = {"basis": "estimated" if estimated else "documented"}
    if text:
        said |= {"date": text, "precision": PRECISION[len(text)]}
    return said | ({"area": area} if area else {})


def likeness(form: Any, written: list[dict[str, str]]) -> dict[str, Any]:
    """What is known of a child, to search by."""
    said: dict[str, Any] = {"names": written}
    if form.sex.data:
        said["sex"] = form.sex.data
    if form.area.data:
        said["area"] = form.area.data
    if form.born.data:
        said["birth"] = birth(form.born.data, estimated="estimated" in form and form.estimated.data)
    parents: Mapping[str, Any] = {which: form[which].data for which in ("mother", "father") if which in form}
    return said | {which: names.typed({"given": text}) for which, text in parents.items() if text and text.strip()}
