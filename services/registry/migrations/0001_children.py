"""Children, their identifiers and revisions, import marks; event log, audit and stream tables."""

from alembic import op

from shared import technical_tables

revision = "registry_0001"
down_revision = None
phase = "founding"


def upgrade() -> None:
    """Create the first tables."""
    technical_tables.create_v1(op)
    op.execute(
        """
        create sequence child_number;
        create table child (
            id uuid primary key,
            number bigint not null unique check (number > 0),
            version integer not null check (version > 0),
            status text not null check (status in ('active', 'withdrawn')),
            withdrawn_because text,
            identity jsonb not null,
            area text generated always as (identity ->> 'area') stored,
            identifiers jsonb not null,
            siblings uuid[] not null,
            check ((status = 'withdrawn') = (withdrawn_because is not null)),
            check (not id = any (siblings))
        );
        create index child_area on child (area, id);
        create table identifier (
            kind text not null,
            issuer text not null,
            value text not null,
            child uuid not null references child,
            primary key (kind, issuer, value)
        );
        create index identifier_value on identifier (value);
        create index identifier_child on identifier (child);
        create table child_revision (
            child uuid not null references child,
            version integer not null,
            kind text not null check (kind in ('amendment', 'correction')),
            at timestamptz not null,
            actor text not null,
            "on" date,
            before jsonb not null,
            primary key (child, version),
            check ((kind = 'amendment') = ("on" is not null))
        );
        create table import_mark (
            file_sha256 text not null,
            register text not null,
            lines_done integer not null check (lines_done >= 0),
            at timestamptz not null,
            primary key (file_sha256, register)
        );
        create table import_refusal (
            file_sha256 text not null,
            register text not null,
            line integer not null check (line > 1),
            primary key (file_sha256, register, line)
        );
        """
    )
