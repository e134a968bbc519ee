"""Missing-child alerts."""

from alembic import op

revision = "registry_0009"
down_revision = "registry_0008"


def upgrade() -> None:
    """Nothing yet."""
    op.execute("select 1")
