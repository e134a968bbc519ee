"""Legal measures, consents."""

from alembic import op

revision = "registry_0007"
down_revision = "registry_0006"


def upgrade() -> None:
    """Nothing yet."""
    op.execute("select 1")
