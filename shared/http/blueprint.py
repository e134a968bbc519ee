"""The blueprint of every API: flask-smorest's, which also writes each route's access and problems into the document."""

from http import HTTPStatus
from typing import Any

import flask_smorest

from shared.http.access import Access
from shared.http.bodies import StrictParser

KEY_PARAMETER = "IDEMPOTENCY_KEY"
VERSION_PARAMETER = "IF_MATCH"


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """Use this in api.py; its `url_prefix`, if any, comes below /<service>."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, name: str, import_name: str, **options: Any) -> None:
        """Take what flask_smorest.Blueprint takes."""
        super().__init__(name, import_name, **options)
        self._prepare_doc_cbks.append(self._document_access)

    @staticmethod
    def _document_access(doc: dict[str, Any], info: dict[str, Any], *, method: str, **_: Any) -> dict[str, Any]:
        access = info.get("access")
        if not isinstance(access, Access):
            return doc
        verb = method.upper()
        responses = doc.setdefault("responses", {})
        for status in _problems(access, verb, has_body="requestBody" in doc):
            responses.setdefault(status, HTTPStatus(status).name)
        if access.permission is None:
            return doc | {"security": [], "x-public": access.public_reason}
        parameters = [KEY_PARAMETER] * access.needs_key(verb) + [VERSION_PARAMETER] * access.needs_version(verb)
        if parameters:
            doc["parameters"] = [*doc.get("parameters", []), *parameters]
        return doc | {"security": [{"bearer": []}], "x-permission": access.permission}


def _problems(access: Access, verb: str, *, has_body: bool) -> list[int]:
    """Statuses of the problems that an operation may answer with."""
    found = {400, 404, 500, 503}
    if access.permission is not None:
        found |= {401, 403}
    if access.audits is not None:  # what is read of one record may be refused by its state or by a rule
        found |= {409, 422}
    if has_body:
        found |= {411, 413, 415, 422}
    if not access.reads(verb):
        found |= {409, 422}
    if access.needs_key(verb):
        found |= {428}
    if access.needs_version(verb):
        found |= {412, 428}
    return sorted(found)
