"""What registry says of two records of one child, and of a child whose record was sealed."""

from alembic import op

revision = "placements_0005"
down_revision = "placements_0004"
phase = "founding"


def upgrade() -> None:
    """A merged record keeps its own history; a sealed one is shown to nobody."""
    op.execute(
        """
        alter table whereabouts add column merged_into uuid, add column sealed boolean not null default false;
        create index whereabouts_merged_into on whereabouts (merged_into) where merged_into is not null;
        """
    )
