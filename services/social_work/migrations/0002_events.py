"""Epochs, parked events, attempts and the record of what was applied: the technical tables' second version."""

from alembic import op

from shared import technical_tables

revision = "social_work_0002"
down_revision = "social_work_0001"
phase = "founding"


def upgrade() -> None:
    """Bring the technical tables to their second version."""
    technical_tables.create_v2(op)
