"""Kin, broken glass, unusual reading."""

from alembic import op

revision = "registry_0013"
down_revision = "registry_0012"


def upgrade() -> None:
    """Create who is kept out."""
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
        create function kin_blocked(who text, what uuid) returns boolean language sql stable parallel safe as $$
            select exists (
                select from kin_block block where block.account = who and block.status = 'in force' and (
                    block.child = what
                    or exists (
                        select from child where child.id = block.child and (
                            child.merged_into = what or block.ground <> 'incident' and what = any (child.siblings)
                        )
                    )
                )
            )
        $$
        """
    )
