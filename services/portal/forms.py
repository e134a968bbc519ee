"""What every form shares: what was typed is kept, what a service says of a field stands at the field and above.

A portal form checks shape alone (required, length, a date that exists); the rules live in the services, and their
problem+json is laid onto the fields. Not here: the forms of single pages.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g, request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import Field, FieldList, FormField, SelectField, ValidationError
from wtforms.utils import unset_value
from wtforms.validators import InputRequired, Optional

from services.portal import numbers, ordering, rules
from services.portal.clients import Refusal
from services.portal.formats import area, term
from services.portal.house import house
from services.portal.issuer_words import words_of
from services.portal.languages import locale
from shared.errors import KinwardError
from shared.ids import new_id


@dataclass(frozen=True)
class Problem:
    """One line of the summary above a form: where it is wrong, what is wrong, what would help, the rule's page."""

    field: str | None
    message: str
    remedy: str | None = None
    rule: str | None = None
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def rule_url(self) -> str | None:
        """The page of the rule."""
        return rules.url(self.rule)


class Form(FlaskForm):
    """A form of a page. `API` maps a service's field (dotted, without numbers) to the form's, where they differ."""

    API: Mapping[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key = request.form.get("idempotency_key") or str(new_id())
        self.version = request.form.get("version")
        self._said: list[Problem] = []

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether the form is right; never while a form of an earlier sign-in is only shown again (kept_forms)."""
        return False if g.get("shown_again") else bool(super().validate(extra_validators))

    def refused(self, refusal: Refusal) -> None:
        """Lay what a service said onto the fields; what belongs to none of them stands above alone."""
        for each in rules.lines(refusal):
            at = self._of(each.field)
            message = each.message or _("This was not accepted.")
            if at is not None:
                at.errors = [*at.errors, message]
            name = at.id if at is not None else None
            self._said.append(Problem(name, message, each.remedy, each.rule, each.facts))

    def declined(self, error: KinwardError) -> None:
        """Lay what the portal's own issuer said onto its field."""
        field = self._of(error.field)
        message = words_of(error)
        if field is not None:
            field.errors = [*field.errors, message]
        rule = error.rule if rules.of(error.rule or "") else None
        self._said.append(Problem(field.id if field is not None else None, message, None, rule))

    def problems(self) -> list[Problem]:
        """All that is wrong, in the fields' order, then what belongs to no field."""
        said = {problem.field for problem in self._said}
        own = [
            Problem(field.id, str(error))
            for field in _each_of(self)
            for error in field.errors
            if field.id not in said and not isinstance(error, Mapping | list | tuple)
        ]
        return [*own, *self._said]

    def _of(self, name: str | None) -> Field | None:
        if name is None:
            return None
        plain = ".".join(part for part in name.split(".") if not part.isdigit())
        for candidate in (self.API.get(plain), plain, plain.rpartition(".")[2], plain.partition(".")[0]):
            if candidate and candidate in self:
                found: Field = self[candidate]
                return found
        return None


def _each_of(fields: Iterable[Field]) -> Iterator[Field]:
    """Every field, those of rows (FieldList, FormField) too: what is wrong in a row stands above the form as well."""
    for field in fields:
        if isinstance(field, FormField):
            yield from _each_of(field.form)
            continue
        if isinstance(field, FieldList):
            yield from _each_of(field.entries)
        yield field


class DayField(Field):
    """A date as three text fields; `partial`: the day, or day and month, may be left out.

    `data` is the ISO text (YYYY-MM-DD, YYYY-MM or YYYY), None where nothing was typed.
    """

    def __init__(self, label: Any = None, validators: Any = None, *, partial: bool = False, **kwargs: Any) -> None:
        self.partial = partial
        self._parts: dict[str, str] = {}
        super().__init__(label, validators, **kwargs)

    def part(self, name: str) -> str:
        """What was typed into one of the three."""
        if self._parts:
            return self._parts.get(name, "")
        pieces = dict(zip(("year", "month", "day"), str(self.data or "").split("-"), strict=False))
        return pieces.get(name, "")

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the three fields, digits of any script."""
        self.process_errors = []
        absent = data is None or data is unset_value
        self.object_data = (self.default() if callable(self.default) else self.default) if absent else data
        self.data = self.object_data
        if not formdata or not any(f"{self.name}-{part}" in formdata for part in ("day", "month", "year")):
            return
        self._parts = {part: formdata.get(f"{self.name}-{part}", "").strip() for part in ("day", "month", "year")}
        self.raw_data = [text for text in self._parts.values() if text]
        try:
            self.data = self._read()
        except ValueError as error:
            self.data = None
            self.process_errors.append(str(error))

    def _read(self) -> str | None:
        if not self.raw_data:
            return None
        year, month, day = (self._parts[part] for part in ("year", "month", "day"))
        if not year.isdecimal() or len(year) != 4:
            raise ValueError(_("The year must have four digits."))
        if day and not month:
            raise ValueError(_("A day needs its month."))
        if not self.partial and not (day and month):
            raise ValueError(_("Give day, month and year."))
        if not month:
            return str(int(year))
        if not month.isdecimal() or not 1 <= int(month) <= 12:
            raise ValueError(_("The month must be a number from 1 to 12."))
        if not day:
            return f"{int(year):04d}-{int(month):02d}"
        try:
            return date(int(year), int(month), int(day)).isoformat()
        except ValueError:
            raise ValueError(_("There is no such day.")) from None


class CodeField(SelectField):
    """A code of a list of the pack, in the reader's words. `blank` is the words for no choice."""

    def __init__(
        self,
        label: Any,
        list_name: str,
        validators: Any = (),
        *,
        blank: Any = None,
        only: Iterable[str] | None = None,
        **kwargs: Any,
    ) -> None:
        self._list, self._blank, self._only = list_name, blank, only
        optional = not any(isinstance(each, InputRequired) for each in validators)
        super().__init__(label, [*validators, *([Optional()] if optional else [])], choices=self._offered, **kwargs)

    def narrow(self, fitting: Iterable[str]) -> None:
        """Offer these alone, and what was chosen already: whether that will do is for the service to say."""
        self._only = frozenset({*fitting, *([self.data] if self.data else [])})
        self.choices = self._offered()

    def _offered(self) -> Sequence[tuple[str, str]]:
        codes = house().pack.codes(self._list)
        chosen = [code for code in codes if self._only is None or code in self._only]
        return [("", str(self._blank or _("Choose"))), *((code, term(code, self._list)) for code in chosen)]


class WholeField(Field):
    """A whole number, in digits of any script and with the reader's spaces. `data` is None where nothing was typed."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read it; what was typed stays."""
        typed = valuelist[0].strip() if valuelist else ""
        self.data: Any = None
        if not typed:
            return
        try:
            self.data = numbers.whole(typed, locale())
        except ValueError:
            self.data = typed
            raise ValueError(_("This must be a whole number.")) from None


class AreaField(SelectField):
    """An area of the pack that exists today, by name."""

    def __init__(self, label: Any, validators: Any = (), **kwargs: Any) -> None:
        super().__init__(label, validators, choices=self._offered, **kwargs)

    def _offered(self) -> Sequence[tuple[str, str]]:
        areas, today = house().pack.areas, house().today()
        found = [there for code in areas.codes(today) if (there := areas.get(code, today))]
        return [
            ("", _("Choose")),
            *sorted(((each.code, area(each.code)) for each in found), key=lambda each: ordering.key(each[1])),
        ]


def required(message: Any) -> InputRequired:
    """The field must be filled in; the message says what is missing."""
    return InputRequired(message)


__all__ = [
    "AreaField", "CodeField", "DayField", "Form", "Problem", "ValidationError", "WholeField", "required",
]  # fmt: skip
