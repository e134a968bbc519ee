"""Legal measures, consents, coming of age. What they say is sealed; plain is what clocks and lists ask for."""

from alembic import op

revision = "registry_0007"
down_revision = "registry_0006"
phase = "founding"


def upgrade() -> None:
    """Create the tables."""
    op.execute(
        """
        create table legal_measure (
            id uuid primary key,
            version integer not null check (version > 0),
            child uuid not null references child,
            status text not null check (status in ('recorded', 'in_force', 'ended', 'superseded', 'withdrawn')),
            recorded_on date not null,
            changed_on date not null,
            kind text not null,
            effect text not null check (effect in (
                'left-without-care', 'rights-full', 'rights-limited', 'rights-removed', 'custody', 'guardianship',
                'preliminary-guardianship', 'trusteeship', 'emancipation', 'suspicion'
            )),
            person uuid,
            holder_kind text,
            holder_person uuid,
            holder_provider uuid,
            of_person boolean not null,
            suspended boolean not null,
            due date,
            report_due date,
            sealed bytea not null,
            check (person is not null
                or effect not in ('rights-full', 'rights-limited', 'rights-removed', 'suspicion')),
            check ((holder_kind is not null)
                = (effect in ('custody', 'guardianship', 'preliminary-guardianship', 'trusteeship'))),
            check (holder_person is null or holder_kind is not null),
            check (holder_provider is null or holder_person is not null),
            check (due is null or status in ('recorded', 'in_force')),
            check (report_due is null or (status = 'in_force'
                and effect in ('guardianship', 'preliminary-guardianship', 'trusteeship')))
        );
        create index legal_measure_child on legal_measure (child);
        create index legal_measure_due on legal_measure (due, id) where due is not null;
        create index legal_measure_report on legal_measure (report_due, id) where report_due is not null;
        create index legal_measure_effect on legal_measure (effect, child) where status = 'in_force';
        create table consent (
            id uuid primary key,
            version integer not null check (version > 0),
            child uuid not null references child,
            status text not null check (status in ('given', 'withdrawn', 'lapsed')),
            purpose text not null,
            ground text not null,
            sealed bytea not null
        );
        create index consent_child on consent (child);
        create table majority (
            id uuid primary key,
            version integer not null default 0 check (version >= 0),
            came_of_age boolean not null default false,
            check (version > 0 or not came_of_age)
        );
        """
    )
