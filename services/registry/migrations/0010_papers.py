"""Identity work, the checklist of the personal file, attachments."""

from alembic import op

revision = "registry_0010"
down_revision = "registry_0009"
phase = "founding"


def upgrade() -> None:
    """Create the tables. The content of an attachment is sealed under the child's key; 10 MiB at most, sealed."""
    op.execute(
        """
        create sequence attachment_number;
        create table attachment (
            id uuid primary key,
            number bigint not null unique check (number > 0),
            version integer not null check (version > 0),
            child uuid not null references child,
            kind text not null,
            media_type text not null check (media_type in ('image/jpeg', 'image/png', 'application/pdf')),
            size integer not null check (size > 0),
            ground text not null,
            added_by text not null,
            added_at timestamptz not null,
            status text not null check (status in ('kept', 'withdrawn')),
            withdrawn_because text,
            content bytea check (octet_length(content) <= 10485760 + 64),
            sealed bytea,
            check ((status = 'withdrawn') = (withdrawn_because is not null)),
            check ((status = 'withdrawn') = (content is null))
        );
        alter table attachment alter column content set storage external;
        create index attachment_child on attachment (child, id);
        create table identity_work (
            id uuid primary key,
            version integer not null check (version > 0),
            child uuid not null references child,
            kind text not null,
            status text not null check (status in ('open', 'applied', 'obtained', 'refused', 'dropped')),
            owner text not null,
            opened_on date not null,
            due date not null,
            applied_on date,
            ended_on date,
            told_at timestamptz,
            sealed bytea,
            check ((status in ('obtained', 'refused', 'dropped')) = (ended_on is not null)),
            check (status <> 'applied' or applied_on is not null)
        );
        create unique index identity_work_one_open on identity_work (child, kind) where ended_on is null;
        create index identity_work_due on identity_work (due, id) where ended_on is null;
        create index identity_work_child on identity_work (child);
        create table child_document (
            id uuid primary key,
            version integer not null check (version > 0),
            child uuid not null references child,
            kind text not null,
            state text not null check (state in ('held', 'missing', 'applied_for')),
            since date not null,
            attachment uuid references attachment,
            sealed bytea,
            unique (child, kind),
            check (attachment is null or state = 'held')
        );
        create index child_document_attachment on child_document (attachment);
        create table identity_mark (
            one smallint primary key check (one = 1),
            place uuid not null
        );
        """
    )
