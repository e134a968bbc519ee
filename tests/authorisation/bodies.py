"""A body that a route's schema takes, made from the schema: for cases that end before anybody looks what it says.

Where that is not enough a route has its own body in calls.BODIES. Not here: whether the body makes sense.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from shared.http import AreaField, CodeField
from shared.ids import new_id
from tests.integration.deployed import PACK

CHILD = frozenset({"child"})
WORDS = "words that say why"
OTHER = frozenset({"merged", "siblings", "other", "member"})


def of(schema: type[Schema] | Schema, child: str, other: str, area: str) -> dict[str, Any]:
    """Every field that is required, the child under the names that a child goes by."""
    made = schema() if isinstance(schema, type) else schema
    named = {name: each for name, each in made.load_fields.items() if each.required or name in CHILD}
    return {each.data_key or name: _value(name, each, child, other, area) for name, each in named.items()}


def _value(name: str, field: fields.Field[Any], child: str, other: str, area: str) -> Any:
    if isinstance(field, fields.Nested):
        return of(field.schema, child, other, area)
    if isinstance(field, fields.List):
        return [_value(name, field.inner, child, other, area)]
    if isinstance(field, fields.UUID):
        return child if name in CHILD else other if name in OTHER else str(new_id())
    if isinstance(field, AreaField):
        return area
    if isinstance(field, CodeField):
        return next(iter(PACK.codes(field.list_name)))
    return _plain(field)


def _plain(field: fields.Field[Any]) -> Any:
    for rule in field.validators:
        if isinstance(rule, validate.OneOf):
            return next(iter(rule.choices))
        if isinstance(rule, validate.Length) and isinstance(field, fields.String):
            return WORDS[: rule.max or len(WORDS)]
    if isinstance(field, fields.Enum):
        return next(iter(field.enum)).value
    for kind, value in _PLAIN.items():
        if isinstance(field, kind):
            return value
    raise TypeError(f"no value for a {type(field).__name__}: give the route a body of its own")


_PLAIN: Mapping[type, Any] = {
    fields.Boolean: True,
    fields.Integer: 1,
    fields.AwareDateTime: "2024-01-02T03:04:05Z",
    fields.DateTime: "2024-01-02T03:04:05Z",
    fields.Date: "2024-01-02",
    fields.Dict: {},
    fields.String: WORDS,
}
