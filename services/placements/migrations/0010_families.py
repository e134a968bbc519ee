"""What is known of providers, carer families, and the room they have."""

from alembic import op

revision = "placements_0010"
down_revision = "placements_0009"
phase = "founding"


def upgrade() -> None:
    """How many live at a provider and are expected there is kept in its row, for the search for room.

    Whoever changes a placement recounts the provider at the commit, its row locked (store/rooms.py).
    """
    op.execute(
        """
        alter table provider
            add column care_forms text[] not null default '{}',
            add column age_from integer check (age_from between 0 and 25),
            add column age_to integer check (age_to between 0 and 25),
            add column sexes text[] not null default '{}',
            add column accessible text[] not null default '{}',
            add column languages text[] not null default '{}',
            add column approval_needed boolean not null default false,
            add column approval_number text,
            add column approved_from date,
            add column approved_to date,
            add column suspended boolean not null default false,
            add column closed_on date,
            add column living integer not null default 0 check (living >= 0),
            add column expected integer not null default 0 check (expected >= 0),
            add column free integer generated always as (places - living - expected) stored,
            add constraint provider_ages check (age_from <= age_to),
            add constraint provider_approval check (approved_to > approved_from);
        drop index placement_provider;
        create index placement_provider on placement (provider, state) where state in ('planned', 'active');
        update provider set living = found.living, expected = found.expected
        from (
            select provider, count(*) filter (where state = 'active') as living,
                count(*) filter (where state = 'planned') as expected
            from placement where state in ('planned', 'active') and provider is not null group by provider
        ) as found
        where found.provider = provider.id;
        create table provider_unit (
            provider uuid not null references provider deferrable initially deferred,
            unit text not null,
            places integer not null check (places >= 0),
            age_from integer check (age_from between 0 and 25),
            age_to integer check (age_to between 0 and 25),
            sexes text[] not null default '{}',
            accessible text[] not null default '{}',
            primary key (provider, unit),
            check (age_from <= age_to)
        );
        create table carer_family (
            id uuid primary key references provider deferrable initially deferred,
            version integer not null check (version > 0),
            area text not null,
            carers uuid[] not null check (carers <> '{}'),
            own_children integer not null check (own_children >= 0),
            languages text[] not null,
            applied_on date not null,
            state text not null check (state in
                ('applied', 'assessed', 'trained', 'approved', 'suspended', 'lapsed', 'refused', 'withdrawn')),
            assessment jsonb,
            trainings jsonb not null,
            terms jsonb,
            approved_until date,
            approved_by text,
            suspended_because text,
            ended_because text,
            next_on date,
            check ((terms is null) = (approved_until is null)),
            check (state not in ('approved', 'suspended', 'lapsed') or terms is not null),
            check ((state = 'suspended') = (suspended_because is not null))
        );
        create index carer_family_next_on on carer_family (next_on, id) where state in ('approved', 'suspended');
        create index carer_family_area on carer_family (area, id);
        create table kin (
            child uuid not null,
            person uuid not null,
            relation text not null,
            area text,
            deceased boolean not null,
            primary key (child, person, relation)
        );
        create index kin_person on kin (person);
        create index provider_room on provider (area, kind, free) where free > 0 and not suspended;
        create index provider_group on provider (kind, free) where free > 0 and not suspended;
        create table family_description (
            family uuid primary key references carer_family,
            sealed bytea
        );
        """
    )
