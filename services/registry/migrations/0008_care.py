"""What the other services tell of a child's care: stays and open cases; a child not known here may be named."""

from alembic import op

revision = "registry_0008"
down_revision = "registry_0007"
phase = "founding"


def upgrade() -> None:
    """Create the table. No reference to child: others may speak of one that registry does not know."""
    op.execute(
        """
        create table care_status (
            child uuid primary key,
            stays jsonb not null default '{}',
            cases uuid[] not null default '{}',
            in_care boolean not null default false,
            provider uuid,
            placement uuid,
            care_form text,
            since date,
            in_care_since date,
            named_at timestamptz not null default now(),
            check ((placement is null) = (since is null)),
            check ((placement is null) = (care_form is null)),
            check (provider is null or placement is not null),
            check (in_care = (in_care_since is not null)),
            check (not in_care or placement is not null),
            check (in_care_since <= since)
        );
        create index care_status_in_care on care_status (child) where in_care;
        create index care_status_provider on care_status (provider, child) where provider is not null;
        """
    )
