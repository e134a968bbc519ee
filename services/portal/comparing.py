"""A stale edit: what was typed beside what somebody else has stored meanwhile, to be sent again or dropped.

For any form that carries a `version`. Not here: what is stored of a thing (the pages), which fields a form has.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from wtforms import Field, FieldList, HiddenField, RadioField, SelectField, SelectMultipleField

from services.portal.formats import day
from services.portal.forms import DayField, Form
from shared.ids import new_id

NOT_CARRIED = frozenset({"csrf_token", "version", "idempotency_key"})
STALE = 412
WHOLE_DAY = 10


@dataclass(frozen=True)
class Row:
    """One field: what was typed, what is stored now. `told`: something that the form does not ask, only told."""

    label: str
    typed: str
    stored: str
    told: bool = False

    @property
    def differs(self) -> bool:
        """Whether the two say different things."""
        return not self.told and self.typed != self.stored


def rows(typed: Sequence[tuple[str, str]], stored: Sequence[tuple[str, str]]) -> list[Row]:
    """The fields beside each other; those in which neither says anything are left out."""
    return [
        Row(label, mine, theirs)
        for (label, mine), (_label, theirs) in zip(typed, stored, strict=True)
        if mine or theirs
    ]


def of_form(form: Form, stored: Mapping[str, Any], names: Callable[[str], str] = str) -> list[Row]:
    """What a form says beside what is stored, by field; `names`: how an id in a hidden field reads."""
    asked = [field for field in form if field.name != "csrf_token"]
    typed = [(str(field.label.text), _words(field, field.data, names)) for field in asked]
    there = [("", _words(field, stored.get(field.name), names)) for field in asked]
    return rows(typed, there)


def page(found: list[Row], *, version: str | None, again: str) -> str:
    """The page: it sends the same form to the same address with the newer `version`; `again` is the empty form's."""
    carried = [(name, text) for name, text in request.form.items(multi=True) if name not in NOT_CARRIED]
    return render_template("compare.html", rows=found, carried=carried, version=version, again=again, key=str(new_id()))


def _words(field: Field, value: Any, names: Callable[[str], str]) -> str:
    """How a value of a field reads."""
    if isinstance(field, FieldList):
        return "; ".join(text for row in value or () if (text := _row(field, row, names)))
    if value is None or value == "":
        return ""
    if isinstance(field, SelectField | RadioField):
        labels = _labels(field)
        several = value if isinstance(field, SelectMultipleField) else [value]
        return ", ".join(labels.get(str(each)) or names(str(each)) for each in several)
    if isinstance(field, DayField):
        return day(value) if len(str(value)) == WHOLE_DAY else str(value)
    return names(str(value)) if isinstance(field, HiddenField) else str(value)


def _row(field: FieldList, row: Mapping[str, Any], names: Callable[[str], str]) -> str:
    """One row of a list of small forms; one in which nothing was chosen says nothing."""
    blank = field.unbound_field.args[0](formdata=None)
    said = [_words(each, row.get(each.name), names) for each in blank]
    return " · ".join(text for text in said if text)


def _labels(field: Any) -> dict[str, str]:
    return {str(value): str(label) for value, label, *_ in field.iter_choices()}
