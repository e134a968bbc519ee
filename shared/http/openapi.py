"""The OpenAPI document: 3.1 for programs, and the same as 3.0 for the Swagger UI of the wheel, which reads no newer."""

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import flask_smorest
from apispec import BasePlugin
from flask import Flask
from marshmallow import Schema, fields

from shared.http.blueprint import KEY_PARAMETER, Blueprint
from shared.http.idempotency import HEADER
from shared.http.problems import MEDIA_TYPE

FOR_PROGRAMS = "3.1.0"
FOR_SWAGGER_UI = "3.0.3"
BEARER = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class FieldProblem(Schema):
    """One field at fault."""

    field = fields.String(metadata={"description": "Path of the field, a header's name, or absent"})
    rule = fields.String(metadata={"description": "Stable name of the rule that was broken"})
    message = fields.String(metadata={"description": "For people"})
    remedy = fields.String(metadata={"description": "What would put it right"})
    facts = fields.Dict(
        keys=fields.String(), values=fields.String(),
        metadata={"description": "What it was judged by, by name: codes, days and numbers as text"},
    )  # fmt: skip


class Problem(Schema):
    """An error (RFC 9457)."""

    type = fields.String(required=True, metadata={"description": "urn:kinward:problem:<code>"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True, metadata={"description": "Stable; programs decide by it"})
    detail = fields.String(required=True)
    request_id = fields.String(required=True, allow_none=True)
    errors = fields.List(fields.Nested(FieldProblem), required=True)


class OperationIds(BasePlugin):
    """Names each operation by method and address, for programs that are written from the document."""

    def operation_helper(self, path: str | None = None, operations: dict[str, Any] | None = None, **_: Any) -> None:
        """Add operationId, such as get_registry_children_child_id."""
        for method, operation in (operations or {}).items():
            operation["operationId"] = re.sub(r"[^a-z0-9]+", "_", f"{method} {path}".lower()).strip("_")


class ProblemApi(flask_smorest.Api):  # type: ignore[misc]
    """flask-smorest's Api, whose errors are problem+json, answered by `problems`, not by it."""

    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """Leave errors to shared.http.problems."""

    def _register_doc_blueprint(self) -> None:
        """Leave the pages to shared.http.documentation."""

    def _register_responses(self) -> None:
        content = {MEDIA_TYPE: {"schema": Problem}}
        for status in HTTPStatus:
            if status >= 400:
                response = {"description": status.phrase, "content": content}
                self.spec.components.response(status.name, response, lazy=True)
        default = {"description": "A problem", "content": content}
        self.spec.components.response("DEFAULT_ERROR", default, lazy=True)


def build(app: Flask, title: str, version: str) -> ProblemApi:
    """The API of `app`; blueprints are registered with it."""
    return _api(app, "", title, version, FOR_PROGRAMS)


def for_swagger_ui(app: Flask, title: str, version: str, blueprints: Sequence[Blueprint]) -> dict[str, Any]:
    """The document in the version that the bundled Swagger UI reads; the routes are those that `app` has already."""
    api = _api(app, "SWAGGER_UI_", title, version, FOR_SWAGGER_UI)
    for blueprint in blueprints:
        blueprint.register_views_in_doc(api, app, api.spec, name=blueprint.name, parameters=None)
        api.spec.tag({"name": blueprint.name, "description": blueprint.description})
    document: dict[str, Any] = api.spec.to_dict()
    return document


def _api(app: Flask, prefix: str, title: str, version: str, openapi_version: str) -> ProblemApi:
    settings = {"API_TITLE": title, "API_VERSION": version, "OPENAPI_VERSION": openapi_version}
    app.config.update({f"{prefix}{name}": value for name, value in settings.items()})
    api = ProblemApi(app, spec_kwargs={"extra_plugins": [OperationIds()]}, config_prefix=prefix)
    api.spec.components.security_scheme("bearer", BEARER)
    key = {
        "name": HEADER,
        "required": True,
        "description": "A new one for each thing to be done; the same one when a request is repeated.",
        "schema": {"type": "string", "minLength": 8, "maxLength": 128},
    }
    api.spec.components.parameter(KEY_PARAMETER, "header", key, lazy=True)
    return api
