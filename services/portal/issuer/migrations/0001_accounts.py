"""Accounts, invitations, proposals, sign-ins, delays, operators; the audit log with its chain."""

from alembic import op

revision = "portal_0001"
down_revision = None
phase = "founding"

# The audit log is that of every service (shared/technical_tables, third version); the portal has no event log.
STEPS = (
    """
    create function refuse_change() returns trigger language plpgsql as $$
    begin
        raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
    end
    $$
    """,
    """
    create table audit (
        id uuid primary key,
        at timestamptz not null,
        actor text not null,
        roles text[] not null,
        action text not null,
        subject uuid,
        outcome text not null,
        request_id text,
        correlation_id uuid not null,
        detail jsonb,
        sequence bigint not null unique check (sequence > 0),
        hash bytea not null check (octet_length(hash) = 32)
    )
    """,
    "create index audit_subject on audit (subject, id)",
    """
    create table audit_head (
        one smallint primary key check (one = 1),
        sequence bigint not null check (sequence >= 0),
        hash bytea not null check (octet_length(hash) = 32)
    )
    """,
    "insert into audit_head (one, sequence, hash) values (1, 0, decode(repeat('00', 32), 'hex'))",
    """
    create trigger append_only before update or delete or truncate on audit
    for each statement execute function refuse_change()
    """,
    """
    create trigger one_head before delete or truncate on audit_head
    for each statement execute function refuse_change()
    """,
    """
    create table account (
        id uuid primary key,
        login text not null unique check (login = lower(login)),
        name text not null,
        state text not null check (state in ('invited', 'active', 'deactivated')),
        granted jsonb not null check (jsonb_typeof(granted) = 'object'),
        password text,
        second_factor text,
        last_step bigint not null default 0,
        created_at timestamptz not null,
        changed_at timestamptz not null,
        last_signed_in_at timestamptz,
        check (state <> 'active' or (password is not null and second_factor is not null)),
        check ((password is null) = (second_factor is null))
    )
    """,
    """
    create table recovery_code (
        account uuid not null references account,
        hash bytea not null check (octet_length(hash) = 32),
        used_at timestamptz,
        primary key (account, hash)
    )
    """,
    """
    create table invitation (
        hash bytea primary key check (octet_length(hash) = 32),
        account uuid not null references account,
        made_by text not null,
        made_at timestamptz not null,
        expires_at timestamptz not null,
        ended_at timestamptz
    )
    """,
    "create unique index one_open_invitation on invitation (account) where ended_at is null",
    """
    create table proposal (
        id uuid primary key,
        account uuid not null references account,
        kind text not null check (kind in ('grant', 'reset', 'reactivate')),
        granted jsonb check (jsonb_typeof(granted) = 'object'),
        proposed_by text not null,
        proposed_at timestamptz not null,
        decided_by text,
        decided_at timestamptz,
        approved boolean,
        check ((kind = 'grant') = (granted is not null)),
        check ((decided_by is null) = (decided_at is null) and (decided_by is null) = (approved is null)),
        check (not approved or decided_by <> proposed_by)
    )
    """,
    "create unique index one_open_proposal on proposal (account, kind) where decided_at is null",
    """
    create table signin (
        id uuid primary key,
        subject text not null,
        account uuid references account,
        kind text not null check (kind in ('local', 'provider', 'demo')),
        name text not null,
        granted jsonb not null check (jsonb_typeof(granted) = 'object'),
        started_at timestamptz not null,
        seen_at timestamptz not null check (seen_at >= started_at),
        ended_at timestamptz,
        end_reason text check (end_reason in ('signed_out', 'everywhere', 'idle', 'absolute', 'changed')),
        check ((ended_at is null) = (end_reason is null)),
        check ((kind = 'local') = (account is not null))
    )
    """,
    "create index signin_open on signin (subject) where ended_at is null",
    "create index signin_seen on signin (seen_at)",
    """
    create table delay (
        of text not null check (of in ('account', 'address')),
        hash bytea not null check (octet_length(hash) = 32),
        failures integer not null check (failures >= 0),
        failed_at timestamptz not null,
        primary key (of, hash)
    )
    """,
    """
    create table operator (
        id uuid primary key,
        name text not null unique,
        passphrase text not null,
        made_at timestamptz not null
    )
    """,
)


def upgrade() -> None:
    """Create the tables."""
    for step in STEPS:
        op.execute(step)
