"""Kin, broken glass, unusual reading."""

from alembic import op

revision = "registry_0013"
down_revision = "registry_0012"


def upgrade() -> None:
    """Nothing yet."""
    op.execute("select 1")
