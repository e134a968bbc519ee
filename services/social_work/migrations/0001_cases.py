"""Centres, workers, cases, what is known of children; event log, audit and stream tables."""

from alembic import op

from shared import technical_tables

revision = "social_work_0001"
down_revision = None
phase = "founding"


def upgrade() -> None:
    """Create the first tables.

    References are checked at the commit: one transaction may open a centre, its worker and a case in any order of rows.
    """
    technical_tables.create_v1(op)
    op.execute(
        """
        create table centre (
            id uuid primary key,
            version integer not null check (version > 0),
            name text not null,
            area text not null,
            register text,
            register_key text,
            unique (register, register_key),
            check ((register is null) = (register_key is null))
        );
        create table worker (
            id uuid primary key,
            version integer not null check (version > 0),
            centre uuid not null references centre deferrable initially deferred,
            account text unique,
            register text,
            register_key text,
            unique (register, register_key),
            check ((register is null) = (register_key is null))
        );
        create table case_file (
            id uuid primary key,
            version integer not null check (version > 0),
            child uuid not null,
            kind text not null,
            centre uuid not null references centre deferrable initially deferred,
            worker uuid references worker deferrable initially deferred,
            status text not null check (status in ('intake', 'in_progress', 'closed')),
            opened_on date not null,
            assigned_on date,
            closed_on date,
            close_reason text,
            check ((worker is null) = (assigned_on is null)),
            check (status <> 'in_progress' or worker is not null),
            check ((status = 'closed') = (closed_on is not null)),
            check ((status = 'closed') = (close_reason is not null)),
            check (closed_on >= opened_on)
        );
        create index case_file_child on case_file (child);
        create index case_file_centre on case_file (centre, id);
        create index case_file_worker on case_file (worker, id);
        create table child (
            id uuid primary key,
            area text,
            confirmed boolean not null default false,
            withdrawn boolean not null default false,
            placements uuid[] not null default '{}'
        );
        create index child_in_care on child (id) where placements <> '{}' and not withdrawn;
        """
    )
