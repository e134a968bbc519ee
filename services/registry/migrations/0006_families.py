"""People, households, relationships."""

from alembic import op

revision = "registry_0006"
down_revision = "registry_0005"


def upgrade() -> None:
    """Nothing yet."""
    op.execute("select 1")
