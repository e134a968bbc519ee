"""Row-level security: the second wall. Who a transaction acts for decides which rows there are.

`kinward_enter` opens every transaction (shared/row_security): it says for whom, works out once which children are kin
and which are reached beyond the areas (with the own provider, by a broken glass), and takes the role kinward_app.
Policies hold for the tables' owner too. A new table comes with its policy, or a reason in the guard test.
"""

from alembic import op

from shared import row_security

revision = "registry_0014"
down_revision = "registry_0013"
phase = "founding"


def setting(name: str, kind: str) -> str:
    """A setting of the transaction, read once a statement."""
    return f"(select nullif(current_setting('app.{name}', true), '')::{kind})"


def settings(name: str, kind: str) -> str:
    """A setting that is a list; empty where it is not set."""
    return f"coalesce({setting(name, kind + '[]')}, '{{}}')"


SYSTEM = "(select current_setting('app.system', true) = 'on')"
SEALING = "(select current_setting('app.sealing', true) = 'on')"
AREAS, KIN, ALSO = settings("areas", "text"), settings("kin", "uuid"), settings("also", "uuid")
SUBJECT = setting("subject", "text")
APPEND_ONLY = ("audit", "event_log")

IN_AREA = f"('*' = any ({AREAS}) or area = any ({AREAS}))"
REACHED = f"({IN_AREA} or id = any ({ALSO})) and id <> all ({KIN})"
SHOWN = f"status <> 'erased' and (status <> 'sealed' or {SEALING})"


def child_of(column: str) -> str:
    """The child named in `column` is seen."""
    return f"exists (select from child seen where seen.id = {column})"


POLICIES = {
    "child_revision": child_of("child"),
    "legal_measure": child_of("child"),
    "consent": child_of("child"),
    "majority": child_of("majority.id"),
    "care_status": child_of("child"),
    "attachment": child_of("child"),
    "identity_work": child_of("child"),
    "child_document": child_of("child"),
    "erasure": f"status = 'executed' or {child_of('child')}",
    "seal": f"{SEALING} or status = 'asked' and {child_of('child')}",
    "seal_opening": SEALING,
    "seal_identifier": SEALING,
    "file_offer": child_of("child"),
    "joining": f"{child_of('kept')} and {child_of('merged')}",
    "relationship": f"{child_of('child')} and (other_kind = 'person' or {child_of('other')})",
    "person": f"{IN_AREA} or exists (select from relationship tie where tie.other = person.id)",
    "person_revision": "exists (select from person seen where seen.id = person)",
    "household": f"{IN_AREA} or exists (select from child seen where seen.id = any (household_children(household.id)))",
    "household_member": "exists (select from household seen where seen.id = household)",
    "household_fact": "exists (select from household seen where seen.id = household) "
    f"and (child is null or {child_of('child')})",
    "alert": f"case when child is null then {IN_AREA} else {child_of('child')} end",
    "alert_clock": "exists (select from alert seen where seen.id = alert)",
    "alert_pair": f"exists (select from alert seen where seen.id = alert) and {child_of('child')}",
    "kin_block": f"account = {SUBJECT} or {child_of('child')}",
    "glass": f"{SUBJECT} in (account, told_one, told_two) or {child_of('child')}",
}
"""For whom a row is there, beside the system itself: table -> condition on the row."""


def upgrade() -> None:
    """Make the role, the opening and the policies."""
    row_security.make_role(op.get_bind())
    _let_the_role_work()
    _make_opening()
    protect("child", f"{REACHED} and {SHOWN}", check=REACHED)
    for table, seen in POLICIES.items():
        protect(table, seen)
    protect("notice", f"account = {SUBJECT}", check="true")


def protect(table: str, seen: str, check: str | None = None) -> None:
    """Let rows of `table` be seen where `seen` holds, and be written where `check` does (None: the same)."""
    op.execute(f"alter table {table} enable row level security, force row level security")
    op.execute(
        f"create policy reached on {table} using ({SYSTEM} or ({seen})) with check ({SYSTEM} or ({check or seen}))"
    )


def _let_the_role_work() -> None:
    """All but what changes tables; what is appended to is not changed."""
    op.execute(f"grant select, insert, update, delete on all tables in schema public to {row_security.ROLE}")
    op.execute(f"grant usage on all sequences in schema public to {row_security.ROLE}")
    for table in APPEND_ONLY:
        op.execute(f"revoke update, delete on {table} from {row_security.ROLE}")


def _make_opening() -> None:
    op.execute(
        """
        create function household_children(what uuid) returns uuid[] language plpgsql stable as $$
        declare
            before text := current_setting('app.system', true);
            found uuid[];
        begin
            perform set_config('app.system', 'on', true);
            select array_agg(member) into found from household_member where household = what and member_kind = 'child';
            perform set_config('app.system', coalesce(before, 'off'), true);
            return found;
        end
        $$
        """
    )
    op.execute(
        """
        create function kinward_enter(
            subject text, areas text[], provider uuid, sealing boolean, system boolean, at timestamptz
        ) returns void language plpgsql as $$
        declare
            kin uuid[] := '{}';
            also uuid[] := '{}';
        begin
            perform set_config('app.system', 'on', true);
            if not system then
                kin := array(select kin_children(subject));
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
