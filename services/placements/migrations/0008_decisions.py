"""Decisions on children, and what follows from them: appeals, notices, removals; the hour of an arrival."""

from alembic import op

revision = "placements_0008"
down_revision = "placements_0007"
phase = "founding"


def upgrade() -> None:
    """`number` is that of the instrument: no name, no words. `unmet`: ids of rules with codes, days and numbers."""
    op.execute(
        """
        alter table placement add column decision uuid, add column began_at timestamptz;
        alter table breach add column due_at timestamptz;
        create table decision (
            id uuid primary key,
            child uuid not null references whereabouts,
            status text not null,
            act text not null,
            situation text not null,
            outcome text not null,
            body text not null,
            instrument text not null,
            made_on date not null,
            effective_from date not null,
            area text not null,
            care_forms text[] not null,
            provider uuid,
            number text not null,
            in_force_until date check (in_force_until > effective_from),
            appeal_until date,
            "case" uuid,
            decided_by text,
            file uuid,
            renews uuid,
            made_at timestamptz,
            recorded_by text not null,
            recorded_at timestamptz not null,
            unmet jsonb not null,
            needs_second boolean not null,
            second_by text,
            second_at timestamptz,
            confirm_by timestamptz,
            confirmed_at timestamptz,
            carry_out_by date,
            carried_out_on date,
            ended_on date,
            answered_at timestamptz,
            agreement_withdrawn_at timestamptz,
            check ((second_by is null) = (second_at is null)),
            check (status <> 'unsigned' or needs_second)
        );
        create index decision_child on decision (child);
        create index decision_case on decision ("case") where "case" is not null;
        create index decision_confirm on decision (confirm_by, id) where status = 'oral';
        create table decision_appeal (
            id uuid primary key,
            child uuid not null references whereabouts,
            decision uuid not null references decision deferrable initially deferred,
            by text not null,
            lodged_on date not null,
            suspends boolean not null,
            late boolean not null,
            recorded_by text not null,
            decided_on date,
            outcome text,
            check ((decided_on is null) = (outcome is null))
        );
        create index decision_appeal_child on decision_appeal (child);
        create table notice (
            id uuid primary key,
            child uuid not null references whereabouts,
            about uuid not null,
            after text not null,
            "to" text not null,
            area text not null,
            due timestamptz not null,
            status text not null,
            sent_at timestamptz,
            sent_by text,
            means text,
            check ((status = 'sent') = (sent_at is not null))
        );
        create index notice_child on notice (child);
        create index notice_due on notice (due, id) where status in ('due', 'overdue');
        create table emergency (
            id uuid primary key,
            child uuid not null references whereabouts,
            placement uuid,
            taken_by text not null,
            situation text not null,
            taken_from text not null,
            at timestamptz not null,
            area text not null,
            named boolean,
            recorded_by text not null,
            recorded_at timestamptz not null
        );
        create index emergency_child on emergency (child);
        """
    )
