"""People, households, relationships."""

from alembic import op

revision = "registry_0006"
down_revision = "registry_0005"
phase = "founding"


def upgrade() -> None:
    """Make the tables of the people around a child."""
    op.execute(
        """
        create sequence person_number;
        create table person (
            id uuid primary key,
            number bigint not null unique check (number > 0),
            version integer not null check (version > 0),
            area text not null,
            account text,
            confidential boolean not null,
            deceased boolean not null,
            died_on date,
            sealed bytea,
            check (deceased or died_on is null)
        );
        create index person_area on person (area, id);
        create index person_account on person (account) where account is not null;
        create table person_identifier (
            digest bytea primary key check (length(digest) = 16),
            any_issuer bytea not null check (length(any_issuer) = 16),
            index_version integer not null,
            person uuid not null references person
        );
        create index person_identifier_any_issuer on person_identifier (any_issuer);
        create index person_identifier_person on person_identifier (person);
        create table person_revision (
            person uuid not null references person,
            version integer not null,
            at timestamptz not null,
            actor text not null,
            "on" date,
            sealed bytea,
            primary key (person, version)
        );
        create table household (
            id uuid primary key,
            version integer not null check (version > 0),
            area text not null,
            vulnerabilities text[] not null,
            sealed bytea
        );
        create index household_area on household (area, id);
        create table household_member (
            id uuid primary key,
            household uuid not null references household,
            member uuid not null,
            member_kind text not null check (member_kind in ('child', 'person')),
            "from" date,
            "to" date,
            check ("to" >= "from")
        );
        create index household_member_household on household_member (household);
        create index household_member_member on household_member (member);
        create unique index household_member_now on household_member (household, member) where "to" is null;
        create table household_fact (
            id uuid primary key,
            household uuid not null references household,
            child uuid references child,
            "to" date,
            review_on date,
            sealed bytea,
            check ("to" is null or review_on is null)
        );
        create index household_fact_household on household_fact (household);
        create index household_fact_child on household_fact (child) where child is not null;
        create index household_fact_review on household_fact (review_on) where review_on is not null;
        create table relationship (
            id uuid primary key,
            version integer not null check (version > 0),
            child uuid not null references child,
            other uuid not null,
            other_kind text not null check (other_kind in ('child', 'person')),
            kind text not null,
            bond text not null check (bond in ('parent', 'step_parent', 'sibling', 'other')),
            kin boolean not null,
            single boolean not null,
            "symmetric" boolean not null,
            sibling text check (sibling in ('full', 'half', 'step', 'declared')),
            "from" date,
            "to" date,
            status text not null check (status in ('recorded', 'ended', 'withdrawn')),
            withdrawn_because text,
            check (child <> other),
            check ("to" >= "from"),
            check ((bond = 'sibling') = (sibling is not null)),
            check (not "symmetric" or other_kind = 'person' or child < other),
            check (case status when 'recorded' then "to" is null when 'ended' then "to" is not null else true end),
            check ((status = 'withdrawn') = (withdrawn_because is not null))
        );
        create index relationship_child on relationship (child);
        create index relationship_other on relationship (other);
        create unique index relationship_once on relationship (child, other, kind) where status = 'recorded';
        create unique index relationship_single on relationship (child, kind) where status = 'recorded' and single;
        """
    )
    # Own kin are kept out also where row security hides the very child that makes somebody kin: hence app.system.
    op.execute(
        """
        create function person_children(what uuid) returns uuid[] language plpgsql stable as $$
        declare
            before text := current_setting('app.system', true);
            found uuid[];
        begin
            perform set_config('app.system', 'on', true);
            select coalesce(array_agg(near.child), '{}') into found from (
                select tie.child from relationship tie
                    where tie.other = what and tie.other_kind = 'person' and tie.status <> 'withdrawn'
                union
                select beside.member from household_member own join household_member beside using (household)
                    where own.member = what and own."to" is null
                      and beside.member_kind = 'child' and beside."to" is null
            ) near;
            perform set_config('app.system', coalesce(before, 'off'), true);
            return found;
        end
        $$
        """
    )
