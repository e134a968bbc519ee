"""Gatekeeping cases, parents' agreements to care, cases looked at again."""

from alembic import op

revision = "placements_0009"
down_revision = "placements_0008"
phase = "founding"


def upgrade() -> None:
    """Create the tables. What was said and found is sealed under the child's key."""
    op.execute(
        """
        create table gatekeeping_case (
            id uuid primary key,
            version integer not null check (version > 0),
            child uuid not null references whereabouts (child),
            kind text not null,
            area text not null,
            reasons text[] not null check (cardinality(reasons) > 0),
            help_tried text[] not null,
            requested_by text not null,
            requested_on date not null,
            status text not null check (
                status in (
                    'requested', 'screened', 'assessed', 'options_recorded', 'recommended', 'decided', 'carried_out',
                    'lapsed', 'withdrawn', 'joined'
                )
            ),
            due_at timestamptz,
            overdue_told_at timestamptz,
            assessed_by text,
            outcome text,
            decision uuid,
            comes_back_on date,
            joined_into uuid,
            ended_on date,
            end_reason text,
            panel_accounts text[] not null,
            heard text,
            sealed bytea not null,
            check ((status in ('carried_out', 'withdrawn')) = (ended_on is not null)),
            check ((status = 'withdrawn') = (end_reason is not null)),
            check (status not in ('decided', 'carried_out') or (decision is not null and outcome is not null)),
            check (status <> 'joined' or joined_into is not null)
        );
        create unique index gatekeeping_case_one_open on gatekeeping_case (child, kind)
            where status not in ('carried_out', 'withdrawn');
        create index gatekeeping_case_area on gatekeeping_case (area, due_at, id)
            where status not in ('carried_out', 'withdrawn');
        create index gatekeeping_case_child on gatekeeping_case (child, id);
        create index gatekeeping_case_requested on gatekeeping_case (requested_on, area);
        create index gatekeeping_case_decision on gatekeeping_case (decision) where decision is not null;
        create index gatekeeping_case_due on gatekeeping_case (due_at) where overdue_told_at is null;
        create index gatekeeping_case_comes_back on gatekeeping_case (comes_back_on) where comes_back_on is not null;
        create index gatekeeping_case_panel on gatekeeping_case using gin (panel_accounts)
            where status not in ('carried_out', 'withdrawn');
        create table voluntary_agreement (
            id uuid primary key,
            version integer not null check (version > 0),
            child uuid not null references whereabouts (child),
            "case" uuid references gatekeeping_case (id),
            area text not null,
            agreed_on date not null,
            status text not null check (status in ('agreed', 'withdrawn', 'returned', 'order_applied', 'ended')),
            withdrawn_at timestamptz,
            withdrawn_by text,
            due_at timestamptz,
            overdue_told_at timestamptz,
            ended_on date,
            applied_to text,
            end_reason text,
            sealed bytea not null,
            check ((withdrawn_at is null) = (withdrawn_by is null)),
            check (status in ('agreed', 'ended') or withdrawn_at is not null),
            check ((status in ('returned', 'order_applied', 'ended')) = (ended_on is not null)),
            check ((status = 'order_applied') = (applied_to is not null)),
            check ((status = 'ended') = (end_reason is not null))
        );
        create index voluntary_agreement_child on voluntary_agreement (child, id);
        create index voluntary_agreement_case on voluntary_agreement ("case") where "case" is not null;
        create index voluntary_agreement_due on voluntary_agreement (due_at) where status = 'withdrawn';
        create table gatekeeping_sample (
            id uuid primary key,
            version integer not null check (version > 0),
            child uuid not null references whereabouts (child),
            "case" uuid not null unique references gatekeeping_case (id),
            area text not null,
            drawn_by text not null,
            drawn_on date not null,
            looked_by text,
            looked_on date,
            finding text,
            sealed bytea not null,
            check ((finding is null) = (looked_by is null) and (finding is null) = (looked_on is null))
        );
        create index gatekeeping_sample_area on gatekeeping_sample (area, id);
        create index gatekeeping_sample_child on gatekeeping_sample (child);
        """
    )
