"""Merges and their undoing."""

from alembic import op

revision = "registry_0011"
down_revision = "registry_0010"
phase = "founding"


def upgrade() -> None:
    """One row a merge. A record gives way to one other at a time; what both were before is sealed for the kept one."""
    op.execute(
        """
        create table joining (
            id uuid primary key,
            version integer not null check (version > 0),
            kept uuid not null references child,
            merged uuid not null references child,
            place integer not null check (place > 1),
            status text not null check (status in ('joined', 'undone')),
            ground text not null,
            chosen text[] not null,
            by text not null,
            at timestamptz not null,
            undone_by text,
            undone_at timestamptz,
            sealed bytea not null,
            unique (kept, place),
            check (kept <> merged),
            check ((status = 'undone') = (undone_by is not null)),
            check ((undone_by is null) = (undone_at is null))
        );
        create unique index joining_standing on joining (merged) where status = 'joined';
        """
    )
