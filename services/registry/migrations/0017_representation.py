"""Whom nobody represents in law, asked of those alone for whom it may be so.

Who is in care is a small part of a register, and of them few are without a representative; the list of those few is on
the first page of whoever is responsible for them. What is written of care, measures, ties, death and coming of age
leaves the child in `representation_asked` where it may have taken a representative away, and `kinward_unrepresented`
looks at these alone, with a plan that a connection keeps. Who turns out to be represented is taken out after a while
(store.legal_alarms). Triggers, so that no way of writing forgets it, an older release's among them.
"""

from alembic import op

from shared import row_security

revision = "registry_0017"
down_revision = "registry_0016"
phase = "founding"

SYSTEM = "(select current_setting('app.system', true) = 'on')"

ASKED = {
    "care_status": (
        ("insert", "when (new.in_care)", "child"),
        ("update", "when (new.in_care and new.in_care_since is distinct from old.in_care_since)", "child"),
    ),
    "legal_measure": (("insert or update or delete", "", "child"),),
    "relationship": (("update or delete", "when (old.bond = 'parent')", "child"),),
    "majority": (("update or delete", "when (old.came_of_age)", "id"),),
    "child": (
        (
            "update",
            "when (new.status is distinct from old.status or new.merged_into is distinct from old.merged_into)",
            "id",
        ),
    ),
    "person": (("update", "when (new.deceased and not old.deceased)", "person"),),
}
"""What may take a representative away: table -> (when, under which condition, where the child is named)."""


def upgrade() -> None:
    """Make the table, what fills it, and the function; ask of everybody who is in care now."""
    op.execute(
        f"""
        create table representation_asked (
            child uuid primary key,
            at timestamptz not null
        );
        create index relationship_ended on relationship ("to") where bond = 'parent' and "to" is not null;
        grant select, insert, update, delete on representation_asked to {row_security.ROLE};
        alter table representation_asked enable row level security, force row level security;
        create policy reached on representation_asked using ({SYSTEM}) with check ({SYSTEM});
        """
    )
    op.execute(
        """
        create function kinward_ask_representation() returns trigger language plpgsql as $$
        declare
            before text := current_setting('app.system', true);
            named uuid := (to_jsonb(case when tg_op = 'DELETE' then old else new end) ->>
                case tg_argv[0] when 'person' then 'id' else tg_argv[0] end)::uuid;
        begin
            perform set_config('app.system', 'on', true);
            insert into representation_asked (child, at)
                select found.child, clock_timestamp() from (
                    select named as child where tg_argv[0] <> 'person'
                    union
                    select tie.child from relationship tie where tg_argv[0] = 'person' and tie.other = named
                ) found
                on conflict (child) do update set at = excluded.at;
            perform set_config('app.system', coalesce(before, 'off'), true);
            return null;
        end
        $$
        """
    )
    for table, triggers in ASKED.items():
        for number, (when, condition, column) in enumerate(triggers):
            op.execute(
                f"create trigger ask_representation_{number} after {when} on {table} for each row {condition}"
                f" execute function kinward_ask_representation('{column}')"
            )
    _make_function()
    op.execute("select set_config('app.system', 'on', true)")
    op.execute(
        "insert into representation_asked (child, at) select child, clock_timestamp() from care_status where in_care"
    )


def _make_function() -> None:
    """The conditions are those of LegalFile.representatives; also of a child whose records were made one.

    Step by step: what stands in a `with` is worked out for the few who are asked about. As one query, PostgreSQL reads
    all measures of the deployment for each of them.
    """
    op.execute(
        """
        create function kinward_unrepresented(today date, areas text[]) returns table (id uuid, since date)
        language plpgsql stable set plan_cache_mode = force_generic_plan as $$
        #variable_conflict use_column
        declare
            before text := current_setting('app.system', true);
        begin
            perform set_config('app.system', 'on', true);
            return query
                with named (id) as materialized (
                        select case when record.merged_into is null then record.id else record.merged_into end
                        from representation_asked asked join child record on record.id = asked.child
                        union
                        select record.id from representation_asked asked join child record on record.id = asked.child
                        where record.merged_into is not null
                    ),
                    standing (id) as materialized (
                        select child.id from named join child on child.id = named.id
                        where child.status = 'active' and (areas is null or child.area = any (areas))
                    ),
                    records (child, record) as materialized (
                        select standing.id, standing.id from standing
                        union all
                        select standing.id, twin.id from standing join child twin on twin.merged_into = standing.id
                    ),
                    cared (child, since) as materialized (
                        select records.child, min(care.in_care_since)
                        from records join care_status care on care.child = records.record and care.in_care
                        where not exists (
                            select from majority where majority.id = records.child and majority.came_of_age
                        )
                        group by records.child
                    ),
                    written as materialized (
                        select records.child as of, measure.effect, measure.person, measure.holder_person,
                            measure.of_person, measure.status, measure.changed_on,
                            measure.status = 'in_force' and not measure.suspended as acts
                        from cared join records on records.child = cared.child
                        join legal_measure measure on measure.child = records.record
                    ),
                    unfit (of, person) as materialized (
                        select written.of, written.person from written
                        where written.acts and written.effect in ('rights-limited', 'rights-removed', 'suspicion')
                    ),
                    lost (of, person) as materialized (
                        select written.of, written.person from written
                        where written.acts and written.effect = 'left-without-care'
                    ),
                    acting (of, person, by_birth) as materialized (
                        select written.of, written.holder_person, false from written
                        where written.acts and written.of_person
                          and written.effect in ('guardianship', 'preliminary-guardianship', 'trusteeship')
                        union all
                        select written.of, written.person, true from written
                        where written.acts and written.effect = 'rights-full'
                        union all
                        select records.child, tie.other, true
                        from cared join records on records.child = cared.child
                        join relationship tie on tie.child = records.record
                        where tie.bond = 'parent' and tie.status <> 'withdrawn'
                          and (tie."from" is null or tie."from" <= kinward_unrepresented.today)
                          and (tie."to" is null or tie."to" > kinward_unrepresented.today)
                          and not exists (select from person where person.id = tie.other and person.deceased)
                    )
                select cared.child, greatest(
                    cared.since,
                    (
                        select max(written.changed_on) from written
                        where written.of = cared.child and written.status not in ('recorded', 'withdrawn')
                    )
                )
                from cared
                where not exists (
                        select from written where written.of = cared.child and written.acts
                          and written.effect = 'emancipation'
                    )
                  and not exists (
                    select from acting
                    where acting.of = cared.child
                      and not exists (select from unfit where unfit.of = acting.of and unfit.person = acting.person)
                      and not (acting.by_birth and exists (
                          select from lost
                          where lost.of = acting.of and (lost.person is null or lost.person = acting.person)
                      ))
                  );
            perform set_config('app.system', coalesce(before, 'off'), true);
        end
        $$
        """
    )
