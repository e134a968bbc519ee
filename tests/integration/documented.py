"""A client that holds every answer against the OpenAPI document of the service, as docs/api has it.

Its status is one that the document names (any, for a problem), and JSON is as the schema says. Files and pages are not
looked into.

That docs/api is what the service serves is another test's. Not here: whether the document is sound (unit tests).
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator, FormatChecker
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

API = Path(__file__).parents[2] / "docs" / "api"
PROBLEM = "application/problem+json"
PARAMETER = re.compile(r"<(?:[^:>]+:)?([^>]+)>")


@cache
def document(service: str) -> Mapping[str, Any]:
    """The OpenAPI document of a service."""
    found: Mapping[str, Any] = json.loads((API / f"{service}.json").read_text(encoding="utf-8"))
    return found


class Undocumented(AssertionError):
    """The document names no such status, or no such media type for it."""


@cache
def validator(rule: str, method: str, status: str, media: str) -> Draft202012Validator | None:
    """What judges an answer of a route; None for what is not in the document, or no JSON. Raises Undocumented."""
    whole = document(rule.split("/")[1])
    operation = whole["paths"].get(rule, {}).get(method)
    if operation is None:
        return None
    named = operation["responses"]
    answer = named.get(status) or (named["default"] if media == PROBLEM else None)
    if answer is None:
        raise Undocumented(f"{method} {rule} does not name the status {status}")
    if "$ref" in answer:
        answer = whole["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    if not media.endswith("json"):
        return None
    content = answer.get("content", {})
    if media not in content:
        raise Undocumented(f"{method} {rule}, {status} does not name {media}")
    schema = {**content[media]["schema"], "components": whole["components"]}
    return Draft202012Validator(schema, format_checker=FormatChecker(["uuid", "date"]))


class DocumentedClient(FlaskClient):
    """Fails the test whose answer is not as the document says."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Ask, and hold the answer against the document."""
        response = super().open(*args, **kwargs)
        wrong = _wrong(self.application, response)
        asked = f"{response.request.method} {response.request.path}, {response.status_code}"
        assert wrong == [], f"{asked}: {wrong[:5]}"
        return response


def _wrong(app: Flask, response: TestResponse) -> list[str]:
    asked = response.request
    try:
        rule, _ = app.url_map.bind_to_environ(asked.environ).match(return_rule=True)
    except HTTPException:
        return []
    known = validator(
        PARAMETER.sub(r"{\1}", rule.rule), asked.method.lower(), str(response.status_code), response.mimetype
    )
    return [f"{each.json_path}: {each.message}" for each in known.iter_errors(response.json)] if known else []


def client(app: Flask) -> FlaskClient:
    """A client of an app under test that holds its answers to the document."""
    app.test_client_class = DocumentedClient
    return app.test_client()
