"""What else is known of a child; death."""

from alembic import op

revision = "registry_0005"
down_revision = "registry_0004"


def upgrade() -> None:
    """Nothing yet."""
    op.execute("select 1")
