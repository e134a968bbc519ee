"""Deviations from rules, and overrides."""

from alembic import op

revision = "placements_0007"
down_revision = "placements_0006"
phase = "founding"


def upgrade() -> None:
    """Two different people stand behind a deviation in force; the reason in words is sealed under the child's key."""
    op.execute(
        """
        create table exemption (
            id uuid primary key,
            child uuid not null references whereabouts,
            rule text not null,
            kind text not null check (kind in ('deviation', 'override')),
            state text not null check (state in ('proposed', 'in_force', 'refused', 'ended')),
            reason text not null,
            placement uuid references placement deferrable initially deferred,
            care_form text not null,
            provider uuid references provider,
            area text not null,
            facts jsonb not null,
            conflicts_with text,
            proposed_by text not null,
            proposed_on date not null,
            until date,
            signed_by text,
            signed_on date,
            ended_on date,
            end_reason text,
            check (kind = 'override' or signed_by is null or signed_by <> proposed_by),
            check (state not in ('in_force', 'ended') or signed_by is not null),
            check (state not in ('refused', 'ended') or ended_on is not null and end_reason is not null),
            check (kind = 'deviation' or conflicts_with is null and until is not null)
        );
        create index exemption_child on exemption (child);
        create index exemption_placement on exemption (placement);
        create index exemption_listed on exemption (area, rule, proposed_on, id);
        create table exemption_reasoning (
            id uuid primary key references exemption,
            child uuid not null references whereabouts,
            sealed bytea
        );
        create index exemption_reasoning_child on exemption_reasoning (child);
        """
    )
