"""A place that is kept no longer for a child that is away is free."""

from alembic import op

revision = "placements_0015"
down_revision = "placements_0014"
phase = "founding"


def upgrade() -> None:
    """Whose place is kept no longer by now is looked at by the next turn, which counts anew."""
    op.execute(
        """
        alter table placement add column place_kept boolean not null default true;
        update whereabouts set next_on = least(whereabouts.next_on, away.until + 1)
        from (
            select child, min(kept_until) as until from absence
            where state in ('away', 'overdue') and kept_until is not null group by child
        ) away
        where away.child = whereabouts.child;
        """
    )
