"""What the API takes for exports."""

from marshmallow import Schema, fields, validate

from services.registry.domain.children import Status
from services.registry.views.exports import COLUMNS
from shared.http import CodeField, Several

OPEN = tuple(status.value for status in (Status.ACTIVE, Status.DECEASED, Status.WITHDRAWN))


class SubjectAccess(Schema):
    """Why everything held on a child is handed out, and as what."""

    ground = CodeField("export_ground", required=True)
    form = fields.String(load_default="json", validate=validate.OneOf(["json", "pdf"]))


class ExportChildren(Schema):
    """Which children as a table, why, and as what."""

    ground = CodeField("export_ground", required=True)
    form = fields.String(load_default="csv", validate=validate.OneOf(["csv", "xlsx"]))
    status = Several(fields.String(validate=validate.OneOf(OPEN)), load_default=("active",))
    columns = Several(fields.String(validate=validate.OneOf(list(COLUMNS))), load_default=tuple(COLUMNS))
