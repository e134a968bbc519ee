"""What happens when registry is asked about a child's papers, and what falls due among them. The caller commits."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from services.registry.commands import papers as commands
from services.registry.domain import papers as domain
from services.registry.domain.papers_attachments import Attachment, Attachments
from shared import uow
from shared.errors import Conflict, Invalid
from shared.ids import new_id

A_TURN = 500
STILL_UNDER_WAY = timedelta(minutes=10)
"""A registration may commit so long after its id was made; younger ones are looked through next time."""
OVERDUE = "identity-work-overdue"


class Notices(Protocol):
    """What accounts are told."""

    def tell(self, account: str, kind: str, subject: UUID) -> None:
        """Tell an account of something, once."""


class UnitOfWork(uow.UnitOfWork, Protocol):
    """A transaction over registry's database."""

    @property
    def attachments(self) -> Attachments:
        """The files."""

    @property
    def works(self) -> domain.Works:
        """The identity work."""

    @property
    def documents(self) -> domain.Documents:
        """The checklists."""

    @property
    def notices(self) -> Notices:
        """What accounts are told."""

    def work_due_days(self, kind: str) -> int:
        """The days that the pack gives for a kind of identity work."""


def open_identity_work(uow: UnitOfWork, command: commands.OpenIdentityWork) -> domain.IdentityWork:
    """Open identity work. Raises Conflict where such work is open for the child."""
    if uow.works.open_of(command.child, command.kind) is not None:
        raise Conflict("Such work is open for this child.", field="kind", rule="one-open-work")
    work = domain.IdentityWork.opened(
        command.id,
        command.child,
        command.kind,
        owner=command.owner,
        today=command.today,
        due_days=uow.work_due_days(command.kind),
    )
    if command.due is not None:
        if command.due < command.today:
            raise Invalid("This is past already.", field="due", rule="not-in-the-past")
        work.due = command.due
    uow.works.add(work)
    return work


def hand_identity_work_on(uow: UnitOfWork, command: commands.HandIdentityWorkOn) -> domain.IdentityWork:
    """Let another account see to it."""
    work = uow.works.get(command.id)
    work.hand_to(command.owner)
    return work


def record_application(uow: UnitOfWork, command: commands.RecordApplication) -> domain.IdentityWork:
    """A paper was applied for."""
    work = uow.works.get(command.id)
    work.apply(on=command.on, office=command.office, today=command.today)
    return work


def record_paper_obtained(uow: UnitOfWork, command: commands.RecordPaperObtained) -> domain.IdentityWork:
    """A paper is there. What it says of the child is amended or corrected there."""
    work = uow.works.get(command.id)
    work.obtain(on=command.on, number=command.number, today=command.today)
    return work


def record_paper_refused(uow: UnitOfWork, command: commands.RecordPaperRefused) -> domain.IdentityWork:
    """An office has refused."""
    work = uow.works.get(command.id)
    work.refuse(on=command.on, words=command.words, today=command.today)
    return work


def drop_identity_work(uow: UnitOfWork, command: commands.DropIdentityWork) -> domain.IdentityWork:
    """A paper is not needed."""
    work = uow.works.get(command.id)
    work.drop(on=command.on, words=command.words, today=command.today)
    return work


def state_document(uow: UnitOfWork, command: commands.StateDocument) -> domain.ChildDocument:
    """Say how it stands with one paper. Raises Invalid where the file is not one of this child."""
    if command.attachment is not None and not uow.attachments.kept_for(command.attachment, command.child):
        raise Invalid("No such attachment is kept for the child.", field="attachment", rule="attachment-of-child")
    document = uow.documents.of(command.child, command.kind)
    if document is None:
        document = domain.ChildDocument(command.id, command.child, command.kind, command.state, command.since)
        uow.documents.add(document)
    document.state_(
        command.state,
        since=command.since,
        today=command.today,
        attachment=command.attachment,
        number=command.number,
        issuer=command.issuer,
        issued_on=command.issued_on,
    )
    return document


def add_attachment(uow: UnitOfWork, command: commands.AddAttachment) -> Attachment:
    """Keep a file, sealed under the child's key."""
    attachment = Attachment(
        id=command.id,
        number=uow.attachments.next_number(),
        child=command.child,
        kind=command.kind,
        media_type=command.media_type,
        size=len(command.content),
        ground=command.ground,
        added_by=command.actor,
        added_at=command.at,
        file_name=command.file_name,
        sha256=hashlib.sha256(command.content).hexdigest(),
        taken_on=command.taken_on,
    )
    attachment.check(command.today)
    uow.attachments.keep(attachment, command.content)
    return attachment


def withdraw_attachment(uow: UnitOfWork, command: commands.WithdrawAttachment) -> Attachment:
    """Take out a file entered in error: its content is destroyed, the checklist shows it no longer."""
    attachment = uow.attachments.get(command.id)
    attachment.withdraw(command.reason)
    for document in uow.documents.with_file(attachment.id):
        document.lose_file()
    return attachment


def open_wanted_work(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Open the identity work that newly registered children need; returns how many children were looked through."""
    children = uow.works.new_children(at - STILL_UNDER_WAY, A_TURN)
    for child in children:
        for kind in domain.wanted(child.identity):
            if not uow.works.ever_of(child.id, kind):
                due_days = uow.work_due_days(kind)
                work = domain.IdentityWork.opened(
                    new_id(), child.id, kind, owner=child.registered_by, today=today, due_days=due_days
                )
                uow.works.add(work)
    if children:
        uow.works.looked_through(children[-1].id)
    return len(children)


def tell_overdue_work(uow: UnitOfWork, at: datetime, today: date) -> int:
    """Tell of every paper not obtained in time, once each; returns how many."""
    late = [work for work in uow.works.overdue(today, A_TURN) if work.tell_overdue(at, today)]
    for work in late:
        uow.notices.tell(work.owner, OVERDUE, work.id)
    return len(late)


CONSUMED: Mapping[str, Callable[[Any, Any], None]] = {}
TIMED: Mapping[str, Callable[[Any, datetime, date], int]] = {
    "identity-work": open_wanted_work,
    "identity-work-clocks": tell_overdue_work,
}
