"""Absences, reviews, bonds of brothers and sisters."""

from alembic import op

revision = "placements_0011"
down_revision = "placements_0010"
phase = "founding"


def upgrade() -> None:
    """A child is away from one place once at a time: its row of `whereabouts` is the lock."""
    op.execute(
        """
        create table absence (
            id uuid primary key,
            child uuid not null references whereabouts,
            placement uuid not null references placement deferrable initially deferred,
            state text not null check (state in ('away', 'overdue', 'back', 'with_placement', 'withdrawn')),
            kind text not null,
            "from" date not null,
            expected_back date,
            "to" date,
            kept_until date,
            recorded_on date not null,
            check ("to" >= "from"),
            check (expected_back >= "from"),
            check (state not in ('away', 'overdue') or "to" is null),
            check (state not in ('back', 'with_placement') or "to" is not null)
        );
        create index absence_child on absence (child);
        create unique index absence_open on absence (placement) where state in ('away', 'overdue');
        create index absence_expected on absence (expected_back) where state in ('away', 'overdue');
        alter table placement add column review_due date;
        create index placement_review_due on placement (review_due, id) where review_due is not null;
        create table review (
            id uuid primary key,
            child uuid not null references whereabouts,
            placement uuid not null references placement deferrable initially deferred,
            status text not null check (status in ('held', 'withdrawn')),
            held_on date not null,
            by text[] not null check (by <> '{}'),
            not_heard_reason text,
            goals text not null,
            necessary text not null,
            suitable text not null,
            way_home text not null,
            again_by date check (again_by > held_on),
            recorded_on date not null
        );
        create index review_child on review (child);
        create index review_placement on review (placement, held_on);
        create table review_words (
            review uuid primary key references review on delete cascade,
            child uuid not null references whereabouts,
            sealed bytea
        );
        create index review_words_child on review_words (child);
        create table sibling_bond (
            id uuid primary key,
            child uuid not null references whereabouts,
            sibling uuid not null check (sibling <> child),
            bond text not null check (bond in ('yes', 'no', 'unknown')),
            harmed boolean not null,
            status text not null check (status in ('proposed', 'standing', 'replaced')),
            decided_by text not null,
            decided_on date not null,
            second_by text check (second_by <> decided_by),
            contact_every integer check (contact_every > 0),
            contact_due date,
            contact_last date,
            overdue_told date,
            check (status <> 'standing' or (bond <> 'no' and not harmed) or second_by is not null)
        );
        create index sibling_bond_child on sibling_bond (child);
        create index sibling_bond_sibling on sibling_bond (sibling);
        alter table whereabouts
            add column cases jsonb not null default '[]',
            add column lacking_since date,
            add column lacking_due date,
            add column lacking_told boolean;
        create index whereabouts_lacking on whereabouts (lacking_since, child) where lacking_since is not null;
        alter table breach add column alarmed_on date;
        create index breach_legacy on breach (due) where rule = 'legacy-decision-due' and healed_on is null;
        create table legacy_plan (
            id uuid primary key,
            version integer not null check (version > 0),
            area text not null unique,
            steps jsonb not null,
            set_by text not null,
            set_on date not null
        );
        create unique index sibling_bond_standing on sibling_bond (child, sibling) where status = 'standing';
        """
    )
