"""What an app's routes declare, for guard tests and the generated documentation."""

from dataclasses import dataclass
from typing import Any

from flask import Flask
from marshmallow import Schema

from shared.http.access import READS, Access, of_view


@dataclass(frozen=True)
class RouteInfo:
    """One route. `permission` and `public_reason` are both None only where nothing was declared."""

    rule: str
    methods: frozenset[str]
    permission: str | None
    public_reason: str | None
    idempotent: bool
    needs_version: bool
    audits: str | None
    changes: bool
    schema_in: type[Schema] | None
    schema_out: type[Schema] | None


def routes(app: Flask) -> list[RouteInfo]:
    """Every route of an app, by address."""
    found = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        access = of_view(view) or Access()
        methods = frozenset(rule.methods or ()) - {"HEAD", "OPTIONS"}
        found.append(
            RouteInfo(
                rule=rule.rule,
                methods=methods,
                permission=access.permission,
                public_reason=access.public_reason,
                idempotent=any(access.needs_key(method) for method in methods),
                needs_version=any(access.needs_version(method) for method in methods),
                audits=access.audits,
                changes=not access.safe and bool(methods - READS),
                schema_in=_schema_in(getattr(view, "_apidoc", {})),
                schema_out=_schema_out(getattr(view, "_apidoc", {})),
            )
        )
    return sorted(found, key=lambda route: (route.rule, sorted(route.methods)))


def _schema_in(doc: dict[str, Any]) -> type[Schema] | None:
    for parameter in doc.get("arguments", {}).get("parameters", ()):
        if isinstance(parameter, dict) and parameter.get("in") == "json":
            return _class(parameter.get("schema"))
    return None


def _schema_out(doc: dict[str, Any]) -> type[Schema] | None:
    for status in doc.get("success_status_codes", ()):
        for response in doc.get("response", {}).get("responses", {}).get(status, ()):
            if isinstance(response, dict):
                return _class(response.get("schema"))
    return None


def _class(schema: Any) -> type[Schema] | None:
    kind = schema if isinstance(schema, type) else type(schema)
    return kind if issubclass(kind, Schema) else None
