"""What the silence of the deciding body meant for a case."""

from alembic import op

revision = "placements_0017"
down_revision = "placements_0016"
phase = "founding"


def upgrade() -> None:
    """No case has met with silence yet."""
    op.execute(
        """
        alter table gatekeeping_case
            add column silence text check (silence in ('lapses', 'refused')),
            add check (silence is null or status = 'lapsed');
        """
    )
