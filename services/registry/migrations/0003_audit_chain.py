"""The audit log's chain: the technical tables' third version."""

from alembic import op

from shared import technical_tables

revision = "registry_0003"
down_revision = "registry_0002"
phase = "founding"


def upgrade() -> None:
    """Number and chain the audit rows, and let nothing change them."""
    technical_tables.create_v3(op)
