"""Every error as application/problem+json (RFC 9457): one place where errors become HTTP.

No exception text reaches the client: what is not one of our own errors is answered with a fixed sentence and the
request id, and logged with its type and place. What is absent and what is out of scope read the same.
"""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

import marshmallow
from flask import Flask, Response
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from shared import errors
from shared.http import database_errors, state

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = "2"
LOG = logging.getLogger("kinward.http")

# what werkzeug and webargs raise: status -> (code, title, what the client reads)
FOREIGN: Mapping[int, tuple[str, str, str]] = {
    400: ("malformed-request", "Malformed request", "The request cannot be read."),
    404: (errors.NotFound.code, errors.NotFound.title, "Not found, or outside your scope."),
    405: ("method-not-allowed", "Method not allowed", "This address does not take this method."),
    411: ("length-required", "Length required", "Send the body with a Content-Length."),
    413: (errors.TooLarge.code, errors.TooLarge.title, "The body is larger than this address takes."),
    415: (errors.UnsupportedMedia.code, errors.UnsupportedMedia.title, "This address takes another kind of body."),
    422: (errors.Invalid.code, errors.Invalid.title, "Some fields are not as they should be."),
}
RULES = {"Missing data for required field.": "required", "Unknown field.": "unknown", "Field may not be null.": "null"}


class Malformed(errors.KinwardError):
    """A header or cursor that cannot be read."""

    status = 400
    code, title, _ = FOREIGN[400]


def problem(
    status: int,
    code: str,
    title: str,
    detail: str,
    *,
    entries: Iterable[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
    members: Mapping[str, Any] = MappingProxyType({}),
) -> Response:
    """A problem+json answer. `entries` name the fields at fault: field, rule, message, remedy. `members` are more."""
    known = state.find()
    body = {
        **members,
        "type": f"urn:kinward:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
        "request_id": known.request_id if known else None,
        "errors": [{name: text for name, text in entry.items() if text is not None} for entry in entries],
    }
    return Response(json.dumps(body), status=status, mimetype=MEDIA_TYPE, headers=dict(headers or {}))


def register(app: Flask) -> None:
    """Answer every error of `app` as a problem."""
    app.register_error_handler(errors.KinwardError, of_ours)
    app.register_error_handler(HTTPException, of_http)
    app.register_error_handler(marshmallow.ValidationError, of_validation)
    app.register_error_handler(SQLAlchemyError, of_database)
    app.register_error_handler(Exception, of_fault)


def of_ours(error: errors.KinwardError) -> Response:
    """Our own errors carry what the client may read, save a fault of the service itself."""
    if isinstance(error, errors.NotFound):
        return problem(error.status, error.code, error.title, FOREIGN[404][2])
    if error.status >= 500 and not isinstance(error, errors.Unavailable):
        return of_fault(error)
    if isinstance(error, errors.Unavailable):
        LOG.warning("unavailable", extra={"fault": type(error.__cause__ or error).__name__})
        detail = "A part that is needed cannot be reached just now. Try again shortly."
        return problem(error.status, error.code, error.title, detail, headers={"Retry-After": RETRY_SECONDS})
    entries = [
        {
            "field": each.field,
            "rule": each.rule,
            "message": each.message,
            "remedy": each.remedy,
            "facts": dict(each.facts) or None,
        }
        for each in (error, *error.also)
        if each.field or each.rule or each.remedy
    ]
    headers = {}
    if isinstance(error, errors.Unauthenticated):
        headers["WWW-Authenticate"] = 'Bearer error="invalid_token"' if error.rule else "Bearer"
    return problem(
        error.status, error.code, error.title, error.message, entries=entries, headers=headers, members=error.members
    )


def of_http(error: HTTPException) -> Response:
    """What werkzeug and webargs raise; their own words stay out, the fields that webargs names go in."""
    status = error.code or 500
    if status >= 500:
        return of_fault(error)
    phrase = HTTPStatus(status).phrase.capitalize()
    code, title, detail = FOREIGN.get(status, (phrase.lower().replace(" ", "-"), phrase, phrase))
    data = getattr(error, "data", None)
    messages = data.get("messages") if isinstance(data, dict) else None
    headers = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
    return problem(status, code, title, detail, entries=_by_location(messages), headers=headers)


def of_validation(error: marshmallow.ValidationError) -> Response:
    """A schema said no inside a route."""
    return problem(422, *FOREIGN[422], entries=field_entries(error.messages))


def of_database(error: SQLAlchemyError) -> Response:
    """A lost race, a database out of reach, or a fault of ours."""
    translated = database_errors.translate(error)
    if translated is None:
        return of_fault(error)
    LOG.warning(
        "database", extra={"fault": type(error).__name__, "sqlstate": database_errors.sqlstate(error) or "none"}
    )
    return of_ours(translated)


def of_fault(error: Exception) -> Response:
    """Anything else is our fault: logged with its place, answered without its text."""
    LOG.error("unexpected error", exc_info=error, extra={"fault": type(error).__name__})
    detail = "Something went wrong on our side; nothing was changed. Report the request id."
    return problem(500, errors.KinwardError.code, errors.KinwardError.title, detail)


def _by_location(messages: Any) -> Iterator[dict[str, str | None]]:
    """webargs keys its messages by where the data came from: json, query, path."""
    if isinstance(messages, Mapping):
        for inner in messages.values():
            yield from field_entries(inner)


def field_entries(messages: Any, path: str = "") -> Iterator[dict[str, str | None]]:
    """One entry per field of marshmallow's nested messages; a field within another is `outer.0.inner`."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from field_entries(inner, path if key == "_schema" else f"{path}.{key}" if path else str(key))
    elif isinstance(messages, list | tuple):
        for inner in messages:
            yield from field_entries(inner, path)
    else:
        text = str(messages)
        rule = getattr(messages, "rule", None) or RULES.get(text, "form")
        yield {"field": path or None, "rule": rule, "message": text}
