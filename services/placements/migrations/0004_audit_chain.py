"""The audit log's chain: the technical tables' third version."""

from alembic import op

from shared import technical_tables

revision = "placements_0004"
down_revision = "placements_0003"
phase = "founding"


def upgrade() -> None:
    """Number and chain the audit rows, and let nothing change them."""
    technical_tables.create_v3(op)
