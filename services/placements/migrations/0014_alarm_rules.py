"""Alarms name the rule that they are about."""

from alembic import op

revision = "placements_0014"
down_revision = "placements_0013"
phase = "founding"


def upgrade() -> None:
    """Open alarms of breaches and of signatures take up their rule; those of other things are of none."""
    op.execute(
        """
        alter table alarm add column rule text;
        update alarm set rule = breach.rule from breach
        where breach.id = alarm.about and alarm.settled_at is null;
        update alarm set rule = exemption.rule from exemption
        where exemption.id = alarm.about and alarm.settled_at is null;
        """
    )
