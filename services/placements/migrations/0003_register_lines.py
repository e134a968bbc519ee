"""What lines of registers said, and what a correction has answered."""

from alembic import op

revision = "placements_0003"
down_revision = "placements_0002"
phase = "founding"


def upgrade() -> None:
    """Add what was said; of lines taken before it is what is recorded now."""
    op.execute(
        """
        alter table placement_key add column said jsonb, add column answered jsonb;
        update placement_key set said = jsonb_build_object(
            'area', area, 'carer_relation', carer_relation, 'entry_reason', entry_reason, 'to', "to",
            'destination', destination
        ) from placement where placement.id = placement_key.placement;
        create index placement_key_placement on placement_key (placement);
        """
    )
