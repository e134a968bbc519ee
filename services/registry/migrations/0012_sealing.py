"""Requests to erase, seals and their openings, breaches of personal data."""

from alembic import op

revision = "registry_0012"
down_revision = "registry_0011"


def upgrade() -> None:
    """Create the tables. None refers to child: an erasure and a seal outlive what they are about."""
    _create_erasures()


def _create_erasures() -> None:
    """An executed one is a tombstone: its words are gone with the child's key. Two accounts, always."""
    op.execute(
        """
        create table erasure (
            id uuid primary key,
            version integer not null check (version > 0),
            child uuid not null,
            ground text not null check (ground in ('registered-in-error', 'retention-over', 'court-order')),
            status text not null check (status in ('asked', 'executed', 'refused')),
            asked_by text not null,
            asked_at timestamptz not null,
            decided_by text,
            decided_at timestamptz,
            sealed bytea,
            check ((status = 'asked') = (decided_by is null)),
            check ((decided_by is null) = (decided_at is null)),
            check (status <> 'executed' or decided_by <> asked_by)
        );
        create unique index erasure_open on erasure (child) where status = 'asked';
        create index erasure_child on erasure (child);
        create table file_offer (
            child uuid primary key,
            offered_on date not null,
            answer text not null,
            by text not null,
            at timestamptz not null
        );
        """
    )
