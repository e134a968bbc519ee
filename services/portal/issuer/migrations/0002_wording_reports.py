"""What readers say of the words of the pages."""

from alembic import op

revision = "portal_0002"
down_revision = "portal_0001"
phase = "expand"


def upgrade() -> None:
    """Create the table; rows are deleted when a translator has read them."""
    op.execute(
        """
        create table wording_report (
            id uuid primary key,
            at timestamptz not null,
            subject text not null,
            language text not null,
            page text not null,
            words text not null check (length(words) between 1 and 500),
            better text not null check (length(better) <= 500)
        )
        """
    )
