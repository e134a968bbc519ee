"""The form that changes or corrects who a child is, filled with what is stored, and what it says to registry's API.

A record is stated as one: what the form does not ask is sent back as it was stored. Not here: the page, comparing.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import RadioField
from wtforms.validators import Optional

from services.portal import names
from services.portal.formats import area, term
from services.portal.forms import CodeField, DayField, required
from services.portal.forms_children import RegisterForm
from services.portal.house import house

AMEND, CORRECT = "amend", "correct"
ROWS = ("", "other_")
DISABILITY = {None: "", True: "yes", False: "no"}
NOT_SENT = frozenset({"difficulty"})


class AmendForm(RegisterForm):
    """All of the identity that the first form asks, the kind of each name, and whether life changed or the record."""

    API = {**RegisterForm.API, "on": "on", "identity.names.kind": "kind"}

    way = RadioField(
        lazy_gettext("What has happened"),
        [required(lazy_gettext("Say whether the child's life has changed, or the record was wrong."))],
        choices=[
            (AMEND, lazy_gettext("The child's life has changed, from a day on")),
            (CORRECT, lazy_gettext("The record was wrong from the beginning")),
        ],
    )
    on = DayField(lazy_gettext("True from"), [Optional()])
    kind = CodeField(lazy_gettext("Kind of name"), "name_kind", [required(lazy_gettext("Choose the kind of name."))])
    other_kind = CodeField(lazy_gettext("Kind of the other name"), "name_kind", blank=lazy_gettext("No other name"))

    def validate(self, extra_validators: Any = None) -> bool:
        """As every form; a change in the child's life needs its day."""
        sound = bool(super().validate(extra_validators))
        if self.way.data == AMEND and not self.on.data:
            self.on.errors = [*self.on.errors, _("Give the day from which it is true.")]
            return False
        return sound

    def written(self) -> list[tuple[dict[str, str], str]]:
        """The names as the API takes them, with the kind of each."""
        return [(name | {"kind": self[prefix + "kind"].data or "birth"}, prefix) for name, prefix in super().written()]

    def merged(self, stored: Mapping[str, Any]) -> dict[str, Any]:
        """The whole identity: what was typed over what is `stored` and not asked here."""
        said = self.identity()
        kept = {name: value for name, value in stored.items() if name not in said and value is not None}
        said["names"] += [_name(each) for each in _in_rows(stored)[1]]
        if not self.born.data:
            said["birth"] = {name: value for name, value in stored["birth"].items() if value is not None}
        languages = [code for code in stored.get("languages") or () if code != (stored["languages"][0])]
        said["languages"] += [code for code in languages if code not in said["languages"]]
        return {name: _without(value) for name, value in kept.items()} | said


def filled(stored: Mapping[str, Any], also: RegisterForm | None = None) -> dict[str, Any]:
    """What the form shows of a stored identity, by field; `also`: with a name typed elsewhere, if there is room."""
    birth, parents = stored["birth"], stored.get("parents") or {}
    civil = stored.get("civil_registration") or {}
    data: dict[str, Any] = {
        "sex": stored["sex"],
        "area": stored["area"],
        "born": as_typed(birth),
        "estimated": birth.get("basis") == "estimated",
        "birth_area": birth.get("area") or "",
        "civil_status": civil.get("status") or "",
        "civil_number": civil.get("number") or "",
        "mother_is": parents.get("mother") or "",
        "father_is": parents.get("father") or "",
        "spoken": next(iter(stored.get("languages") or ()), ""),
        "disability": DISABILITY[stored.get("disability")],
        "kind": "birth",
    }
    for prefix, name in zip(ROWS, _in_rows(stored)[0], strict=False):
        third = name.get("patronymic") or name.get("father") or ""
        data |= {f"{prefix}family": name["family"], f"{prefix}given": name["given"], f"{prefix}patronymic": third}
        data[f"{prefix}kind"] = name["kind"]
    typed = [name for name, _prefix in also.written()] if also is not None else []
    held = {names.whole(each) for each in stored.get("names") or ()}
    new = next((name for name in typed if names.whole(name) not in held), None)
    if new and len(held) == 1:
        third = new.get("patronymic") or new.get("father") or ""
        data |= {"other_family": new.get("family", ""), "other_given": new.get("given", ""), "other_patronymic": third}
        data |= {"other_kind": "birth", "way": CORRECT}
    return data


def as_typed(birth: Mapping[str, Any]) -> str | None:
    """A stored birth as the date fields show it; None where it is a span that they cannot show."""
    if not birth.get("born_from"):
        return None
    first, last = date.fromisoformat(birth["born_from"]), date.fromisoformat(birth["born_to"])
    if first == last:
        return first.isoformat()
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
        return str(first.year)
    if first.day == 1 and (first.year, first.month) == (last.year, last.month):
        return first.isoformat()[:7]
    return None


def in_words(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a filled form says, as (label, words), for comparing with what is stored."""
    blank = AmendForm(data=dict(data), formdata=None)
    return [(blank[name].label.text, _value(blank, name, data.get(name))) for name in COMPARED]


COMPARED = (
    "family", "given", "patronymic", "kind", "other_family", "other_given", "other_patronymic", "other_kind", "born",
    "estimated", "sex", "area", "birth_area", "civil_status", "civil_number", "mother_is", "father_is", "spoken",
    "disability",
)  # fmt: skip
LISTS = {"kind": "name_kind", "other_kind": "name_kind", "sex": "sex", "civil_status": "civil_registration",
         "mother_is": "parental_status", "father_is": "parental_status", "spoken": "language"}  # fmt: skip


def _value(_form: AmendForm, name: str, value: Any) -> str:
    if name == "born":
        return names.born_typed(value)
    if name in {"area", "birth_area"}:
        return area(value or None)
    if name in LISTS:
        return term(value or None, LISTS[name])
    if name == "estimated":
        return _("Yes") if value else _("No")
    if name == "disability":
        return {"yes": _("Yes"), "no": _("No")}.get(value or "", "")
    return value or ""


def _in_rows(stored: Mapping[str, Any]) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """The names that the form shows in its rows, and those that it keeps as they are."""
    listed = list(stored.get("names") or ())
    return listed[: len(ROWS)], listed[len(ROWS) :]


def _name(stored: Mapping[str, Any]) -> dict[str, Any]:
    return {part: stored[part] for part in ("script", "kind", *names.PARTS) if stored.get(part)}


def _without(value: Any) -> Any:
    """A stored value without what the service works out by itself."""
    if not isinstance(value, Mapping):
        return value
    return {name: each for name, each in value.items() if name not in NOT_SENT and each is not None}


def today() -> str:
    """The day in the country, as a form shows it."""
    return house().today().isoformat()
