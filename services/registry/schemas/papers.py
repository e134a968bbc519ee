"""What the API takes and gives about a child's papers."""

from flask_smorest.fields import Upload
from marshmallow import Schema, fields, validate

from services.registry.domain.papers import DocumentState
from shared.http import CodeField

LINE = validate.Length(max=200)
TEXT = validate.Length(max=2000)
SOMEONE = validate.Length(min=1, max=200)


class AttachmentSaid(Schema):
    """What is said of a file: its kind, the ground on which it is kept, when it was taken or issued."""

    kind = CodeField("attachment_kind", required=True)
    ground = CodeField("attachment_ground", required=True)
    taken_on = fields.Date(load_default=None)


class AttachmentFile(Schema):
    """The file: JPEG, PNG or PDF by its content, and declared as what it is."""

    file = Upload(required=True)


class AttachmentForm(AttachmentSaid, AttachmentFile):
    """The whole form, as it is documented: a file, and what is said of it."""


class WithdrawAttachment(Schema):
    """Why the file is taken out."""

    reason = CodeField("attachment_error", required=True)


class Attachment(Schema):
    """A file kept for a child, without its content; `file_name` is what its sender called it."""

    id = fields.UUID(required=True)
    reference = fields.String(required=True)
    version = fields.Integer(required=True)
    kind = fields.String(required=True)
    media_type = fields.String(required=True)
    size = fields.Integer(required=True)
    ground = fields.String(required=True)
    taken_on = fields.String(required=True, allow_none=True)
    file_name = fields.String(required=True)
    sha256 = fields.String(required=True)
    added_by = fields.String(required=True)
    added_at = fields.AwareDateTime(required=True, format="iso")
    status = fields.String(required=True)
    withdrawn_because = fields.String(required=True, allow_none=True)


class Attachments(Schema):
    """The files of a child."""

    items = fields.List(fields.Nested(Attachment), required=True)


class StateDocument(Schema):
    """How it stands with one paper; number, issuer, day of issue and file only of one that is held."""

    kind = CodeField("document_kind", required=True)
    state = fields.Enum(DocumentState, by_value=True, required=True)
    since = fields.Date(required=True)
    attachment = fields.UUID(load_default=None, allow_none=True)
    number = fields.String(load_default="", validate=LINE)
    issuer = fields.String(load_default="", validate=LINE)
    issued_on = fields.Date(load_default=None, allow_none=True)


class Document(Schema):
    """One line of the checklist: for whom the pack wants the paper, and how it stands with it."""

    id = fields.UUID(required=True, allow_none=True)
    version = fields.Integer(required=True, allow_none=True)
    kind = fields.String(required=True)
    for_whom = fields.String(required=True, allow_none=True)
    mandatory = fields.Boolean(required=True)
    state = fields.String(required=True)
    since = fields.Date(required=True, allow_none=True)
    attachment = fields.UUID(required=True, allow_none=True)
    number = fields.String(required=True)
    issuer = fields.String(required=True)
    issued_on = fields.String(required=True, allow_none=True)


class Checklist(Schema):
    """The checklist of a child's personal file."""

    items = fields.List(fields.Nested(Document), required=True)


class OpenIdentityWork(Schema):
    """A paper to be obtained; `owner` is the account that sees to it: the caller's, where none is named."""

    kind = CodeField("identity_work_kind", required=True)
    owner = fields.String(load_default=None, validate=SOMEONE)
    due = fields.Date(load_default=None, allow_none=True)


class HandIdentityWorkOn(Schema):
    """The account that sees to it from now on."""

    owner = fields.String(required=True, validate=SOMEONE)


class Application(Schema):
    """It was applied for."""

    on = fields.Date(required=True)
    office = fields.String(load_default="", validate=LINE)


class PaperObtained(Schema):
    """The paper is there."""

    on = fields.Date(required=True)
    number = fields.String(load_default="", validate=LINE)


class InWords(Schema):
    """It ended on a day, for reasons told in words."""

    on = fields.Date(required=True)
    words = fields.String(required=True, validate=validate.And(validate.Length(min=1), TEXT))


class IdentityWork(Schema):
    """One paper to be obtained for a child."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    kind = fields.String(required=True)
    status = fields.String(required=True)
    owner = fields.String(required=True)
    opened_on = fields.Date(required=True)
    due = fields.Date(required=True)
    applied_on = fields.Date(required=True, allow_none=True)
    ended_on = fields.Date(required=True, allow_none=True)
    office = fields.String(required=True)
    number = fields.String(required=True)
    words = fields.String(required=True)


class IdentityWorks(Schema):
    """The identity work of a child."""

    items = fields.List(fields.Nested(IdentityWork), required=True)


class OverdueWork(Schema):
    """A paper not obtained in time: whose it is, since when, and to which role it goes."""

    id = fields.UUID(required=True)
    child = fields.UUID(required=True)
    area = fields.String(required=True)
    kind = fields.String(required=True)
    status = fields.String(required=True)
    owner = fields.String(required=True)
    due = fields.Date(required=True)
    told_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    escalation = fields.String(required=True)
