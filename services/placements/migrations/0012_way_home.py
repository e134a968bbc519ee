"""Reintegration, leaving care, supervision of guardians."""

from alembic import op

revision = "placements_0012"
down_revision = "placements_0011"
phase = "founding"


def upgrade() -> None:
    """One preparation of a return, one leaving of care, one coming of age a child. Words are sealed.

    `of_age_on`: since when the person decides about itself; `unrepresented_since`: since when nobody is its guardian.
    """
    op.execute(
        """
        create table reintegration (
            id uuid primary key,
            version integer not null check (version > 0),
            child uuid not null references whereabouts,
            placement uuid not null references placement deferrable initially deferred,
            area text not null,
            started_on date not null,
            state text not null check (state in
                ('prepared', 'trial', 'returned', 'followed-up', 'sustained', 'broken-down', 'ended')),
            cause text check (cause in ('resolved', 'managed', 'unresolved')),
            wish text check (wish in ('wants-to-go-home', 'undecided', 'does-not-want-to', 'cannot-say')),
            parents text check (parents in ('agree', 'rights-restored', 'do-not-agree')),
            decision uuid,
            support text[] not null,
            relation text,
            trial_from date,
            trial_until date,
            trial_told boolean not null,
            returned_on date,
            unmet text[] not null,
            over_on date,
            reason text,
            re_entry uuid,
            next_on date,
            seen integer not null,
            born_to date,
            sealed bytea,
            check (trial_until > trial_from and (trial_from is null) = (trial_until is null)),
            check (state in ('prepared', 'trial', 'ended') or returned_on is not null),
            check ((state in ('broken-down', 'ended')) = (over_on is not null)),
            check ((over_on is null) = (reason is null))
        );
        create index reintegration_child on reintegration (child);
        create unique index reintegration_one_a_child on reintegration (child)
            where state in ('prepared', 'trial');
        create index reintegration_placement on reintegration (placement);
        create index reintegration_area on reintegration (area, id) where state not in ('broken-down', 'ended');
        create table reintegration_follow_up (
            id uuid primary key,
            reintegration uuid not null references reintegration deferrable initially deferred,
            child uuid not null,
            month integer not null check (month > 0),
            due date not null,
            held_on date,
            told boolean not null,
            missed boolean not null,
            at_home boolean,
            safe boolean,
            in_school boolean,
            healthy boolean,
            supported boolean,
            content boolean,
            sealed bytea,
            check ((held_on is null) = (at_home is null)),
            unique (reintegration, month)
        );
        create index reintegration_follow_up_child on reintegration_follow_up (child);
        create index reintegration_follow_up_due on reintegration_follow_up (due, id)
            where held_on is null and not missed;
        create index placement_returned on placement ("to", id) where destination = 'REUNIFICATION';
        create table leaving_care (
            id uuid primary key,
            version integer not null check (version > 0),
            child uuid not null references whereabouts,
            area text not null,
            placement uuid not null references placement deferrable initially deferred,
            state text not null check (state in ('awaited', 'planned', 'aftercare', 'ended')),
            reached_on date not null,
            due date not null,
            planned_on date,
            review_due date,
            reviewed_on date,
            visit_due date,
            told boolean not null,
            left_on date,
            early boolean not null,
            decision uuid,
            requested_on date,
            until date,
            over_on date,
            reason text,
            next_on date,
            seen integer not null,
            born date,
            sealed bytea,
            check (state <> 'planned' or planned_on is not null),
            check (state <> 'aftercare' or left_on is not null),
            check ((state = 'ended') = (over_on is not null) and (over_on is null) = (reason is null))
        );
        create unique index leaving_care_one_a_child on leaving_care (child) where state <> 'ended';
        create index leaving_care_child on leaving_care (child);
        create index leaving_care_area on leaving_care (area, due, id) where state <> 'ended';
        create table aftercare_visit (
            id uuid primary key,
            leaving_care uuid not null references leaving_care deferrable initially deferred,
            child uuid not null,
            month integer check (month > 0),
            due date,
            held_on date,
            told boolean not null,
            housed boolean,
            in_education boolean,
            in_work boolean,
            in_contact boolean,
            in_trouble boolean,
            sealed bytea,
            check ((month is null) = (due is null) and (due is not null or held_on is not null))
        );
        create index aftercare_visit_of on aftercare_visit (leaving_care);
        create index aftercare_visit_child on aftercare_visit (child);
        create table coming_of_age (
            id uuid primary key,
            version integer not null check (version > 0),
            child uuid not null references whereabouts,
            placement uuid not null references placement deferrable initially deferred,
            area text not null,
            state text not null check (state in ('open', 'decided', 'left', 'retracted')),
            "on" date not null,
            due date not null,
            born date,
            outcome text,
            decision uuid,
            consented_on date,
            decided_on date,
            seen integer not null,
            check (outcome <> 'STAY' or (decision is not null and consented_on is not null)),
            check (state <> 'decided' or (outcome is not null and decided_on is not null))
        );
        create unique index coming_of_age_one_a_child on coming_of_age (child) where state in ('open', 'decided');
        create index coming_of_age_child on coming_of_age (child);
        create index coming_of_age_area on coming_of_age (area, due, id) where state = 'open';
        create table guardianship (
            id uuid primary key,
            version integer not null check (version > 0),
            child uuid not null references whereabouts,
            area text,
            visits uuid not null,
            state text not null check (state in ('announced', 'in-force', 'suspended', 'ended', 'withdrawn')),
            kind text not null,
            holder_kind text not null,
            person uuid,
            provider uuid,
            body text not null,
            "from" date not null,
            "to" date,
            since date,
            ended_on date,
            report_due date,
            reported_on date,
            report_told boolean not null,
            visit_due date,
            visited_on date,
            visit_told boolean not null,
            next_on date,
            sealed bytea
        );
        create index guardianship_child on guardianship (child);
        create index guardianship_next_on on guardianship (next_on) where next_on is not null;
        create index guardianship_report on guardianship (report_due, id) where state = 'in-force';
        create table care_loss (
            id uuid primary key,
            child uuid not null references whereabouts,
            "from" date not null,
            person uuid,
            "to" date,
            in_force boolean not null
        );
        create index care_loss_child on care_loss (child);
        alter table whereabouts
            add column of_age_on date,
            add column unrepresented_since date;
        create index whereabouts_born_from on whereabouts (born_from);
        create index whereabouts_of_age on whereabouts (of_age_on) where of_age_on is not null;
        """
    )
