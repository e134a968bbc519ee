"""Idempotency-Key: a POST repeated with the same key is answered with the first answer, and done once.

The key's row is the first statement of the transaction and commits with it, so that there is no key without its deed
and no deed without its key. A second request under way with the same key waits for the first one's commit, at most
the database's lock_timeout, then is told to come back. The kept answer is the body of a POST, which by rule holds no
personal data (id, reference, version).
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from flask import Response, current_app, jsonify, request
from sqlalchemy import CursorResult, and_, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from shared import errors
from shared.http import database_errors, state
from shared.http.problems import Malformed
from shared.technical_tables import idempotency_key

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT_HEADERS = ("ETag", "Location")
LOCK_NOT_AVAILABLE = "55P03"
_FORM = re.compile(r'"?([A-Za-z0-9._:-]{8,128})"?')


class KeyReused(errors.KinwardError):
    """The key stands for another request already."""

    code = "idempotency-key-reused"
    status = 422
    title = "Idempotency-Key reused"


class Replayed(Exception):
    """The request was answered before; carries that answer."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


def require_key() -> str:
    """The request's key. Raises PreconditionMissing, or Malformed where it is not 8 to 128 plain characters."""
    given = request.headers.get(HEADER)
    if given is None:
        raise errors.PreconditionMissing(
            f"This request needs the header {HEADER}.",
            field=HEADER,
            rule="idempotency-key-missing",
            remedy="Send a new UUID for each thing you want done; send it again when you repeat the request.",
        )
    found = _FORM.fullmatch(given.strip())
    if found is None:
        raise Malformed(f"{HEADER} has 8 to 128 letters, digits, or . _ : -", field=HEADER, rule="idempotency-key-form")
    return found[1]


@dataclass(frozen=True)
class Claim:
    """One request's hold on its key."""

    principal: str
    route: str
    key: str
    body_sha256: str
    at: datetime

    @classmethod
    def of_request(cls) -> Self:
        """The claim of the request being answered: by person, route and key; address and body make the digest."""
        digest = hashlib.sha256(f"{request.method} {request.full_path}\n".encode())
        digest.update(request.get_data(cache=True))
        return cls(
            principal=state.principal().subject,
            route=f"{request.method} {state.route_name()}",
            key=require_key(),
            body_sha256=digest.hexdigest(),
            at=state.current().at,
        )

    def stake(self, session: Session) -> None:
        """Take the key, as the first statement of the transaction.

        Raises Replayed where it was answered before, KeyReused where it stands for another request, Conflict where the
        first request is still under way.
        """
        row: dict[str, Any] = {"principal": self.principal, "route": self.route, "key": self.key}
        row |= {"body_sha256": self.body_sha256, "at": self.at}
        statement = insert(idempotency_key).values(row).on_conflict_do_nothing().returning(idempotency_key.c.key)
        try:
            taken = session.execute(statement).first()
        except OperationalError as error:
            if database_errors.sqlstate(error) == LOCK_NOT_AVAILABLE:
                raise _under_way() from error
            raise
        if taken is None:
            self._replay(session)

    def _replay(self, session: Session) -> None:
        kept = session.execute(select(idempotency_key).where(self._mine())).mappings().first()
        if kept is None or kept["status"] is None:
            raise _under_way()
        if kept["body_sha256"] != self.body_sha256:
            raise KeyReused(
                f"This {HEADER} was used for another request.",
                field=HEADER,
                rule="idempotency-key-reused",
                remedy="Send a new key with a new request.",
            )
        raise Replayed(_answer(kept["status"], kept["answer"]))

    def keep(self, session: Session, response: Response) -> None:
        """Keep the answer under the key, before the commit."""
        headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        known = state.current()
        if known.etag is not None:
            headers["ETag"] = known.etag
        answer = {"body": response.get_json(silent=True), "headers": headers}
        session.execute(update(idempotency_key).where(self._mine()).values(status=response.status_code, answer=answer))

    def _mine(self) -> Any:
        table = idempotency_key.c
        return and_(table.principal == self.principal, table.route == self.route, table.key == self.key)


def _under_way() -> errors.Conflict:
    return errors.Conflict(
        "The first request with this key is still under way.",
        field=HEADER,
        rule="idempotency-key-in-use",
        remedy="Wait a moment and repeat the request with the same key.",
    )


def _answer(status: int, answer: dict[str, Any]) -> Response:
    body = answer["body"]
    response = jsonify(body) if body is not None else current_app.response_class()
    response.status_code = status
    response.headers.update(answer["headers"])
    response.headers[REPLAYED] = "true"
    return response


def forget(session: Session, before: datetime) -> int:
    """Delete keys taken before an instant; returns how many. For a timer: clients repeat within hours, not days."""
    result = session.execute(delete(idempotency_key).where(idempotency_key.c.at < before))
    assert isinstance(result, CursorResult)
    return result.rowcount
