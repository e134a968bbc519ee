"""What the `data` of an event may hold, and how a fact of the domain becomes that data.

Belongs here: the field types an event may have, the schema base class, a service's catalogue of event types. Not here:
any event of a service (its events.py), the envelope around `data` (envelope).

Only ids, dates, numbers, flags and codes can be said in an event: no names, no words. A schema with any other field
does not even import.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, NoReturn, Protocol, cast
from uuid import UUID

from marshmallow import Schema, fields, validate
from marshmallow.schema import SchemaMeta

from shared.errors import ConfigurationError, Invalid

_TYPE = re.compile(r"[a-z_]+[.][a-z0-9-]+[.]v[0-9]+")
_WORD = re.compile(r"[A-Za-z0-9_.-]+")
_YEAR_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


class CodeBook(Protocol):
    """The code lists that codes are checked against; a country pack is one."""

    def has(self, list_name: str, code: str) -> bool:
        """Tell whether the list holds the code."""

    def has_area(self, code: str) -> bool:
        """Tell whether there is, or was, such an area."""


class EventField(fields.Field[Any]):
    """A field that may stand in an event.

    `internal=True` keeps it inside the deployment; `optional=True` lets it be None (not known).
    """

    rule: ClassVar[str]

    def __init__(self, *, internal: bool = False, optional: bool = False, **properties: Any) -> None:
        metadata = dict(properties.pop("metadata", {}))
        if internal:
            metadata["x-internal"] = True
        super().__init__(required=True, allow_none=optional, metadata=metadata, **properties)
        self.internal = internal
        self.optional = optional

    def emit(self, value: Any, codes: CodeBook) -> Any:
        """Turn a fact's value into its JSON form; raises Invalid naming the rule, never the value."""
        if value is None and self.optional:
            return None
        return self._emit(value, codes)

    def _emit(self, value: Any, codes: CodeBook) -> Any:
        raise Invalid("an event field needs a type", rule="event-field")

    def _refuse(self) -> NoReturn:
        raise Invalid(f"event data breaks the rule {self.rule}", rule=self.rule)


class Id(EventField, fields.UUID):
    """A UUID."""

    rule = "uuid"

    def _emit(self, value: Any, codes: CodeBook) -> str:
        return str(value) if isinstance(value, UUID) else self._refuse()


class Day(EventField, fields.Date):
    """A calendar date, never an instant."""

    rule = "date"

    def _emit(self, value: Any, codes: CodeBook) -> str:
        if not isinstance(value, date) or isinstance(value, datetime):
            self._refuse()
        return value.isoformat()


class Whole(EventField, fields.Integer):
    """A whole number."""

    rule = "whole-number"

    def _emit(self, value: Any, codes: CodeBook) -> int:
        return value if isinstance(value, int) and not isinstance(value, bool) else self._refuse()


class Flag(EventField, fields.Boolean):
    """Yes or no."""

    rule = "flag"

    def _emit(self, value: Any, codes: CodeBook) -> bool:
        return value if isinstance(value, bool) else self._refuse()


class OneOf(EventField, fields.String):
    """One of a few words fixed in the code."""

    rule = "one-of"

    def __init__(self, *values: str, **properties: Any) -> None:
        if not values or not all(_WORD.fullmatch(value) for value in values):
            raise ConfigurationError("OneOf takes plain words", rule="event-field")
        super().__init__(validate=validate.OneOf(values), **properties)
        self.values = frozenset(values)

    def _emit(self, value: Any, codes: CodeBook) -> str:
        # str.__str__, because a member of a string enumeration would print its class name.
        return str.__str__(value) if isinstance(value, str) and value in self.values else self._refuse()


class Code(EventField, fields.String):
    """A code of one of the country pack's lists."""

    rule = "code"

    def __init__(self, list_name: str, **properties: Any) -> None:
        super().__init__(metadata={"x-code-list": list_name}, **properties)
        self.list_name = list_name

    def _emit(self, value: Any, codes: CodeBook) -> str:
        if not isinstance(value, str) or not codes.has(self.list_name, value):
            raise Invalid(f"not a code of the list {self.list_name}", rule=f"code:{self.list_name}")
        return str.__str__(value)


class AreaCode(EventField, fields.String):
    """The code of an area of the country pack."""

    rule = "area"

    def _emit(self, value: Any, codes: CodeBook) -> str:
        return value if isinstance(value, str) and codes.has_area(value) else self._refuse()


class YearMonth(EventField, fields.String):
    """A month as YYYY-MM."""

    rule = "year-month"

    def __init__(self, **properties: Any) -> None:
        super().__init__(validate=validate.Regexp(_YEAR_MONTH), **properties)

    def _emit(self, value: Any, codes: CodeBook) -> str:
        return value if isinstance(value, str) and _YEAR_MONTH.fullmatch(value) else self._refuse()


class ListOf(EventField, fields.List[Any]):
    """A list of one of the other field types."""

    rule = "list"

    def __init__(self, item: EventField, **properties: Any) -> None:
        if not isinstance(item, EventField):
            raise ConfigurationError("ListOf takes an event field", rule="event-field")
        super().__init__(cls_or_instance=item, **properties)
        self.item = item

    def _emit(self, value: Any, codes: CodeBook) -> list[Any]:
        if not isinstance(value, list | tuple):
            self._refuse()
        return [self.item.emit(each, codes) for each in value]


class _Guard(SchemaMeta):
    """Refuses, when the class is made, what an event may not say."""

    def __init__(cls, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> None:  # noqa: N805  a metaclass
        super().__init__(name, bases, attrs)  # type: ignore[no-untyped-call]
        # A name with an underscore in front is a part that several schemas share, no event of its own.
        if any(isinstance(base, _Guard) for base in bases) and not name.startswith("_"):
            _check(cast("type[EventSchema]", cls))


class EventSchema(Schema, metaclass=_Guard):
    """The data of one event type and version: its fields, and the fact whose attributes they are.

    A trailing underscore lets a field be called what Python reserves: `from_ = Day()` reads the fact's `from_` and
    writes "from".
    """

    type: ClassVar[str]
    fact: ClassVar[Any]
    subject: ClassVar[str]

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Give the field its name in the data."""
        if field_obj.data_key is None:
            field_obj.data_key = field_name.removesuffix("_")


def _check(schema: type[EventSchema]) -> None:
    declared = schema._declared_fields
    for name, field in declared.items():
        if type(field) not in (Id, Day, Whole, Flag, OneOf, Code, AreaCode, YearMonth, ListOf):
            raise ConfigurationError(f"{schema.__name__}.{name} is no field an event may have", rule="event-field")
    if not _TYPE.fullmatch(getattr(schema, "type", "")):
        raise ConfigurationError(f"{schema.__name__}.type is not <service>.<noun-participle>.v<N>", rule="event-type")
    attributes = getattr(schema.fact, "__dataclass_fields__", {}) if hasattr(schema, "fact") else {}
    missing = set(declared) - set(attributes)
    if missing:
        raise ConfigurationError(f"{schema.__name__}.fact lacks {sorted(missing)}", rule="event-fact")
    if getattr(schema, "subject", None) not in attributes:
        raise ConfigurationError(f"{schema.__name__}.subject names no field of its fact", rule="event-subject")


def fields_of(schema: type[EventSchema]) -> dict[str, EventField]:
    """The fields of an event schema by their Python name."""
    return cast("dict[str, EventField]", schema().fields)


_Emit = Callable[[Any, CodeBook], Any]


class Catalogue:
    """All that one service publishes; turns its facts into event data."""

    def __init__(self, service: str, *schemas: type[EventSchema]) -> None:
        self.service = service
        self._by_type: dict[str, type[EventSchema]] = {}
        self._by_fact: dict[type, tuple[type[EventSchema], Sequence[tuple[str, str, _Emit]]]] = {}
        for schema in schemas:
            if not schema.type.startswith(f"{service}."):
                raise ConfigurationError(f"{schema.type} is not of {service}", rule="event-type")
            if schema.type in self._by_type or schema.fact in self._by_fact:
                raise ConfigurationError(f"{schema.type} or its fact is there twice", rule="event-type")
            emitters = [(name, str(field.data_key), field.emit) for name, field in fields_of(schema).items()]
            self._by_type[schema.type] = schema
            self._by_fact[schema.fact] = (schema, emitters)

    def encode(self, fact: object, codes: CodeBook) -> tuple[str, UUID, dict[str, Any]]:
        """Turn a fact into (type, subject, data).

        Raises Invalid naming the field and the rule for a value of the wrong type or an unknown code.
        """
        try:
            schema, emitters = self._by_fact[type(fact)]
        except KeyError:
            raise ConfigurationError(f"{self.service} publishes no {type(fact).__name__}", rule="event-fact") from None
        data: dict[str, Any] = {}
        for name, key, emit in emitters:
            try:
                data[key] = emit(getattr(fact, name), codes)
            except Invalid as error:
                raise Invalid(f"{schema.type}: {error.message}", field=key, rule=error.rule) from None
        subject = getattr(fact, schema.subject)
        if not isinstance(subject, UUID):
            raise Invalid(f"{schema.type}: the subject is no UUID", field=schema.subject, rule="uuid")
        return schema.type, subject, data

    def types(self) -> list[str]:
        """The event types, in the order they were listed."""
        return list(self._by_type)

    def schema(self, type: str) -> type[EventSchema]:
        """The schema of an event type; raises ConfigurationError for a type that is not published."""
        try:
            return self._by_type[type]
        except KeyError:
            raise ConfigurationError(f"{self.service} publishes no {type}", rule="event-type") from None

    def json_schemas(self) -> dict[str, Mapping[str, Any]]:
        """JSON Schema (draft 2020-12) of each event type's data."""
        from apispec import APISpec
        from apispec.ext.marshmallow import MarshmallowPlugin

        plugin = MarshmallowPlugin()
        # OpenAPI 3.1 is the version whose schemas are JSON Schema 2020-12.
        APISpec(title=self.service, version="1", openapi_version="3.1.0", plugins=[plugin])
        schema2jsonschema: Callable[[Schema], dict[str, Any]] = plugin.converter.schema2jsonschema  # type: ignore[union-attr]
        return {
            type: {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "$id": f"urn:kinward:event:{type}",
                "title": type,
                "description": (schema.__doc__ or "").strip(),
                **schema2jsonschema(schema()),
            }
            for type, schema in self._by_type.items()
        }
