"""A child's record knows which records gave way to it: what they hold is read with it."""

from alembic import op

revision = "placements_0016"
down_revision = "placements_0015"
phase = "founding"


def upgrade() -> None:
    """What was merged before is known from the other side; those children are looked at by the next turn."""
    op.execute(
        """
        alter table whereabouts add column merged uuid[] not null default '{}';
        update whereabouts set merged = gone.ids, next_on = least(whereabouts.next_on, current_date)
        from (
            select merged_into, array_agg(child order by child) as ids from whereabouts
            where merged_into is not null group by merged_into
        ) gone
        where whereabouts.child = gone.merged_into;
        update whereabouts set next_on = least(next_on, current_date) where merged_into is not null;
        """
    )
