"""Missing-child alerts, their clocks, and pairs of found and missing children."""

from alembic import op

revision = "registry_0009"
down_revision = "registry_0008"
phase = "founding"


def upgrade() -> None:
    """Create the tables. What describes a child is in `sealed`."""
    op.execute(
        """
        create sequence alert_number;
        create table alert (
            id uuid primary key,
            number bigint not null unique check (number > 0),
            version integer not null check (version > 0),
            child uuid references child,
            area text not null,
            owner text not null check (owner <> ''),
            raised_at timestamptz not null,
            stage text not null check (stage in (
                'raised', 'police_told', 'agency_told', 'investigation_open', 'found_alive', 'found_dead', 'closed')),
            close_reason text,
            sealed bytea,
            check ((stage = 'closed') = (close_reason is not null))
        );
        create unique index alert_one_open on alert (child)
            where stage in ('raised', 'police_told', 'agency_told', 'investigation_open');
        create index alert_area on alert (area, id);
        create index alert_child on alert (child);
        create table alert_clock (
            alert uuid not null references alert,
            step text not null check (step in (
                'police-told', 'agency-told', 'investigation-open', 'investigation-done', 'safety-assessed',
                'broadcast-withdrawn', 'police-release')),
            due_at timestamptz not null,
            done_at timestamptz,
            told_at timestamptz,
            primary key (alert, step),
            check (told_at >= due_at)
        );
        create index alert_clock_due on alert_clock (due_at) where done_at is null and told_at is null;
        create index alert_clock_overdue on alert_clock (due_at, alert) where done_at is null;
        create table alert_pair (
            id uuid primary key,
            version integer not null check (version > 0),
            alert uuid not null references alert,
            child uuid not null references child,
            agrees_in text[] not null,
            proposed_at timestamptz not null,
            decision text not null check (decision in ('proposed', 'same', 'different', 'unsure')),
            decided_by text,
            decided_at timestamptz,
            unique (alert, child),
            check ((decision = 'proposed') = (decided_by is null)),
            check ((decided_by is null) = (decided_at is null))
        );
        create index alert_pair_child on alert_pair (child);
        """
    )
