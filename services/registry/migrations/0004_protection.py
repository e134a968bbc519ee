"""Data keys of subjects, and sealed columns in place of what was readable."""

from alembic import op

revision = "registry_0004"
down_revision = "registry_0003"


def upgrade() -> None:
    """Nothing yet."""
    op.execute("select 1")
