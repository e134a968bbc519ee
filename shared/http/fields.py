"""What schemas of every API share: codes and areas checked against the pack, who acts, the answer of a change."""

from typing import Any

from marshmallow import Schema, ValidationError, fields

from shared import clock, ids
from shared.errors import KinwardError
from shared.http import state
from shared.http.service import service


class CodeField(fields.String):
    """A code of one of the pack's lists; the list's name stands in the OpenAPI document."""

    default_error_messages = {"code": "Not a code of the list {list_name}."}

    def __init__(self, list_name: str, **options: Any) -> None:
        """Take the list's name and what marshmallow's String takes."""
        super().__init__(metadata={"description": f"a code of the pack's list {list_name}"}, **options)
        self.list_name = list_name

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        code: str = super()._deserialize(value, attr, data, **kwargs)
        if not service().codes.has(self.list_name, code):
            raise self.make_error("code", list_name=self.list_name)
        return code


class AreaField(fields.String):
    """The code of an area that the pack knows, today or formerly."""

    default_error_messages = {"area": "Not an area of this deployment."}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        code: str = super()._deserialize(value, attr, data, **kwargs)
        if not service().codes.has_area(code):
            raise self.make_error("area")
        return code


class MadeAt(fields.AwareDateTime):
    """When what an answer tells of was recorded: read from its `id` (uuid7); null for an id of another form."""

    def __init__(self) -> None:
        super().__init__(required=True, allow_none=True)

    def get_value(self, obj: Any, attr: str, accessor: Any = None, default: Any = None) -> Any:
        """The moment, of the id beside it."""
        found: Any = super().get_value(obj, "id", accessor, default)
        return ids.made_at(found)


class Several(fields.List[Any]):
    """A list that arrives as a tuple, which is how a command keeps it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return tuple(super()._deserialize(value, attr, data, **kwargs))


class Ruled(str):
    """A message that names the rule it speaks of; problem+json tells it beside the field."""

    rule: str | None

    def __new__(cls, message: str, rule: str | None) -> "Ruled":
        """The message as text, with its rule."""
        made = super().__new__(cls, message)
        made.rule = rule
        return made


def refusal(error: KinwardError, *fields_: str) -> ValidationError:
    """A refusal of the domain while a body is read, as one finding among the others of that body.

    It is about the error's field where that is one of `fields_`, else about the whole of what is read.
    """
    message = [Ruled(error.message, error.rule)]
    return ValidationError(message, error.field) if error.field in fields_ else ValidationError(message)


class Receipt(Schema):
    """The answer of a change: what was changed, and which version it has now. Nothing personal, as it is kept."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)


def acting() -> dict[str, Any]:
    """Who acts and when, as every command wants it: `actor`, `at` (UTC instant), `today` (day in the pack's zone)."""
    context = state.context()
    return {"actor": context.actor, "at": context.at, "today": clock.day_in(service().zone, context.at)}
