"""Providers, whereabouts with placements and breaches, keys of register lines; event log, audit and stream tables."""

from alembic import op

from shared import technical_tables

revision = "placements_0001"
down_revision = None
phase = "founding"


def upgrade() -> None:
    """Create the first tables.

    One place a child: its row of `whereabouts` is locked first, and the constraint one_active_placement holds what
    slips through. It is checked at the commit, since a move writes its two rows in any order. That days of stays that
    are over do not overlap is checked by the domain alone: an exclusion over child and range needs btree_gist, which
    the bundled PostgreSQL does not have.
    """
    technical_tables.create_v1(op)
    op.execute(
        """
        create table provider (
            id uuid primary key,
            version integer not null check (version > 0),
            kind text not null,
            area text not null,
            name text not null,
            places integer check (places >= 0),
            register text,
            register_key text,
            unique (register, register_key),
            check ((register is null) = (register_key is null))
        );
        create index provider_area on provider (area, id);
        create table whereabouts (
            child uuid primary key,
            version integer not null default 0 check (version >= 0),
            born_from date,
            born_to date,
            area text,
            confirmed boolean not null default false,
            withdrawn boolean not null default false,
            named_at timestamptz not null default now(),
            check ((born_from is null) = (born_to is null) and born_from <= born_to)
        );
        create index whereabouts_unconfirmed on whereabouts (named_at) where not confirmed;
        create table placement (
            id uuid primary key,
            child uuid not null references whereabouts,
            state text not null check (state in ('planned', 'claimed', 'active', 'ended', 'withdrawn')),
            authorised boolean not null,
            ground text check (ground in ('found', 'arrived', 'court-ordered', 'emergency', 'imported')),
            care_form text not null,
            area text not null,
            "from" date not null,
            "to" date,
            planned_to date,
            provider uuid references provider deferrable initially deferred,
            carer_relation text,
            kind text not null,
            entry_reason text not null,
            other_reasons text[] not null,
            end_reason text,
            destination text,
            recorded_on date not null,
            check ("to" >= "from"),
            check (state = 'withdrawn' or (state = 'ended') = ("to" is not null)),
            check (("to" is null) = (destination is null) and ("to" is null) = (end_reason is null)),
            check (authorised or ground is not null),
            constraint one_active_placement exclude using btree (child with =) where (state = 'active')
                deferrable initially deferred
        );
        create index placement_child on placement (child);
        create index placement_provider on placement (provider) where state = 'active';
        create table breach (
            id uuid primary key,
            child uuid not null references whereabouts,
            placement uuid not null references placement deferrable initially deferred,
            rule text not null,
            facts jsonb not null,
            owner text not null,
            due date not null,
            opened_on date not null,
            healed_on date
        );
        create index breach_child on breach (child);
        create unique index breach_open on breach (placement, rule) where healed_on is null;
        create table placement_key (
            register text not null,
            child_key text not null,
            care_form text not null,
            provider_key text not null,
            "from" date not null,
            placement uuid not null references placement,
            primary key (register, child_key, care_form, provider_key, "from")
        );
        """
    )
