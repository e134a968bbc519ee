"""Merges and their undoing."""

from alembic import op

revision = "registry_0011"
down_revision = "registry_0010"


def upgrade() -> None:
    """Nothing yet."""
    op.execute("select 1")
