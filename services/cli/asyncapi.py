"""docs/asyncapi.json: what each service publishes, for programs that read AsyncAPI 3.

Examples are made from the schemas and the base pack's codes, so that each can be judged by its schema. Not here: the
schemas themselves (each service's events.py), the page for people (documents), reading or writing files.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from shared import broker, envelope, release
from shared.countries import Pack
from shared.event_schema import Catalogue

ID = "01970000-0000-7000-8000-000000000001"
DAY = "2026-01-31"
ABOUT = (
    "Facts that the services of one deployment tell each other. A message is a batch of up to 500 events of one "
    "service in the order of its log, types mixed; its headers say where in the log it stands. Messages may be lost, "
    "doubled or late: a consumer keeps a watermark of each source and asks for what it has not seen "
    "(docs/architecture.md). Fields marked x-internal never leave the deployment."
)
UUID = {"type": "string", "format": "uuid"}
ENVELOPE = {
    "type": "object",
    "description": "CloudEvents 1.0; an erased event keeps its place and has no data.",
    "properties": {
        "specversion": {"const": "1.0"},
        "id": UUID,
        "source": {"type": "string", "pattern": "^urn:kinward:"},
        "type": {"type": "string"},
        "subject": UUID,
        "time": {"type": "string", "format": "date-time"},
        "epoch": UUID,
        "sequence": {"type": "string", "pattern": "^[0-9]{20}$"},
        "subjectversion": {"type": "integer"},
        "correlationid": UUID,
        "causationid": UUID,
        "traceparent": {"type": "string", "description": "W3C trace context, where telemetry is switched on"},
        "datacontenttype": {"const": "application/json"},
    },
    "required": [
        "specversion", "id", "source", "type", "subject", "time", "epoch", "sequence", "subjectversion",
        "correlationid",
    ],
}  # fmt: skip
HEADERS = {
    "type": "object",
    "properties": {
        "source": {"type": "string"},
        "epoch": UUID,
        "first": {"type": "integer", "description": "Place of the first event of the batch"},
        "last": {"type": "integer", "description": "Place of the last one; first - 1 where the batch is empty"},
        "previousid": {"type": "string", "description": "Id of the event before the first, empty for none"},
    },
    "required": ["source", "epoch", "first", "last", "previousid"],
}


def document(catalogues: Sequence[Catalogue], pack: Pack) -> dict[str, Any]:
    """The AsyncAPI 3.0 document of all services."""
    types = [(each.service, type_, schema) for each in catalogues for type_, schema in each.json_schemas().items()]
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Kinward", "version": release.VERSION, "description": ABOUT},
        "defaultContentType": envelope.BATCH_CONTENT_TYPE,
        "channels": {each.service: _channel(each) for each in catalogues},
        "operations": {
            f"{each.service}-tells": {
                "action": "send",
                "channel": {"$ref": f"#/channels/{each.service}"},
                "summary": f"What {each.service} tells",
            }
            for each in catalogues
        },
        "components": {
            "schemas": {"event": ENVELOPE, "place": HEADERS} | {type_: _event(type_, each) for _, type_, each in types},
            "messages": {type_: _message(service, type_, each, pack) for service, type_, each in types},
        },
    }


def _channel(catalogue: Catalogue) -> dict[str, Any]:
    name = broker.events_exchange(catalogue.service)
    return {
        "address": name,
        "description": f"The fanout exchange to which {catalogue.service} publishes.",
        "messages": {type_: {"$ref": f"#/components/messages/{type_}"} for type_ in catalogue.json_schemas()},
        "bindings": {"amqp": {"is": "routingKey", "exchange": {"name": name, "type": "fanout", "durable": True}}},
    }


def _event(type_: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    data = {name: part for name, part in schema.items() if name not in {"$schema", "$id"}}
    return {
        "allOf": [
            {"$ref": "#/components/schemas/event"},
            {"type": "object", "properties": {"type": {"const": type_}, "data": data}},
        ]
    }


def _message(service: str, type_: str, schema: Mapping[str, Any], pack: Pack) -> dict[str, Any]:
    event = {
        "specversion": "1.0",
        "id": ID,
        "source": envelope.source_urn("kz", service),
        "type": type_,
        "subject": ID,
        "time": f"{DAY}T09:30:00.000000Z",
        "epoch": ID,
        "sequence": f"{1:020d}",
        "subjectversion": 1,
        "correlationid": ID,
        "datacontenttype": "application/json",
        "data": example(schema, pack),
    }
    headers = {"source": event["source"], "epoch": ID, "first": 1, "last": 1, "previousid": ""}
    return {
        "name": type_,
        "title": type_,
        "summary": schema["description"],
        "contentType": envelope.BATCH_CONTENT_TYPE,
        "headers": {"$ref": "#/components/schemas/place"},
        "payload": {"type": "array", "items": {"$ref": f"#/components/schemas/{type_}"}},
        "examples": [{"name": "one", "headers": headers, "payload": [event]}],
    }


def example(schema: Mapping[str, Any], pack: Pack) -> Any:
    """Something that the schema lets through, with codes that the pack has."""
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if kinds[0] == "object":
        return {name: example(part, pack) for name, part in schema["properties"].items()}
    if kinds[0] == "array":
        return [example(schema["items"], pack)]
    if "enum" in schema:
        return next(each for each in schema["enum"] if each is not None)
    if "x-code-list" in schema:
        return next(iter(pack.codes(schema["x-code-list"])))
    by_form = {"uuid": ID, "date": DAY}
    by_kind = {"boolean": True, "integer": 1, "string": "KZ-75"}
    return by_form.get(schema.get("format", ""), by_kind[kinds[0]])
