"""Identity work, the checklist of papers, attachments."""

from alembic import op

revision = "registry_0010"
down_revision = "registry_0009"


def upgrade() -> None:
    """Nothing yet."""
    op.execute("select 1")
