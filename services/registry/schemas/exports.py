"""What the API takes for exports."""

from marshmallow import Schema, fields, validate

from services.registry.domain.exports import COLUMNS, RECORDS
from shared.http import CodeField, Several

OPEN = tuple(status.value for status in RECORDS)


class SubjectAccess(Schema):
    """Why everything held on a child is handed out, and as what."""

    ground = CodeField("export_ground", required=True)
    form = fields.String(load_default="json", validate=validate.OneOf(["json", "pdf"]))


class ExportChildren(Schema):
    """Which children as a table, why, and as what."""

    ground = CodeField("export_ground", required=True)
    form = fields.String(load_default="csv", validate=validate.OneOf(["csv", "xlsx"]))
    status = Several(fields.String(validate=validate.OneOf(OPEN)), load_default=("active",))
    columns = Several(fields.String(validate=validate.OneOf(COLUMNS)), load_default=COLUMNS)
