"""What identifies a child, as the API takes and gives it: from HTTP to the domain's values and back.

Not here: what is asked to be done with it (children), what is wrong with it in substance (domain).
"""

import re
from calendar import monthrange
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from services.registry import domain
from services.registry.domain import children_functioning as functioning
from shared.errors import Invalid
from shared.http import AreaField, CodeField, Several, refusal

WRITTEN = {
    "day": re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "month": re.compile("[0-9]{4}-[0-9]{2}"),
    "year": re.compile("[0-9]{4}"),
}
"""How a date of each precision is written; no week dates, no other digits."""

MOST = 20
"""Names, identifiers or languages of one child in one request."""


class Name(Schema):
    """One name in one script; how it may be written is the domain's to say."""

    script = CodeField("script", required=True)
    kind = CodeField("name_kind", load_default=domain.AT_BIRTH)
    family = fields.String(load_default="")
    given = fields.String(load_default="")
    patronymic = fields.String(load_default="")
    father = fields.String(load_default="")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> domain.Name:
        """The domain's value."""
        return domain.Name(**data)


class Birth(Schema):
    """When and where the child was born.

    `date` as YYYY-MM-DD, YYYY-MM or YYYY by `precision`; or `born_from` and `born_to`; or an age between `youngest` and
    `oldest` full years as judged on the day `judged_on`.
    """

    precision = CodeField("birth_precision", load_default=domain.TO_THE_DAY)
    date = fields.String(load_default=None, load_only=True)
    youngest = fields.Integer(load_default=None, load_only=True)
    oldest = fields.Integer(load_default=None, load_only=True)
    judged_on = fields.Date(load_default=None, load_only=True)
    born_from = fields.Date(load_default=None)
    born_to = fields.Date(load_default=None)
    basis = CodeField("birth_basis", load_default=domain.DOCUMENTED)
    area = AreaField(load_default=None, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> domain.Birth:
        """The domain's value. Raises ValidationError naming the rule."""
        text, ages = data.pop("date"), [data.pop(name) for name in ("youngest", "oldest", "judged_on")]
        given = [text is not None, bool(data["born_from"] or data["born_to"]), any(age is not None for age in ages)]
        if sum(given) > 1:
            raise ValidationError("Give date, or born_from and born_to, or ages; one of them.", "date")
        try:
            if text is not None:
                data["born_from"], data["born_to"] = _span(text, data["precision"])
            elif any(age is not None for age in ages):
                data |= _judged(*ages)
            return domain.Birth(**data)
        except Invalid as error:
            raise refusal(error, "date", "youngest", "judged_on") from None


def _span(text: str, precision: str) -> tuple[date, date]:
    try:
        return span(text, precision)
    except ValueError:
        raise Invalid(f"Not a date of precision {precision}.", field="date", rule="birth-date") from None


def _judged(youngest: int | None, oldest: int | None, on: date | None) -> dict[str, Any]:
    if youngest is None or oldest is None or on is None:
        raise Invalid("Give youngest, oldest and judged_on together.", field="youngest", rule="age-range")
    born_from, born_to = domain.born_between(youngest, oldest, on)
    return {"born_from": born_from, "born_to": born_to, "precision": "year", "basis": domain.ESTIMATED}


def span(text: str, precision: str) -> tuple[date, date]:
    """First and last day of a written date. Raises ValueError where it does not fit the precision."""
    if not WRITTEN[precision].fullmatch(text):
        raise ValueError(precision)
    if precision == "day":
        day = date.fromisoformat(text)
        return day, day
    if precision == "month":
        first = date.fromisoformat(f"{text}-01")
        return first, first.replace(day=monthrange(first.year, first.month)[1])
    return date(int(text), 1, 1), date(int(text), 12, 31)


class CivilRegistration(Schema):
    """Whether the birth is registered, and under which number."""

    status = CodeField("civil_registration", required=True)
    number = fields.String(load_default="")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> domain.CivilRegistration:
        """The domain's value."""
        return domain.CivilRegistration(**data)


class Nationality(Schema):
    """Of one or more states; or stateless, under determination, unknown, which go with no state."""

    status = CodeField("nationality_status", required=True)
    states = Several(CodeField("state"), load_default=(), validate=validate.Length(max=MOST))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> domain.Nationality:
        """The domain's value."""
        return domain.Nationality(**data)


class Answers(fields.Dict):
    """Answers by domain; the domain keeps them as pairs."""

    def __init__(self, **options: Any) -> None:
        """Take what marshmallow's Dict takes."""
        super().__init__(keys=fields.String(), values=fields.String(), **options)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return super()._serialize(dict(value), attr, obj, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return tuple(sorted(super()._deserialize(value, attr, data, **kwargs).items()))


class Functioning(Schema):
    """One assessment by the Child Functioning Module; whether there is a functional difficulty follows from it."""

    on = fields.Date(required=True)
    band = fields.Enum(domain.Band, by_value=True, required=True)
    answers = Answers(required=True, validate=validate.Length(max=MOST))
    difficulty = fields.Function(functioning.has_functional_difficulty, metadata={"type": "boolean"})

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> domain.Functioning:
        """The domain's value."""
        return domain.Functioning(**data)


class Parents(Schema):
    """What is known of each parent."""

    mother = CodeField("parental_status", load_default=None, allow_none=True)
    father = CodeField("parental_status", load_default=None, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> domain.Parents:
        """The domain's value."""
        return domain.Parents(**data)


class Found(Schema):
    """How a foundling was found; `found_to` is the same day where none is given."""

    found_from = fields.Date(required=True)
    found_to = fields.Date(load_default=None)
    area = AreaField(required=True)
    by = CodeField("found_by", required=True)
    place = fields.String(load_default="")
    having = fields.String(load_default="")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> domain.Found:
        """The domain's value."""
        return domain.Found(**data | {"found_to": data["found_to"] or data["found_from"]})


class Identity(Schema):
    """What identifies a child; stated, amended and corrected as one. A child without a name has no names."""

    names = Several(fields.Nested(Name), load_default=(), validate=validate.Length(max=MOST))
    sex = CodeField("sex", required=True)
    birth = fields.Nested(Birth, required=True)
    area = AreaField(required=True)
    disability = fields.Boolean(load_default=None, allow_none=True)
    functioning = fields.Nested(Functioning, load_default=None, allow_none=True)
    civil_registration = fields.Nested(CivilRegistration, load_default=None, allow_none=True)
    nationality = fields.Nested(Nationality, load_default=None, allow_none=True)
    languages = Several(CodeField("language"), load_default=(), validate=validate.Length(max=MOST))
    parents = fields.Nested(Parents, load_default=domain.Parents)
    found = fields.Nested(Found, load_default=None, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> domain.Identity:
        """The domain's value."""
        return domain.Identity(**data)


class Identifier(Schema):
    """A number or key by which someone else knows the child."""

    kind = CodeField("identifier_kind", required=True)
    issuer = fields.String(load_default="")
    value = fields.String(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> domain.Identifier:
        """The domain's value."""
        return domain.Identifier(**data)


class Death(Schema):
    """When the child died (`died_to` is the same day where none is given), of what, where, and what that rests on."""

    died_from = fields.Date(required=True)
    died_to = fields.Date(load_default=None)
    basis = CodeField("death_basis", required=True)
    cause = CodeField("death_cause", load_default=domain.UNKNOWN)
    area = AreaField(load_default=None, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> domain.Death:
        """The domain's value. Raises ValidationError naming the rule."""
        try:
            return domain.Death(**data | {"died_to": data["died_to"] or data["died_from"]})
        except Invalid as error:
            raise refusal(error, "died_to") from None
