"""Read tables in figures_a; returns, bundles, the hub's store in public; event log, audit and stream tables.

The read tables are built from events and may be built anew at any time: in figures_b, by the same statements, until
`live_figures` points there. Everything else is a record and stays.
"""

from alembic import op

from shared import technical_tables

revision = "reporting_0001"
down_revision = None
phase = "founding"


def upgrade() -> None:
    """Create the first tables."""
    technical_tables.create_v1(op)
    _create_read_tables("figures_a")
    op.execute(
        """
        create table live_figures (
            one smallint primary key check (one = 1),
            schema_name text not null check (schema_name in ('figures_a', 'figures_b'))
        );
        insert into live_figures values (1, 'figures_a');
        """
    )
    _create_returns()
    _create_hub()


def _create_read_tables(schema: str) -> None:
    """What events say, by id. Whatever another source still owes is null: any order between sources is legal."""
    op.execute(
        f"""
        create schema {schema};
        create table {schema}.child (
            id uuid primary key,
            sex text,
            born_from date,
            born_to date,
            birth_basis text,
            disability boolean,
            area text,
            withdrawn boolean not null default false
        );
        create table {schema}.episode (
            placement uuid primary key,
            child uuid not null,
            provider uuid,
            care_form text,
            carer_relation text,
            area text,
            start_day date,
            end_day date,
            entry_reason text,
            destination text,
            kind text,
            whereabouts boolean,
            started boolean not null default false,
            withdrawn boolean not null default false
        );
        create index episode_child on {schema}.episode (child);
        create table {schema}.provider (id uuid primary key, kind text, area text);
        create table {schema}.centre (id uuid primary key, area text);
        create table {schema}.worker (id uuid primary key, centre uuid);
        create table {schema}.case_file (
            id uuid primary key,
            child uuid,
            kind text,
            centre uuid,
            worker uuid,
            opened_on date,
            closed_on date,
            close_reason text
        );
        create table {schema}.breach (
            id uuid primary key,
            child uuid,
            placement uuid,
            rule text,
            owner text,
            due date,
            healed boolean not null default false
        );
        """
    )


_CELL = """
            ref_area text not null,
            subnational_area text not null,
            indicator text not null,
            sex text not null,
            age text not null,
            residence text not null,
            wealth_quintile text not null,
            time_period text not null,
            value numeric(22, 4),
            unit_measure text not null,
            unit_multiplier smallint not null,
            obs_status text not null,
            freq text not null,
            coverage_time text not null,
            data_source text not null,
            obs_footnote text not null"""
_DIMENSIONS = "ref_area, subnational_area, indicator, sex, age, residence, wealth_quintile, time_period"


def _create_returns() -> None:
    """What was closed, as it was signed, and what the parent answered."""
    op.execute(
        f"""
        create table period_note (
            period text primary key,
            text text not null check (length(text) between 1 and 2000),
            actor text not null,
            at timestamptz not null
        );
        create table period_return (
            id uuid primary key,
            version integer not null check (version > 0),
            period text not null,
            revision integer not null check (revision > 0),
            status text not null check (status in ('signed', 'released', 'revised')),
            audience text not null,
            content_sha256 text not null,
            cells integer not null,
            findings jsonb not null,
            coverage jsonb not null,
            note text,
            signed_at timestamptz not null,
            signed_by text not null,
            unique (period, revision)
        );
        create unique index return_standing on period_return (period) where status in ('signed', 'released');
        create table return_cell (
            return_id uuid not null references period_return,
            {_CELL},
            children integer,
            primary key (return_id, {_DIMENSIONS})
        );
        create table chain (
            one smallint primary key check (one = 1),
            seq integer not null check (seq >= 0),
            manifest_sha256 text,
            check ((seq = 0) = (manifest_sha256 is null))
        );
        insert into chain values (1, 0, null);
        create table bundle (
            seq integer primary key check (seq > 0),
            return_id uuid not null unique references period_return,
            audience text not null,
            sha256 text not null unique,
            manifest_sha256 text not null unique,
            created_at timestamptz not null,
            raw bytea not null,
            verdict text,
            receipt bytea,
            received_at timestamptz,
            check ((receipt is null) = (verdict is null) and (receipt is null) = (received_at is null))
        );
        alter table bundle alter column raw set storage external;
        """  # noqa: S608 - constants of this file
    )


def _create_hub() -> None:
    """What came in from others: every bundle with its verdict and receipt, and the figures in effect."""
    op.execute(
        f"""
        create table hub (
            one smallint primary key check (one = 1),
            seq integer not null check (seq >= 0)
        );
        insert into hub values (1, 0);
        create table delivery (
            id uuid primary key,
            version integer not null check (version > 0),
            hub_seq integer not null unique check (hub_seq > 0),
            sha256 text not null,
            verdict text not null,
            failed_check smallint,
            reasons text[] not null,
            received_at timestamptz not null,
            issuer text,
            seq bigint,
            manifest_sha256 text,
            prev text,
            dataset text,
            period text,
            revision bigint,
            content_sha256 text,
            created_at timestamptz,
            coverage jsonb,
            raw bytea not null,
            receipt bytea not null,
            check ((content_sha256 is null) = (verdict like 'refused-%')),
            check (content_sha256 is null or (issuer is not null and seq is not null and manifest_sha256 is not null
                and dataset is not null and period is not null and revision is not null))
        );
        alter table delivery alter column raw set storage external;
        create index delivery_issuer on delivery (issuer, seq);
        create index delivery_sha256 on delivery (sha256);
        create unique index delivery_sound_once on delivery (sha256) where verdict not like 'refused-%';
        create table effective_cell (
            issuer text not null,
            dataset text not null,
            period text not null,
            delivery uuid not null references delivery,
            {_CELL},
            primary key (issuer, dataset, period, {_DIMENSIONS})
        );
        """  # noqa: S608 - constants of this file
    )
