"""What registry says of two records of one child, and of a child whose record was erased."""

from alembic import op

revision = "reporting_0005"
down_revision = "reporting_0004"
phase = "founding"


def upgrade() -> None:
    """Read tables that hold something already lack what was said before: they are built anew (projections.VERSION)."""
    for schema in ("figures_a", "figures_b"):
        op.execute(
            f"""
            alter table {schema}.child add column merged_into uuid, add column erased boolean not null default false;
            create index on {schema}.child (id) where erased;
            """
        )
