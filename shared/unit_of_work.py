"""The unit of work on PostgreSQL: rows, events and audit in one commit. Services add their repositories
(shared/repository) to it.
"""

import time
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import event as sqlalchemy_event
from sqlalchemy.orm import Session

from shared import aggregate, audit, event_log, failpoints, metrics, protection, row_security, telemetry
from shared.audit import AuditRow
from shared.envelope import Event
from shared.event_schema import Catalogue, CodeBook
from shared.ids import new_id
from shared.reach import Reach
from shared.row_security import Caller
from shared.telemetry import events as spans

Result = TypeVar("Result")


@dataclass(frozen=True)
class Context:
    """Who acts, when, and in answer to what. `at` is an aware UTC instant.

    For row-level security: how far a person reaches (nowhere, where it is not said), whether to what is sealed too, or
    that no person asks but the system itself, which sees all rows.
    """

    actor: str
    at: datetime
    roles: tuple[str, ...] = ()
    request_id: str | None = None
    correlation_id: UUID | None = None
    causation_id: UUID | None = None
    reach: Reach | None = None
    sealing: bool = False
    system: bool = False


class SqlUnitOfWork:
    """One transaction. `commit` writes what changed, then audit, then the events as the last statement (EVENTS 2)."""

    row_security = False

    def __init__(
        self,
        session: Session,
        context: Context,
        catalogue: Catalogue,
        codes: CodeBook,
        keys: protection.KeyProvider | None = None,
    ) -> None:
        self.session = session
        if self.row_security:
            row_security.guard(
                session, Caller(context.actor, context.at, context.reach, context.sealing, context.system)
            )
        if keys is not None:  # first: what is sealed is sealed before anything else looks at what is flushed
            protection.attach(session, keys)
        self._catalogue = catalogue
        self._codes = codes
        self._facts: list[tuple[int, int, aggregate.Aggregate, object]] = []
        self._audit: list[AuditRow] = []
        self._contexts = [(aggregate.next_moment(), _rooted(context))]
        sqlalchemy_event.listen(session, "before_flush", self._collect)

    @property
    def keys(self) -> protection.Keyring:
        """The data keys of subjects; only of a service that was given keys."""
        return protection.keyring(self.session)

    @property
    def context(self) -> Context:
        """The context of what is done now."""
        return self._contexts[-1][1]

    def expect(self, subjects: Iterable[UUID]) -> None:
        """Load what events about these subjects will need; a service that answers them one by one leaves it so."""

    def caused_by(self, event: Event) -> None:
        """What follows is done in answer to `event`: its correlation goes on, it becomes the cause."""
        answer = replace(self.context, correlation_id=event.correlation_id, causation_id=event.id)
        self._contexts.append((aggregate.next_moment(), answer))

    def execute(self, handler: Callable[[Any, Any], Result], command: object) -> Result:
        """Run `handler(self, command)` and note in the audit log who did it to what."""
        name = type(command).__name__
        started, outcome = time.perf_counter(), "failed"
        try:
            result = handler(self, command)
            outcome = "done"
        finally:
            timer = metrics.HANDLERS.labels(self._catalogue.service, name, outcome)
            timer.observe(time.perf_counter() - started)
        self.note(name, subject=getattr(result, "id", None))
        return result

    def note(
        self, action: str, subject: UUID | None = None, outcome: str = "done", detail: dict[str, Any] | None = None
    ) -> None:
        """Add an audit row: codes and ids only, never a field's value."""
        context = self.context
        self._audit.append(
            AuditRow(
                id=new_id(),
                at=context.at,
                actor=context.actor,
                roles=context.roles,
                action=action,
                subject=subject,
                outcome=outcome,
                request_id=context.request_id,
                correlation_id=context.correlation_id or new_id(),
                detail=detail or {},
            )
        )

    def commit(self) -> None:
        """One commit: rows, audit, events. Nothing of it is visible, nor told to anyone, without the rest."""
        begun, entries = telemetry.now(), []
        self.session.flush()
        self.write_copied()
        self._collect()
        audit.append(self.session.connection(), self._audit)
        if self._facts:
            entries = self._entries()
            event_log.append(self.session.connection(), entries)
            failpoints.hit("log.appended")
        self.session.commit()
        if entries and telemetry.on():
            spans.written(self._catalogue.service, entries, begun)
        self._forget()

    def write_copied(self) -> None:
        """Write what repositories keep to be written by COPY; a service that has such says how."""

    def note_facts(self, roots: Iterable[aggregate.Aggregate]) -> None:
        """Take the facts of roots that the session does not know."""
        self._facts += [(moment, version, root, fact) for root in roots for moment, version, fact in root.pull_facts()]

    def rollback(self) -> None:
        """Forget everything since the last commit."""
        self.session.rollback()
        self._forget()

    def close(self) -> None:
        """Give the connection back; what was not committed is gone."""
        self.session.close()

    def _forget(self) -> None:
        self._facts, self._audit = [], []

    def _collect(self, *_: object) -> None:
        changed = (*self.session.new, *self.session.dirty)
        self.note_facts(root for root in changed if isinstance(root, aggregate.Aggregate))

    def _entries(self) -> list[event_log.NewEvent]:
        self._facts.sort(key=lambda row: row[0])
        moments = [moment for moment, _ in self._contexts]
        entries = []
        for moment, version, _root, fact in self._facts:
            context = self._contexts[bisect_right(moments, moment) - 1][1]
            type_, subject, data = self._catalogue.encode(fact, self._codes)
            entries.append(
                event_log.NewEvent(
                    id=new_id(),
                    type=type_,
                    subject=subject,
                    time=context.at,
                    data=data,
                    subject_version=version,
                    correlation_id=context.correlation_id or new_id(),
                    causation_id=context.causation_id,
                )
            )
        return entries


def _rooted(context: Context) -> Context:
    return context if context.correlation_id else replace(context, correlation_id=new_id())
