"""Seals, erasures."""

from alembic import op

revision = "registry_0012"
down_revision = "registry_0011"


def upgrade() -> None:
    """Nothing yet."""
    op.execute("select 1")
