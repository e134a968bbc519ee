"""What the other services tell of a child."""

from alembic import op

revision = "registry_0008"
down_revision = "registry_0007"


def upgrade() -> None:
    """Nothing yet."""
    op.execute("select 1")
