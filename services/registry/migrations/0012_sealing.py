"""Requests to erase, seals and their openings, breaches of personal data."""

from alembic import op

revision = "registry_0012"
down_revision = "registry_0011"
phase = "founding"


def upgrade() -> None:
    """Create the tables. None refers to child: an erasure and a seal outlive what they are about."""
    _create_erasures()
    _create_seals()
    _create_breach_register()


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


def _create_seals() -> None:
    """Whom a sealed record became, and whose siblings it had, is in `sealed` alone, under the seal's own key.

    A task names no seal: whoever reads the tables cannot tell which record it is about.
    """
    op.execute(
        """
        create table seal (
            id uuid primary key,
            version integer not null check (version > 0),
            child uuid not null,
            level text not null check (level in ('secret', 'confidential', 'open')),
            status text not null check (status in ('asked', 'sealed', 'refused')),
            asked_by text not null,
            asked_at timestamptz not null,
            decided_by text,
            decided_at timestamptz,
            sealed bytea not null,
            check ((status = 'asked') = (decided_by is null)),
            check ((decided_by is null) = (decided_at is null)),
            check (decided_by <> asked_by)
        );
        create unique index seal_once on seal (child) where status <> 'refused';
        create table seal_opening (
            id uuid primary key,
            version integer not null check (version > 0),
            seal uuid not null references seal,
            ground text not null,
            status text not null check (status in ('asked', 'approved', 'refused')),
            asked_by text not null,
            asked_at timestamptz not null,
            decided_by text,
            decided_at timestamptz,
            until timestamptz,
            sealed bytea not null,
            check ((status = 'asked') = (decided_by is null)),
            check ((decided_by is null) = (decided_at is null)),
            check ((status = 'approved') = (until is not null)),
            check (status <> 'approved' or decided_by <> asked_by)
        );
        create index seal_opening_seal on seal_opening (seal);
        create table seal_identifier (
            digest bytea primary key check (length(digest) = 16),
            seal uuid not null references seal,
            met_at timestamptz
        );
        create table seal_watch (one smallint primary key check (one = 1), child uuid not null);
        create table seal_task (
            id uuid primary key,
            version integer not null check (version > 0),
            at timestamptz not null,
            done_by text,
            done_at timestamptz,
            sealed bytea not null,
            check ((done_by is null) = (done_at is null))
        );
        """
    )


def _create_breach_register() -> None:
    """What happened is in `sealed`, under a key of the notice's own; the clock is readable."""
    op.execute(
        """
        create table breach_notice (
            id uuid primary key,
            version integer not null check (version > 0),
            kind text not null,
            children integer not null check (children >= 0),
            known_at timestamptz not null,
            due_at timestamptz not null check (due_at >= known_at),
            authority text not null,
            status text not null check (status in ('open', 'told', 'not-needed')),
            noted_by text not null,
            noted_at timestamptz not null,
            decided_by text,
            decided_at timestamptz,
            sealed bytea not null,
            check ((status = 'open') = (decided_by is null)),
            check ((decided_by is null) = (decided_at is null))
        );
        create index breach_notice_open on breach_notice (due_at) where status = 'open';
        """
    )
