"""The day's turn: limits that were told, whom something outside a child's own record concerns, which law was seen."""

from alembic import op

revision = "placements_0013"
down_revision = "placements_0012"
phase = "founding"


def upgrade() -> None:
    """Children in care have no `next_on` yet: the first turn finds no law seen, and looks at all of them."""
    op.execute(
        """
        alter table whereabouts add column limits jsonb not null default '[]';
        create table turn_child (
            id bigint generated always as identity primary key,
            child uuid not null,
            "on" date not null
        );
        create index turn_child_child on turn_child (child);
        create table turn_provider (
            id bigint generated always as identity primary key,
            provider uuid not null,
            "on" date not null
        );
        create table turn_law (
            one smallint primary key default 1 check (one = 1),
            digest text not null,
            seen_on date not null,
            spread_on date,
            spread_areas text[],
            spread_after uuid,
            check (spread_on is not null or (spread_areas is null and spread_after is null))
        );
        """
    )
