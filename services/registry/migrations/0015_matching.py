"""The same child, found again: blind terms, pairs and what was decided of them, runs, weights."""

from alembic import op

from shared import row_security

revision = "registry_0015"
down_revision = "registry_0014"
phase = "founding"

SYSTEM = "(select current_setting('app.system', true) = 'on')"
TERMS = ("match_term", "match_carriers", "match_due", "match_asked", "seal_term")
TABLES = (*TERMS, "match_version", "match_pair", "match_run", "match_weights")


def upgrade() -> None:
    """One row a term of a record, truncated so that several records share it; one row a pair; one a run.

    Terms refer to no row of child: a key to check for each of ten rows takes a third of the time of writing them.
    An erasure takes them as it takes all that names a child.
    """
    op.execute(
        """
        create table match_term (
            child uuid not null,
            term integer not null,
            version smallint not null check (version > 0),
            primary key (child, term)
        );
        create index match_term_found on match_term (term, child);
        create table match_version (
            version smallint primary key check (version > 0)
        );
        create table match_due (
            child uuid primary key references child,
            since timestamptz not null
        );
        create table match_carriers (
            term integer primary key,
            carriers integer not null check (carriers > 0)
        );
        create table match_pair (
            id uuid primary key,
            version integer not null check (version > 0),
            child uuid not null references child,
            other uuid not null references child,
            score real not null,
            likelihood text not null check (likelihood in ('likely', 'possible', 'unlikely')),
            reasons text[] not null,
            weights integer not null check (weights >= 0),
            origin text not null check (origin in ('registration', 'run', 'merge')),
            found_at timestamptz not null,
            decision text not null check (decision in ('proposed', 'same', 'different', 'unsure')),
            decided_by text,
            decided_at timestamptz,
            sealed bytea,
            check (child < other),
            check ((decision = 'proposed') = (decided_by is null)),
            check ((decided_by is null) = (decided_at is null)),
            unique (child, other)
        );
        create index match_pair_other on match_pair (other);
        create index match_pair_open on match_pair (score desc, id) where decision in ('proposed', 'unsure');
        create table match_run (
            id uuid primary key,
            version integer not null check (version > 0),
            kind text not null check (kind in ('register', 'due', 'index')),
            status text not null check (status in ('running', 'done', 'stopped')),
            asked_by text not null,
            asked_at timestamptz not null,
            children integer not null check (children >= 0),
            looked integer not null check (looked >= 0),
            found integer not null check (found >= 0),
            after uuid,
            ended_at timestamptz,
            check ((status = 'running') = (ended_at is null))
        );
        create unique index match_run_one on match_run (kind) where status = 'running';
        create table match_weights (
            id uuid primary key,
            version integer not null check (version > 0),
            number integer not null unique check (number > 0),
            status text not null check (status in ('proposed', 'adopted', 'refused', 'replaced')),
            content jsonb not null,
            before jsonb not null,
            after jsonb not null,
            proposed_by text not null,
            proposed_at timestamptz not null,
            decided_by text,
            decided_at timestamptz,
            check ((status = 'proposed') = (decided_by is null)),
            check ((decided_by is null) = (decided_at is null)),
            check (decided_by <> proposed_by)
        );
        create unique index match_weights_adopted on match_weights (status) where status = 'adopted';
        alter table alert_pair
            add column score real not null default 0,
            add column reasons text[] not null default '{}';
        create table match_asked (
            id uuid primary key,
            at timestamptz not null,
            by text not null,
            child uuid,
            terms integer[] not null
        );
        create table seal_term (
            seal uuid not null references seal,
            term integer not null,
            version smallint not null check (version > 0),
            primary key (seal, term)
        );
        create index seal_term_found on seal_term (term, seal);
        """
    )
    # How many children were ever registered is asked of the sequence that numbers them: it needs no statistics.
    op.execute(f"grant select on sequence child_number to {row_security.ROLE}")
    _make_search()
    for table in TABLES:
        op.execute(f"grant select, insert, update, delete on {table} to {row_security.ROLE}")
        op.execute(f"alter table {table} enable row level security, force row level security")
    # A pair is seen by who sees both; terms, runs and what is due say nothing of whose they are, and are read by the
    # program alone: the search asks over all children and shows those within reach.
    both = " and ".join(f"exists (select from child seen where seen.id = {name})" for name in ("child", "other"))
    op.execute(f"create policy reached on match_pair using ({SYSTEM} or ({both})) with check ({SYSTEM} or ({both}))")
    # What was asked for is left by anyone, and read by the program alone.
    for table in TERMS:
        check = "true" if table == "match_asked" else SYSTEM
        op.execute(f"create policy reached on {table} using ({SYSTEM}) with check ({check})")
    for table in ("match_version", "match_run", "match_weights"):
        op.execute(f"create policy reached on {table} using (true) with check (true)")
    _begin_index()


def _begin_index() -> None:
    """Children registered before this release are not found by their names: the timers make their terms at once."""
    op.execute(
        """
        select set_config('app.system', 'on', true);
        insert into match_run (id, version, kind, status, asked_by, asked_at, children, looked, found)
            select gen_random_uuid(), 1, 'index', 'running', 'migration', now(), count(*), 0, 0 from child
            having count(*) > 0;
        select set_config('app.system', 'off', true);
        """
    )


def _make_search() -> None:
    """One function, whose plan a connection keeps, looks and opens: of each term so many records as are told, of them
    those that share the rarest terms, with their sealed documents and keys.

    It looks over all children; what of it a person is shown is decided by who calls it. The first row tells how many
    children were ever registered and how many records were met under each term, and has no record where none was.
    `family`: whether a parent, a brother or a sister may be on record of it.
    """
    op.execute(
        """
        create function kinward_match(terms integer[], but uuid[], crowded integer, opened integer) returns table (
            size bigint, carried integer[], id uuid, merged_into uuid, sealed bytea,
            key_version integer, kek integer, wrapped bytea, family boolean
        ) language plpgsql set plan_cache_mode = force_generic_plan as $$
        #variable_conflict use_column
        declare
            before text := current_setting('app.system', true);
        begin
            perform set_config('app.system', 'on', true);
            return query
                with met as materialized (
                    select asked.term, found.child from unnest(terms) asked (term) cross join lateral
                        (select child from match_term where term = asked.term limit crowded) found
                ), carried as materialized (
                    select term, count(*)::integer as carriers from met group by term
                ), register as materialized (
                    select greatest(last_value, 1) as size from child_number
                ), ranked as (
                    select met.child, sum(ln(greatest(register.size::float8 / carried.carriers, 1))) as worth
                    from met join carried on carried.term = met.term cross join register
                    where met.child <> all (but) group by met.child order by worth desc, met.child desc limit opened
                )
                select register.size, (select array_agg(array[term, carriers]) from carried),
                    null::uuid, null::uuid, null::bytea, null::integer, null::integer, null::bytea,
                    null::boolean
                from register
                union all
                select null, null, child.id, child.merged_into, child.sealed, key.version, key.kek, key.wrapped,
                    child.merged_into is not null or cardinality(child.siblings) > 0
                        or exists (select from relationship tie where tie.child = child.id and tie.bond = 'parent')
                        or exists (select from child gave where gave.merged_into = child.id)
                from ranked join child on child.id = ranked.child join subject_key key on key.subject = child.id
                    left join child kept on kept.id = child.merged_into
                where child.status in ('active', 'deceased', 'merged')
                  and (kept.id is null or kept.status in ('active', 'deceased'));
            perform set_config('app.system', coalesce(before, 'off'), true);
        end
        $$
        """
    )
