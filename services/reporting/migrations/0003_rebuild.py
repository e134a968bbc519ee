"""The second schema of read tables, the requests to build them anew, and what the live ones were built with."""

from alembic import op

revision = "reporting_0003"
down_revision = "reporting_0002"
phase = "founding"

READ_TABLES = ("child", "episode", "provider", "centre", "worker", "case_file", "breach")


def upgrade() -> None:
    """Create what a rebuild needs. Read tables that hold something already were built with nobody knows what."""
    op.execute("create schema figures_b")
    for table in READ_TABLES:
        op.execute(f"create table figures_b.{table} (like figures_a.{table} including all)")
    op.execute(
        """
        alter table live_figures add column built_with text;
        update live_figures set built_with = 'unknown' where exists (select from watermark where epoch is not null);
        create table rebuild (
            id uuid primary key,
            version integer not null check (version > 0),
            requested_at timestamptz not null,
            requested_by text not null,
            reason text not null check (reason in ('operator', 'forked', 'new-types')),
            state text not null check (state in ('requested', 'running', 'done', 'failed')),
            schema_name text check (schema_name in ('figures_a', 'figures_b')),
            events bigint not null check (events >= 0),
            started_at timestamptz,
            done_at timestamptz,
            error text,
            check ((schema_name is null) = (started_at is null)),
            check (state = 'failed' or (state = 'requested') = (started_at is null)),
            check ((state in ('done', 'failed')) = (done_at is not null)),
            check ((state = 'failed') = (error is not null))
        );
        create unique index rebuild_open on rebuild ((true)) where state in ('requested', 'running');
        """
    )
