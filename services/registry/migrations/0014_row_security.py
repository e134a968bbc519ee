"""Row-level security."""

from alembic import op

revision = "registry_0014"
down_revision = "registry_0013"


def upgrade() -> None:
    """Nothing yet."""
    op.execute("select 1")
