"""The law in force, as the API shows it."""

from marshmallow import Schema, fields

from shared.http import AreaField


class LawQuery(Schema):
    """Where and on which day; without a day, today."""

    area = AreaField(load_default=None)
    on = fields.Date(load_default=None)


class Number(Schema):
    """A number of the law with its basis; `value` null: the pack does not know it, and no rule uses it.

    `rules`: the ids of those that ask for it; none where only clocks and pages do.
    """

    name = fields.String(required=True)
    value = fields.String(required=True, allow_none=True)
    unit = fields.String(allow_none=True)
    basis = fields.String(required=True)
    source = fields.String(allow_none=True)
    note = fields.String(allow_none=True)
    pack = fields.String(allow_none=True)
    since = fields.Date(data_key="from", attribute="from", allow_none=True)
    until = fields.Date(data_key="to", attribute="to", allow_none=True)
    areas = fields.List(fields.String())
    applies_to = fields.String()
    override_by = fields.List(fields.String())
    rules = fields.List(fields.String(), required=True)
    to_be_confirmed = fields.Boolean(required=True)


class DecisionLine(Schema):
    """Who decides an act, in which situations; `unknown` names what is to be confirmed, `defaults` what is not law."""

    id = fields.String(required=True)
    act = fields.String(required=True)
    situations = fields.List(fields.String(), required=True)
    at_once = fields.List(fields.String(), required=True)
    decides = fields.List(fields.String(), required=True)
    basis = fields.String(required=True)
    source = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    to_confirm = fields.List(fields.String(), data_key="unknown", attribute="unknown", required=True)
    defaults = fields.List(fields.String(), required=True)
    to_be_confirmed = fields.Boolean(required=True)


class RuleInForce(Schema):
    """A rule of care as it stands here on a day; its words are in GET /rules.

    `rank`: of two rules that cannot both be met the one of the higher number yields; null: it yields to all that have
    one. `silent`: a number it needs is to be confirmed, so that the rule, or that part of it, says nothing.
    """

    id = fields.String(required=True)
    rank = fields.Integer(required=True, allow_none=True)
    tier = fields.String(required=True)
    asked = fields.List(fields.String(), required=True)
    owner = fields.String(required=True)
    deviation = fields.String(required=True, metadata={"description": "none, signed, or siblings"})
    override_by = fields.List(fields.String(), required=True)
    silent = fields.Boolean(required=True)
    numbers = fields.List(fields.Nested(Number), required=True)


class RulesInForce(Schema):
    """The rules of care in an area on a day, the first in precedence first."""

    area = fields.String(required=True, allow_none=True)
    on = fields.Date(required=True)
    items = fields.List(fields.Nested(RuleInForce), required=True)


class LawInForce(Schema):
    """The numbers of the law and who decides what, in an area on a day; and what of it is to be confirmed."""

    area = fields.String(required=True, allow_none=True)
    on = fields.Date(required=True)
    numbers = fields.List(fields.Nested(Number), required=True)
    decisions = fields.List(fields.Nested(DecisionLine), required=True)
    to_be_confirmed = fields.List(fields.String(), required=True)
