"""What the API takes and gives about children, in marshmallow; from HTTP to the domain's values and back."""

from calendar import monthrange
from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from services.registry import domain
from shared.http import AreaField, CodeField, Several

NAME = validate.Length(max=200)


class Name(Schema):
    """One name in one script."""

    script = CodeField("script", required=True)
    kind = CodeField("name_kind", load_default=domain.AT_BIRTH)
    family = fields.String(load_default="", validate=NAME)
    given = fields.String(load_default="", validate=NAME)
    patronymic = fields.String(load_default="", validate=NAME)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> domain.Name:
        """The domain's value."""
        return domain.Name(**data)


class Birth(Schema):
    """When the child was born: `date` as YYYY-MM-DD, YYYY-MM or YYYY by `precision`; or `born_from` and `born_to`."""

    precision = CodeField("birth_precision", load_default=domain.TO_THE_DAY)
    date = fields.String(load_default=None, load_only=True)
    born_from = fields.Date(load_default=None)
    born_to = fields.Date(load_default=None)
    basis = CodeField("birth_basis", load_default=domain.DOCUMENTED)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> domain.Birth:
        """The domain's value. Raises ValidationError for a date that does not fit its precision."""
        text = data.pop("date")
        if text is None:
            return domain.Birth(**data)
        if data["born_from"] or data["born_to"]:
            raise ValidationError("Give date, or born_from and born_to; not both.", "date")
        try:
            born_from, born_to = span(text, data["precision"])
        except ValueError:
            raise ValidationError(f"Not a date of precision {data['precision']}.", "date") from None
        return domain.Birth(born_from, born_to, data["precision"], data["basis"])


def span(text: str, precision: str) -> tuple[date, date]:
    """First and last day of a written date. Raises ValueError where it does not fit the precision."""
    if len(text) != {"day": 10, "month": 7, "year": 4}[precision]:
        raise ValueError(precision)
    if precision == "day":
        day = date.fromisoformat(text)
        return day, day
    if precision == "month":
        first = date.fromisoformat(f"{text}-01")
        return first, first.replace(day=monthrange(first.year, first.month)[1])
    return date(int(text), 1, 1), date(int(text), 12, 31)


class Identity(Schema):
    """What identifies a child; stated, amended and corrected as one."""

    names = Several(fields.Nested(Name), load_default=(), validate=validate.Length(max=20))
    sex = CodeField("sex", required=True)
    birth = fields.Nested(Birth, required=True)
    area = AreaField(required=True)
    disability = fields.Boolean(load_default=None, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> domain.Identity:
        """The domain's value."""
        return domain.Identity(**data)


class Identifier(Schema):
    """A number or key by which someone else knows the child."""

    kind = CodeField("identifier_kind", required=True)
    issuer = fields.String(load_default="", validate=validate.Length(max=100))
    value = fields.String(required=True, validate=validate.Length(min=1, max=100))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> domain.Identifier:
        """The domain's value."""
        return domain.Identifier(**data)


class RegisterChild(Schema):
    """A child nobody has registered before."""

    identity = fields.Nested(Identity, required=True)
    identifiers = Several(fields.Nested(Identifier), load_default=(), validate=validate.Length(max=20))


class AmendChild(Schema):
    """The child's life changed: all of the identity, as it is from the day `on`."""

    identity = fields.Nested(Identity, required=True)
    on = fields.Date(required=True)


class CorrectChild(Schema):
    """The record was wrong: all of the identity, as it always was."""

    identity = fields.Nested(Identity, required=True)


class WithdrawChild(Schema):
    """The whole entry was made in error."""

    reason = CodeField("withdrawal_reason", required=True)


class SearchChildren(Schema):
    """An exact identifier; from any issuer where none is named."""

    kind = CodeField("identifier_kind", required=True)
    issuer = fields.String(load_default=None)
    value = fields.String(required=True, validate=validate.Length(min=1, max=100))


class Child(Schema):
    """Everything registry holds on one child; siblings have a permission and a reach of their own."""

    id = fields.UUID(required=True)
    reference = fields.String(required=True)
    version = fields.Integer(required=True)
    status = fields.String(required=True)
    withdrawn_because = fields.String(allow_none=True)
    identity = fields.Nested(Identity, required=True)
    identifiers = fields.List(fields.Nested(Identifier), required=True)


class Children(Schema):
    """The children found."""

    items = fields.List(fields.Nested(Child), required=True)


class Access(Schema):
    """One access to a child's record: who, in which roles, when, and what came of it. Codes and ids, nothing read."""

    id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True, format="iso")
    actor = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    action = fields.String(required=True)
    outcome = fields.String(required=True)
