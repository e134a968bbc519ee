"""Kin, broken glass, unusual reading."""

from alembic import op

revision = "registry_0013"
down_revision = "registry_0012"
phase = "founding"


def upgrade() -> None:
    """Create who is kept out, who broke the glass, what accounts are told, who read unusually much."""
    op.execute(
        """
        create table kin_block (
            id uuid primary key,
            version integer not null check (version > 0),
            account text not null check (account <> ''),
            child uuid not null references child,
            ground text not null check (ground in ('declared', 'detected', 'incident')),
            incident uuid,
            set_by text not null check (set_by <> ''),
            at timestamptz not null,
            status text not null check (status in ('in force', 'lifted')),
            lifted_by text,
            lifted_at timestamptz,
            sealed bytea,
            check ((ground = 'incident') = (incident is not null)),
            check ((status = 'lifted') = (lifted_by is not null)),
            check ((lifted_by is null) = (lifted_at is null)),
            check (lifted_by not in (account, set_by)),
            check (lifted_at >= at)
        );
        create unique index kin_block_once on kin_block (account, child, ground, incident)
            nulls not distinct where status = 'in force';
        create index kin_block_child on kin_block (child);
        create index kin_block_place on kin_block (at, id);
        """
    )
    op.execute(
        """
        create function kin_children(who text) returns setof uuid language sql stable parallel safe as $$
            with near (child, kin) as (
                select block.child, block.ground <> 'incident' from kin_block block
                where block.account = who and block.status = 'in force' and block.ground <> 'detected'
                union
                select tie.child, true from person join relationship tie on tie.other = person.id
                where person.account = who and tie.other_kind = 'person' and tie.kin and tie.status <> 'withdrawn'
                  and not exists (
                    select from kin_block lifted
                    where lifted.account = who and lifted.child = tie.child
                      and lifted.ground = 'detected' and lifted.status = 'lifted'
                  )
            ), family as (select near.child from near where near.kin)
            select near.child from near
            union
            select child.merged_into from near join child on child.id = near.child where child.merged_into is not null
            union
            select unnest(child.siblings) from family join child on child.id = family.child
            union
            select other.child from family
            join relationship own on own.child = family.child and own.bond = 'parent' and own.status <> 'withdrawn'
            join relationship other on other.other = own.other and other.bond = 'parent' and other.status <> 'withdrawn'
            union
            select case tie.child when family.child then tie.other else tie.child end from family
            join relationship tie on family.child in (tie.child, tie.other)
            where tie.other_kind = 'child' and tie.bond = 'sibling' and tie.status <> 'withdrawn'
        $$
        """
    )
    op.execute(
        """
        create function kin_blocked(who text, what uuid) returns boolean language sql stable parallel safe as $$
            select what in (select kin_children(who))
        $$
        """
    )
    op.execute(
        """
        create table glass (
            id uuid primary key,
            version integer not null check (version > 0),
            account text not null check (account <> ''),
            child uuid not null references child,
            reason text not null check (reason <> ''),
            at timestamptz not null,
            until timestamptz not null,
            review_due timestamptz not null,
            told_one text not null check (told_one <> ''),
            told_two text not null check (told_two <> ''),
            status text not null check (status in ('open', 'expired', 'overdue', 'justified', 'unjustified')),
            reviewed_by text,
            reviewed_at timestamptz,
            sealed bytea,
            check (at <= until and until <= review_due),
            check (told_one <> told_two and account not in (told_one, told_two)),
            check ((status in ('justified', 'unjustified')) = (reviewed_by is not null)),
            check ((reviewed_by is null) = (reviewed_at is null)),
            check (reviewed_by <> account)
        );
        create index glass_open_to on glass (account, child) where status = 'open';
        create index glass_account on glass (account) where status not in ('justified', 'unjustified');
        create index glass_clock on glass (status, until, review_due) where status in ('open', 'expired');
        create index glass_child on glass (child);
        create index glass_place on glass (at, id);
        create table notice (
            id uuid primary key,
            version integer not null check (version > 0),
            account text not null check (account <> ''),
            kind text not null check (kind ~ '^[a-z][a-z-]+$'),
            subject uuid not null,
            at timestamptz not null,
            read_at timestamptz,
            unique (account, kind, subject),
            check (read_at >= at)
        );
        create index notice_place on notice (account, at, id);
        """
    )
    op.execute(
        """
        create table reading_alarm (
            id uuid primary key,
            version integer not null check (version > 0),
            account text not null check (account <> ''),
            day date not null,
            measure text not null
                check (measure in ('hour', 'day', 'usual', 'denied in an hour', 'denied in a day')),
            count integer not null,
            threshold integer not null check (threshold >= 0),
            usual integer check (usual >= 0),
            at timestamptz not null,
            due timestamptz not null,
            owner text,
            escalated_at timestamptz,
            status text not null check (status in ('raised', 'explained', 'confirmed misuse')),
            answered_by text,
            answered_at timestamptz,
            sealed bytea,
            unique (account, day),
            check (count > threshold),
            check (due >= at and escalated_at >= due),
            check ((status = 'raised') = (answered_by is null)),
            check ((answered_by is null) = (answered_at is null)),
            check (owner <> account and answered_by <> account)
        );
        create index reading_alarm_day on reading_alarm (day, id);
        create index reading_alarm_raised on reading_alarm (due) where status = 'raised';
        create table reading_day (
            account text not null,
            day date not null,
            records integer not null check (records > 0),
            primary key (account, day)
        );
        create index reading_day_day on reading_day (day);
        create index audit_reading on audit (at)
            where action like 'registry.%' and action <> 'registry.audit.read';
        """
    )
