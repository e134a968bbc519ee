"""In which house or group of its provider a child lives."""

from alembic import op

revision = "placements_0018"
down_revision = "placements_0017"
phase = "founding"


def upgrade() -> None:
    """Of stays until now it is not known."""
    op.execute(
        """
        alter table placement add column unit text;
        create index placement_unit on placement (provider, unit) where state = 'active' and unit is not null;
        """
    )
