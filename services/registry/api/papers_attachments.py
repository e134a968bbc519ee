"""The routes of files kept for a child. What is sent in is made anew before anything else sees it (shared/cleaning)."""

from typing import Any
from uuid import UUID

from flask import Response, request

from services.registry.api import reaching
from services.registry.commands import papers as commands
from services.registry.domain.papers_attachments import Attachment
from services.registry.handlers import papers as handlers
from services.registry.schemas import papers as schemas
from services.registry.views import papers as views
from shared import cleaning, http
from shared.ids import new_id

LARGEST = 10 * 1024 * 1024
"""Bytes of a file at most, whatever the pack says: the database takes no more."""
BESIDE = 64 * 1024
"""Bytes of a request beside its file."""
MEBIBYTE, MILLION = 1024 * 1024, 1_000_000
FORM = "multipart/form-data"
SUFFIX = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}
NAME = 200

attachments = http.Blueprint("attachments", __name__, description="Documents and photographs of a child")


@attachments.post("/children/<uuid:child_id>/attachments")
@http.requires("registry.attachment.add", audits="child_id", accepts=(FORM,), max_body=LARGEST + BESIDE)
@attachments.arguments(schemas.AttachmentFile, location="files")
@attachments.response(201, http.Receipt)
@attachments.doc(requestBody={"content": {FORM: {"schema": schemas.AttachmentForm}}})
def add_attachment(files: dict[str, Any], child_id: UUID) -> Attachment:
    """Keep a document or a photograph: JPEG, PNG or PDF by content, made anew, sealed under the child's key."""
    said = schemas.AttachmentSaid().load(request.form.to_dict())
    acting, file = http.acting(), files["file"]
    made = cleaning.clean(file.read(), file.mimetype, limits())
    with http.transaction() as uow:
        reaching.locked_child(uow, child_id)
        command = commands.AddAttachment(
            id=new_id(),
            child=child_id,
            media_type=made.media_type,
            content=made.data,
            file_name=(file.filename or "")[:NAME],
            **said,
            **acting,
        )
        return uow.execute(handlers.add_attachment, command)


@attachments.get("/children/<uuid:child_id>/attachments")
@http.requires("registry.attachment.read", audits="child_id")
@attachments.response(200, schemas.Attachments)
def read_attachments(child_id: UUID) -> dict[str, Any]:
    """The files of a child, those withdrawn too, without their content."""
    with http.reading() as session:
        reaching.child(session, child_id)
        return {"items": views.attachments(session, child_id)}


@attachments.get("/children/<uuid:child_id>/attachments/<uuid:attachment_id>")
@http.requires("registry.attachment.read", audits="child_id")
@attachments.response(200, content_type="application/octet-stream", schema={"type": "string", "format": "binary"})
def read_attachment(child_id: UUID, attachment_id: UUID) -> Response:
    """The content of a file, to be saved and not to be shown: its name is its reference."""
    with http.reading() as session:
        reaching.child(session, child_id)
        file, content = views.content(session, child_id, attachment_id)
    http.etag(file["version"])
    name = f"{file['reference']}.{SUFFIX[file['media_type']]}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return Response(content, mimetype=file["media_type"], headers=headers)


@attachments.post("/children/<uuid:child_id>/attachments/<uuid:attachment_id>/withdrawal")
@http.requires("registry.attachment.withdraw", audits="child_id", if_match=True)
@attachments.arguments(schemas.WithdrawAttachment)
@attachments.response(201, http.Receipt)
def withdraw_attachment(given: dict[str, Any], child_id: UUID, attachment_id: UUID) -> Attachment:
    """Take out a file entered in error: its content is destroyed, the entry is kept."""
    with http.transaction() as uow:
        reaching.child(uow.session, child_id)
        if views.child_of_attachment(uow.session, attachment_id) != child_id:
            raise http.OutOfScope("No attachment of this child with this id.", field="attachment")
        http.require_version(uow.attachments.get(attachment_id))
        command = commands.WithdrawAttachment(id=attachment_id, **given, **http.acting())
        return uow.execute(handlers.withdraw_attachment, command)


def limits() -> cleaning.Limits:
    """How large files may be, as the pack has it."""
    pack, today = http.pack(), http.acting()["today"]
    size, pixels, pages = (pack.parameter(f"attachment_{name}", today).whole() for name in ("size", "pixels", "pages"))
    return cleaning.Limits(min(size * MEBIBYTE, LARGEST), pixels * MILLION, pages)
