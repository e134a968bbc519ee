"""Further fields of forms: several codes at once, yes or no or not known, a day with its hour, words of some length.

Not here: what every form shares (forms), the forms of pages.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from services.portal.formats import term
from services.portal.forms import DayField
from services.portal.house import house
from shared import clock

LONGEST_WORDS = 5000
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


class CodesField(SelectMultipleField):
    """Several codes of a list of the pack, as boxes to tick, in the reader's words."""

    def __init__(
        self, label: Any, list_name: str, validators: Any = (), *, only: Iterable[str] | None = None, **kwargs: Any
    ) -> None:
        self.list_name, self._only = list_name, only
        self._fitting: frozenset[str] | None = None
        super().__init__(label, list(validators), choices=self._offered, **kwargs)

    def narrow(self, fitting: Iterable[str] | None) -> None:
        """Show these first, all others behind a click; None: all are alike."""
        self._fitting = None if fitting is None else frozenset(fitting)

    def fits(self, code: str) -> bool:
        """Whether a code is among those that are shown first."""
        return self._fitting is None or code in self._fitting

    def _offered(self) -> Sequence[tuple[str, str]]:
        codes = house().pack.codes(self.list_name)
        return [(code, term(code, self.list_name)) for code in codes if self._only is None or code in self._only]


class YesNoField(RadioField):
    """Yes or no; `open_` are the words for neither, where that is an answer. `data` is "yes", "no", "" or None."""

    def __init__(self, label: Any, validators: Any = (), *, open_: Any = None, **kwargs: Any) -> None:
        self._open = open_
        super().__init__(label, list(validators), choices=self._offered, validate_choice=False, **kwargs)

    def _offered(self) -> Sequence[tuple[str, str]]:
        left = [] if self._open is None else [("", str(self._open))]
        return [("yes", _("Yes")), ("no", _("No")), *left]

    @property
    def answer(self) -> bool | None:
        """What was chosen, as the services take it."""
        return {"yes": True, "no": False}.get(str(self.data or ""))


class PlaceField(SelectField):
    """A place to live: those that `offer` named, by id, or none of them."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        self._places: list[tuple[str, str]] = []
        super().__init__(label, [Optional()], choices=self._offered, validate_choice=False, **kwargs)

    def offer(self, places: Sequence[tuple[str, str]]) -> None:
        """The places as (id, name)."""
        self._places = list(places)
        self.choices = self._offered()

    def _offered(self) -> list[tuple[str, str]]:
        return [("", _("No place, or another one")), *self._places]


class Words(TextAreaField):
    """Words of a person, as long as the services take them."""

    def __init__(self, label: Any, validators: Any = (), **kwargs: Any) -> None:
        super().__init__(label, [*validators, length(LONGEST_WORDS)], **kwargs)


class Line(StringField):
    """One line of text of at most `longest` characters."""

    def __init__(self, label: Any, validators: Any = (), *, longest: int = 200, **kwargs: Any) -> None:
        super().__init__(label, [*validators, length(longest)], filters=[_trimmed], **kwargs)


class HourField(StringField):
    """An hour of the day by the country's clocks, 24 hours: 2:05 or 02:05."""

    def __init__(self, label: Any, validators: Any = (), **kwargs: Any) -> None:
        super().__init__(label, list(validators), filters=[_trimmed], **kwargs)

    def pre_validate(self, form: Any) -> None:
        """Raise ValidationError where there is no such hour."""
        if self.data and self.on("2000-01-01") is None:
            raise ValidationError(_("Write the hour as 02:05."))

    def on(self, day: str | None) -> datetime | None:
        """The moment of this hour on a day."""
        if not day or not self.data:
            return None
        hours, _colon, minutes = str(self.data).replace(".", ":").partition(":")
        try:
            return datetime.combine(date.fromisoformat(day), time(int(hours), int(minutes)), house().pack.zone)
        except ValueError:
            return None


def today() -> str:
    """The day in the country, as a field's default."""
    return house().today().isoformat()


def now() -> datetime:
    """This moment by the country's clocks."""
    return clock.now().astimezone(house().pack.zone)


def length(longest: int) -> Length:
    """At most so many characters."""
    return Length(max=longest, message=lazy_gettext("This is too long."))


def a_day(label: Any, *, needed: bool = True, **kwargs: Any) -> DayField:
    """A day; today unless something else is typed, where one is needed."""
    if needed:
        return DayField(label, [InputRequired(lazy_gettext("Give the day."))], default=today, **kwargs)
    return DayField(label, [Optional()], **kwargs)


class Between:
    """A whole number from `lowest` to `highest`; what is no number has its own error already."""

    def __init__(self, lowest: int, highest: int) -> None:
        self.lowest, self.highest = lowest, highest

    def __call__(self, form: Any, field: Any) -> None:
        """Raise ValidationError for another number."""
        if isinstance(field.data, int) and not self.lowest <= field.data <= self.highest:
            said = {"lowest": self.lowest, "highest": self.highest}
            raise ValidationError(_("This must be a number from %(lowest)s to %(highest)s.", **said))


def _trimmed(text: str | None) -> str | None:
    """One line: what moves a cursor or ends a text, and nobody sees, is a space at most."""
    return CONTROL.sub(" ", text).strip() if text else text
