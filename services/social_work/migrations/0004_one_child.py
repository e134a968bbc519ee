"""What registry says of two records of one child, and of a child whose record was sealed."""

from alembic import op

revision = "social_work_0004"
down_revision = "social_work_0003"
phase = "founding"


def upgrade() -> None:
    """A merged record keeps its own cases; a sealed one's are shown to nobody."""
    op.execute(
        """
        alter table child add column merged_into uuid, add column sealed boolean not null default false;
        create index child_merged_into on child (merged_into) where merged_into is not null;
        """
    )
