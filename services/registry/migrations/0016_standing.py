"""What decides whether someone may see a child, asked by functions whose plans a connection keeps.

Every request about a child asks it, and with all the policies of row-level security written into it, it takes longer to
plan than to run. The function runs as its caller: the policies hold within it as without. Its plan is the general one
from the first call on: there is one child asked about, or a page of them, and always by their ids.

`kinward_enter` (0014) is the same as before but for one line: as a table, the kin are planned with the statement that
asks for them and that plan is kept; as a value, they were planned anew in each transaction.
"""

from alembic import op

revision = "registry_0016"
down_revision = "registry_0015"
phase = "founding"


def upgrade() -> None:
    """Make the function; let the opening of a transaction keep its plan."""
    op.execute(
        """
        create function kinward_standing(account text, ids uuid[], at timestamptz) returns table (
            id uuid, number bigint, version integer, status text, area text, merged_into uuid, provider uuid,
            blocked boolean, glass uuid
        ) language plpgsql stable set plan_cache_mode = force_generic_plan as $$
        #variable_conflict use_column
        begin
            return query
                with kin (child) as materialized (
                        select kin.child from kin_children(kinward_standing.account) kin (child)
                    ),
                    asked (id) as materialized (
                        select unnest(ids)
                        union
                        select child.merged_into from child where child.id = any (ids) and child.merged_into is not null
                    )
                select child.id, child.number, child.version, child.status, child.area, child.merged_into,
                    care.provider,
                    child.id in (select kin.child from kin),
                    (
                        select glass.id from glass
                        where glass.account = kinward_standing.account and glass.child = child.id
                          and glass.status = 'open' and glass.at <= kinward_standing.at
                          and glass.until > kinward_standing.at and child.id not in (select kin.child from kin)
                        limit 1
                    )
                from asked join child on child.id = asked.id left join care_status care on care.child = child.id;
        end
        $$
        """
    )
    op.execute(
        """
        create or replace function kinward_enter(
            subject text, areas text[], provider uuid, sealing boolean, system boolean, at timestamptz
        ) returns void language plpgsql as $$
        declare
            kin uuid[] := '{}';
            also uuid[] := '{}';
        begin
            perform set_config('app.system', 'on', true);
            if not system then
                kin := array(select found.child from kin_children(subject) found (child));
                select coalesce(array_agg(opened.child), '{}') into also from (
                    select glass.child from glass
                        where glass.account = subject and glass.status = 'open'
                          and glass.at <= kinward_enter.at and kinward_enter.at < glass.until
                    union all
                    select care.child from care_status care where care.provider = kinward_enter.provider
                ) opened;
                perform set_config('app.system', 'off', true);
            end if;
            perform set_config('app.subject', subject, true), set_config('app.areas', areas::text, true),
                set_config('app.provider', coalesce(provider::text, ''), true),
                set_config('app.sealing', case when sealing then 'on' else 'off' end, true),
                set_config('app.kin', kin::text, true), set_config('app.also', also::text, true),
                set_config('role', 'kinward_app', true);
        end
        $$
        """
    )
