"""Keys of sealed words, what registry told of siblings, the next day to look at a child's rules, alarms."""

from alembic import op

revision = "placements_0006"
down_revision = "placements_0005"
phase = "founding"


def upgrade() -> None:
    """A row of `alarm` is kept when it is over: who owned it, who saw to it and when stays readable."""
    op.execute(
        """
        create table subject_key (
            subject uuid primary key,
            version integer not null check (version > 0),
            kek integer not null check (kek > 0),
            wrapped bytea not null
        );
        create index subject_key_kek on subject_key (kek);
        alter table whereabouts
            add column siblings uuid[] not null default '{}',
            add column died_on date,
            add column sex text,
            add column next_on date;
        create index whereabouts_next_on on whereabouts (next_on, child) where next_on is not null;
        create table alarm (
            id uuid primary key,
            version integer not null check (version > 0),
            kind text not null,
            about uuid not null,
            child uuid,
            area text,
            role text not null,
            owner text,
            level integer not null check (level >= 0),
            due timestamptz not null,
            raised_at timestamptz not null,
            escalate_at timestamptz,
            status text not null check (status in ('raised', 'acknowledged', 'settled')),
            acknowledged_by text,
            acknowledged_at timestamptz,
            settled_at timestamptz,
            check ((status = 'settled') = (settled_at is not null))
        );
        create unique index alarm_open on alarm (about, kind) where settled_at is null;
        create index alarm_owner on alarm (owner, due, id) where settled_at is null;
        create index alarm_area on alarm (area, due, id) where settled_at is null;
        create index alarm_escalate on alarm (escalate_at) where settled_at is null;
        create index alarm_child on alarm (child);
        create table rota_duty (
            id uuid primary key,
            version integer not null check (version > 0),
            role text not null,
            area text,
            level integer not null check (level >= 0),
            account text not null,
            "from" date not null,
            "to" date,
            check ("to" > "from")
        );
        create index rota_duty_role on rota_duty (role, area, level);
        """
    )
