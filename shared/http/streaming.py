"""Answers that are made while they are sent: as long as they like, in as much memory as one page of them takes.

What is read for a page is read in a transaction of its own, and noted in the audit log before the page leaves. A fault
on the way breaks the connection, so that a part is never taken for the whole.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from flask import Response, current_app, request, stream_with_context
from sqlalchemy.orm import Session

from shared.http import access, work


def streamed(parts: Iterable[bytes], mimetype: str) -> Response:
    """The answer whose body is made part by part, in the context of its request."""
    return Response(stream_with_context(iter(parts)), mimetype=mimetype)


@contextmanager
def reading_while_streaming() -> Iterator[Session]:
    """As `reading`, for one page of an answer under way; closed with the block."""
    with work.reading() as session:
        try:
            yield session
        finally:
            work.abandon()


def audit_now(subjects: Sequence[tuple[UUID, dict[str, Any]]]) -> None:
    """Note the reading of subjects, each with codes and ids, before what was read of them leaves."""
    declared = access.of_view(current_app.view_functions[str(request.endpoint)])
    action = str(declared.permission if declared else None)
    if subjects:
        work.note([(action, subject, "done", detail) for subject, detail in subjects])
