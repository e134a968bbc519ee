"""The database work of one request: one unit of work, one commit, after the answer is made and before it leaves.

    with http.transaction() as uow:      # a command: rows, events, audit and the idempotency key in one commit
        return uow.execute(handlers.register_parcel, command)

    with http.reading() as session:      # a query: one read-only snapshot
        return views.parcel(session, parcel_id)

Leaving the block flushes; the commit comes when the answer has been made from what the route returned, so that the
answer kept under an Idempotency-Key is in the same transaction and an answer that cannot be made changes nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Protocol
from uuid import UUID

from flask import Response, current_app, request
from sqlalchemy.orm import Session

from shared import row_security
from shared.http import idempotency, reached, state
from shared.http.idempotency import Replayed
from shared.http.service import service
from shared.unit_of_work import Context

__all__ = ["Replayed", "Work", "abandon", "note", "reading", "session", "transaction"]

Row = tuple[str, UUID | None, str, dict[str, Any]]


class Work(Protocol):
    """What the frame does with an open transaction or reading once the answer is there."""

    uow: Any

    def finish(self, response: Response) -> None:
        """Keep what was done."""

    def close(self) -> None:
        """Give the connection back; what was not committed is gone."""


class _Transaction:
    def __init__(self, uow: Any, claim: idempotency.Claim | None) -> None:
        self.uow = uow
        self._claim = claim

    def finish(self, response: Response) -> None:
        if response.status_code >= 400:
            return
        if self._claim is not None:
            self._claim.keep(self.uow.session, response)
        self.uow.commit()

    def close(self) -> None:
        self.uow.rollback()
        self.uow.close()


class _Reading:
    def __init__(self, uow: Any) -> None:
        self.uow = uow

    def finish(self, response: Response) -> None:
        """Nothing to keep: the snapshot was read-only."""

    def close(self) -> None:
        self.uow.rollback()
        self.uow.close()


def _open() -> Any:
    known = state.current()
    if known.work is not None:
        raise RuntimeError("one request has one transaction")
    return service().make_uow(_context())


def _context() -> Context:
    """Who acts, and how far the person reaches with this route: the database is told, where it filters rows."""
    found = state.context()
    who = state.current().principal
    if who is None:
        return found
    reach, sealing = reached.of_rows(who)
    return replace(found, reach=reach, sealing=sealing)


@contextmanager
def transaction() -> Iterator[Any]:
    """The unit of work of this request; committed once, by the frame, when the answer has been made.

    A request already answered under its Idempotency-Key ends here with the kept answer. Rolls back on any error.
    """
    uow = _open()
    claim = idempotency.Claim.of_request() if _needs_key() else None
    known = state.current()
    known.work = _Transaction(uow, claim)
    try:
        if claim is not None:
            claim.stake(uow.session)
        yield uow
        uow.session.flush()
    except BaseException:
        abandon()
        raise


@contextmanager
def reading() -> Iterator[Session]:
    """A read-only session over one snapshot; what it loaded may still be read until the answer is made."""
    uow = _open()
    state.current().work = _Reading(uow)
    try:
        row_security.snapshot(uow.session)
        yield uow.session
    except BaseException:
        abandon()
        raise


def session() -> Session:
    """The session of the request's open transaction or reading."""
    known = state.current().work
    if known is None:
        raise RuntimeError("the request has opened neither a transaction nor a reading")
    found: Session = known.uow.session
    return found


def _needs_key() -> bool:
    access = getattr(current_app.view_functions[str(request.endpoint)], "access", None)
    return access is not None and bool(access.needs_key(request.method))


def abandon() -> None:
    """Close the request's work; without `finish` before, nothing of it stays."""
    known = state.current()
    if known.work is not None:
        known.work.close()
        known.work = None


def note(rows: Sequence[Row], left: Sequence[Callable[[Any], None]] = ()) -> None:
    """Write audit rows (action, subject, outcome, detail), and what a reading leaves, in a transaction of their own."""
    uow = service().make_uow(_context())
    try:
        for action, subject, outcome, detail in rows:
            uow.note(action, subject=subject, outcome=outcome, detail=detail)
        for leave in left:
            leave(uow)
        uow.commit()
    finally:
        uow.close()
