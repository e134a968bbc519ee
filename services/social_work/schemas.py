"""What social_work's API takes and gives, in marshmallow."""

from marshmallow import Schema, fields, validate

from shared.http import AreaField, CodeField, MadeAt, page_schema

NAME = validate.Length(min=1, max=200)


class OpenCentre(Schema):
    """A social-work centre begins to work."""

    name = fields.String(required=True, validate=NAME)
    area = AreaField(required=True)


class Centre(OpenCentre):
    """A social-work centre."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)


class RegisterWorker(Schema):
    """A worker joins a centre; `account` is the subject of the worker's access tokens."""

    centre = fields.UUID(required=True)
    account = fields.String(load_default=None, allow_none=True, validate=validate.Length(min=1, max=200))


class Worker(RegisterWorker):
    """A worker of a centre."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)


class OpenCase(Schema):
    """A centre takes charge of a child's matter."""

    child = fields.UUID(required=True)
    kind = CodeField("case_kind", required=True)
    centre = fields.UUID(required=True)
    opened_on = fields.Date(required=True)


class AssignCase(Schema):
    """Put a worker in charge from a day on."""

    worker = fields.UUID(required=True)
    on = fields.Date(required=True)


class CloseCase(Schema):
    """Finish a case."""

    reason = CodeField("case_close_reason", required=True)
    closed_on = fields.Date(required=True)


class Case(OpenCase):
    """A case, from intake to closure."""

    id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    status = fields.String(required=True)
    worker = fields.UUID(allow_none=True)
    assigned_on = fields.Date(allow_none=True)
    closed_on = fields.Date(allow_none=True)
    close_reason = fields.String(allow_none=True)
    recorded_at = MadeAt()


class CaseList(Schema):
    """The cases of a child."""

    items = fields.List(fields.Nested(Case), required=True)


class ChildWithoutCase(Schema):
    """A child in care for whom nobody answers."""

    id = fields.UUID(required=True)
    area = fields.String(allow_none=True)


ChildrenWithoutCase = page_schema(ChildWithoutCase)


class SubjectAccess(Schema):
    """Why everything held on a child is handed out."""

    ground = CodeField("export_ground", required=True)
