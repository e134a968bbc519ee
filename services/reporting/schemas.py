"""What reporting's API takes and gives, in marshmallow. Figures, codes, ids and days: nothing about a single child."""

from decimal import Decimal
from typing import Any

from marshmallow import Schema, fields, validate

from services.reporting.domain import FLAWS
from shared.http import PageQuery, page_schema

PERIOD = validate.Regexp(r"^[12][0-9]{3}$", error="A period is a year, such as 2024.")
CODE = validate.Length(max=120)


class FiguresQuery(Schema):
    """Which figures: of a period, of one indicator or area if named; `now`: those known now, not the signed ones."""

    period = fields.String(required=True, validate=PERIOD)
    indicator = fields.String(load_default=None, validate=CODE)
    area = fields.String(load_default=None, validate=CODE)
    now = fields.Boolean(load_default=False)


class DecimalText(fields.String):
    """A decimal number as text, digit by digit as it was signed: a float of the reader's would be another number."""

    def __init__(self, **options: Any) -> None:
        """Take what marshmallow's String takes."""
        super().__init__(metadata={"pattern": r"^-?[0-9]+(\.[0-9]+)?$", "description": "a decimal number"}, **options)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else format(value, "f" if isinstance(value, Decimal) else "d")


class Value(Schema):
    """A figure's value and what must be known of it. `value` is null where `status` is L, M, O or Q."""

    value = DecimalText(required=True, allow_none=True)
    unit = fields.String(attribute="unit_measure", required=True)
    multiplier = fields.Integer(attribute="unit_multiplier", required=True)
    status = fields.String(attribute="obs_status", required=True)
    coverage_time = fields.String(required=True)
    footnote = fields.String(attribute="obs_footnote", required=True)


class Figure(Value):
    """One figure with its dimensions; `children`: distinct children beside a flow, which counts movements."""

    indicator = fields.String(required=True)
    ref_area = fields.String(required=True)
    area = fields.String(attribute="subnational_area", required=True)
    sex = fields.String(required=True)
    age = fields.String(required=True)
    children = fields.Integer(required=True, allow_none=True)


class FoundKind(Schema):
    """How often something was found that a person must know of; `weight`: blocks, needs-note or quality."""

    rule = fields.String(required=True)
    weight = fields.String(required=True)
    text = fields.String(required=True)
    count = fields.Integer(required=True)


class Position(Schema):
    """How far a source had been read."""

    source = fields.String(required=True)
    epoch = fields.String(required=True)
    sequence = fields.Integer(required=True)


class Figures(Schema):
    """The figures of a period: frozen by a signature (`state` signed, with its revision), or as known now (current).

    `complete` is false where something is known to be missing in current figures, or to be wrong; `because` says what.
    """

    period = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["signed", "current"]))
    revision = fields.Integer(required=True, allow_none=True)
    reference_day = fields.Date(required=True)
    coverage_time = fields.String(required=True)
    as_of = fields.List(fields.Nested(Position), required=True)
    complete = fields.Boolean(required=True)
    because = fields.List(fields.String(validate=validate.OneOf(list(FLAWS))), required=True)
    coverage = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    findings = fields.List(fields.Nested(FoundKind), required=True)
    items = fields.List(fields.Nested(Figure), required=True)


class ClosePeriod(Schema):
    """Close a period; `note` answers findings that need a word."""

    note = fields.String(load_default=None, validate=validate.Length(min=1, max=2000))


class Closing(Schema):
    """The return that stands after a closing. `changed` is false where the same figures were signed before."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    period = fields.String(required=True)
    revision = fields.Integer(required=True)
    status = fields.String(required=True)
    changed = fields.Boolean(required=True)


class Return(Schema):
    """One signed revision of a period, and what became of its bundle."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    period = fields.String(required=True)
    revision = fields.Integer(required=True)
    status = fields.String(required=True)
    audience = fields.String(required=True)
    cells = fields.Integer(required=True)
    note = fields.String(required=True, allow_none=True)
    signed_at = fields.AwareDateTime(required=True, format="iso")
    signed_by = fields.String(required=True)
    bundle = fields.Integer(attribute="seq", required=True, allow_none=True)
    verdict = fields.String(required=True, allow_none=True)


class ReturnList(Schema):
    """All returns."""

    items = fields.List(fields.Nested(Return), required=True)


class Bundle(Schema):
    """A bundle of the deployment's own chain, with the parent's verdict once a receipt has come."""

    seq = fields.Integer(required=True)
    period = fields.String(required=True)
    revision = fields.Integer(required=True)
    audience = fields.String(required=True)
    sha256 = fields.String(required=True)
    manifest_sha256 = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True, format="iso")
    verdict = fields.String(required=True, allow_none=True)
    received_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class HubFiguresQuery(Schema):
    """Which of the hub's figures."""

    period = fields.String(load_default=None, validate=PERIOD)
    indicator = fields.String(load_default=None, validate=CODE)


class HubColumn(Schema):
    """One reporter's figures of one period."""

    issuer = fields.String(required=True)
    name = fields.String(required=True)
    ref_area = fields.String(required=True)
    period = fields.String(required=True)
    coverage_time = fields.String(required=True)


class HubLine(Schema):
    """One figure across reporters, in the order of the columns; null where a reporter has not sent it."""

    indicator = fields.String(required=True)
    sex = fields.String(required=True)
    age = fields.String(required=True)
    cells = fields.List(fields.Nested(Value, allow_none=True), required=True)


class HubFigures(Schema):
    """Whole countries side by side."""

    columns = fields.List(fields.Nested(HubColumn), required=True)
    lines = fields.List(fields.Nested(HubLine), required=True)


class Gap(Schema):
    """Places of an issuer's sequence from which nothing has come."""

    first = fields.Integer(required=True)
    last = fields.Integer(required=True)


class Cursor(Schema):
    """What an issuer should send next."""

    issuer = fields.String(required=True)
    expected_next_seq = fields.Integer(required=True)
    last_seq = fields.Integer(required=True)
    gaps = fields.List(fields.Nested(Gap), required=True)


class Reported(Schema):
    """A period of a reporter: the revision in effect, and reporting units expected, reported and late.

    `due`: the day on which the hub expected it, null where it expected nothing; `overdue`: it came after.
    """

    period = fields.String(required=True)
    revision = fields.Integer(required=True)
    received_at = fields.AwareDateTime(required=True, format="iso")
    expected = fields.Integer(required=True)
    reported = fields.Integer(required=True)
    late = fields.Integer(required=True)
    first_received_at = fields.AwareDateTime(required=True, format="iso")
    due = fields.Date(required=True, allow_none=True)
    overdue = fields.Boolean(required=True)


class Awaited(Schema):
    """A period of which the hub has nothing; `overdue`: the day on which it was due is over."""

    period = fields.String(required=True)
    due = fields.Date(required=True)
    overdue = fields.Boolean(required=True)


class Reporter(Schema):
    """Where one reporter stands: missing, complete, gaps, or quarantined; `contact`: whom to ask."""

    issuer = fields.String(required=True)
    name = fields.String(required=True)
    ref_area = fields.String(required=True)
    contact = fields.String(required=True, allow_none=True)
    state = fields.String(required=True)
    last_seq = fields.Integer(required=True)
    expected_next_seq = fields.Integer(required=True)
    quarantined = fields.List(fields.Integer(), required=True)
    refused = fields.Integer(required=True)
    periods = fields.List(fields.Nested(Reported), required=True)
    awaited = fields.List(fields.Nested(Awaited), required=True)


class Completeness(Schema):
    """Every reporter that the hub expects or has heard of."""

    items = fields.List(fields.Nested(Reporter), required=True)


class Delivery(Schema):
    """A bundle as the hub judged it, at its place among the hub's judgements; `check`: the one that failed."""

    hub_seq = fields.Integer(required=True)
    seq = fields.Integer(required=True, allow_none=True)
    period = fields.String(required=True, allow_none=True)
    revision = fields.Integer(required=True, allow_none=True)
    verdict = fields.String(required=True)
    check = fields.Integer(attribute="failed_check", required=True, allow_none=True)
    reasons = fields.List(fields.String(), required=True)
    created_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    received_at = fields.AwareDateTime(required=True, format="iso")
    sha256 = fields.String(required=True)


BundlePage = page_schema(Bundle)
DeliveryPage = page_schema(Delivery)

__all__ = ["PageQuery"]
