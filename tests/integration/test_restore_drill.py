"""The drill: a backup with a child, the child erased, the backup restored, `kinward restored`; the child is gone again.

On Debian's PostgreSQL, whose pg_dump and psql an operator uses. Nothing that was sealed for the child, nor its key, is
in a dump taken after the erasure or after the drill.
"""

import json
import os
import subprocess
import types
from datetime import UTC, datetime

import pytest
from sqlalchemy import make_url, text
from typer.testing import CliRunner

from services.cli.app import tree
from shared import db, deny_list, protection
from shared.ids import new_id
from shared.protection.keys import FileKeyProvider
from shared.testing.postgresql import DEBIAN_PROGRAMS
from tests import named
from tests.integration import deployed

CANARY = "Canaryeva"
ALMATY = "KZ-75"


@pytest.fixture
def place(postgresql_debian15, tmp_path, monkeypatch):
    """A deployment's folder with its keys and deny list, and registry's migrated database."""
    folder = tmp_path / "kz"
    folder.mkdir()
    keys = FileKeyProvider(folder / "keys.json", folder / "keys.passphrase")
    keys.create(datetime(2026, 1, 1, tzinfo=UTC))
    listed = deny_list.DenyList(folder / deny_list.FILE, keys)
    monkeypatch.setattr(deployed, "KEYS", keys)
    monkeypatch.setattr(deployed, "DENY_LIST", listed)
    url = postgresql_debian15.new_database()
    db.migrate(engine := db.make_engine(url), "services.registry.migrations")
    yield types.SimpleNamespace(server=postgresql_debian15, home=tmp_path, url=url, engine=engine, listed=listed)
    engine.dispose()


def run(program, url, *arguments, **options):
    at = make_url(url)
    place = ["-h", str(at.query["host"]), "-U", str(at.username), "-d", str(at.database)]
    done = subprocess.run([DEBIAN_PROGRAMS / program, *place, *arguments], capture_output=True, check=False, **options)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def kinward(place, url, *arguments):
    settings = {"KINWARD_HOME": str(place.home), "KINWARD_REGISTRY_DATABASE_URL": url, "KINWARD_DEPLOYMENT": "kz"}
    return CliRunner().invoke(tree(arguments[0]), arguments, env=os.environ | settings | {"KINWARD_DEMO": "1"})


def dumped(url):
    return run("pg_dump", url).decode()


def restored(place, dump):
    """A new database holding what the backup holds."""
    url = place.server.new_database()
    run("psql", url, "-q", "-v", "ON_ERROR_STOP=1", "-f", "-", input=dump.encode())
    return url


def kept_of(engine, child):
    """Everything in the database that holds the child: what is sealed for it, its wrapped key, in pg_dump's writing."""
    query = "select sealed from child where id = :id union all select wrapped from subject_key where subject = :id"
    with engine.connect() as connection:
        found = [bytes(each).hex() for each in connection.scalars(text(query), {"id": child})]
    assert len(found) == 2
    return found


def test_what_was_erased_does_not_come_back_with_a_backup(place):
    api = deployed.Api("registry", place.engine)
    name = {"script": "Latn", "family": CANARY, "given": "Aigul"}
    identity = {"names": [name], "sex": "F", "birth": {"date": "1940-05-04"}, "area": ALMATY}
    registrar, first, second = (
        api.as_("registrar"), api.as_("data_protection_officer", subject="one"),
        api.as_("data_protection_officer", subject="two"),
    )  # fmt: skip
    own = {"kind": "CASE_FILE", "value": str(new_id())}
    child = registrar.made("/children", {"identity": identity, "identifiers": [own]})
    other = registrar.made("/children", {"identity": identity | {"names": [named.fresh("Latn")]}})
    secrets = kept_of(place.engine, child)
    backup = dumped(place.url)
    assert [secret in backup for secret in secrets] == [True, True]

    asked = first.made("/erasures", {"child": str(child), "ground": "court-order", "reason": CANARY})
    second.made(f"/erasures/{asked}/execution", None, version=1)
    clean = dumped(place.url)
    assert not [secret for secret in (*secrets, CANARY, own["value"]) if secret in clean]

    back = restored(place, backup)
    engine = db.make_engine(back)
    again = deployed.Api("registry", engine)
    assert again.as_("registrar").get(f"/children/{child}").status_code == 200
    assert kinward(place, back, "erasures", "check").exit_code == 1

    done = kinward(place, back, "restored", "registry", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)[0]["erased_again"] == [str(child)]
    assert again.as_("registrar").get(f"/children/{child}").status_code == 404
    assert again.as_("registrar").get(f"/children/{other}").status_code == 200
    with deployed.working("registry", engine) as uow, pytest.raises(protection.KeyDestroyed):
        uow.keys.of(child)
    after = dumped(back)
    assert not [secret for secret in (*secrets, CANARY, own["value"]) if secret in after]
    assert kinward(place, back, "erasures", "check").exit_code == 0
    assert json.loads(kinward(place, back, "erasures", "replay", "--json").stdout) == {"erased_again": []}
    engine.dispose()


def test_a_crash_between_the_list_and_the_commit_leaves_a_line_that_a_replay_makes_true(place):
    api = deployed.Api("registry", place.engine)
    identity = {"names": [], "sex": "F", "birth": {"date": "1940-05-04"}, "area": ALMATY}
    child = api.as_("registrar").made("/children", {"identity": identity})
    place.listed.append([deny_list.Erased(child, datetime(2026, 1, 1, tzinfo=UTC), "court-order")])
    replayed = kinward(place, place.url, "erasures", "replay", "--json")
    assert json.loads(replayed.stdout) == {"erased_again": [str(child)]}
    assert api.as_("registrar").get(f"/children/{child}").status_code == 404
    listed = kinward(place, place.url, "erasures", "list", "--json")
    assert {line["id"] for line in json.loads(listed.stdout)} == {str(child)}


def test_a_list_that_was_changed_erases_nobody_until_its_lines_were_looked_at(place):
    api = deployed.Api("registry", place.engine)
    identity = {"names": [], "sex": "F", "birth": {"date": "1940-05-04"}, "area": ALMATY}
    child = api.as_("registrar").made("/children", {"identity": identity})
    place.listed.append([deny_list.Erased(new_id(), datetime(2026, 1, 1, tzinfo=UTC), "court-order")])
    line = place.listed.path.read_text()
    place.listed.path.write_text(line.replace(str(place.listed.read()[0].id), str(child)))
    for command in (("erasures", "replay"), ("restored", "registry")):
        done = kinward(place, place.url, *command)
        assert (done.exit_code, "deny-list-bound" in done.output) == (78, True), done.output
    assert api.as_("registrar").get(f"/children/{child}").status_code == 200
    place.listed.path.write_text(line)
    assert kinward(place, place.url, "erasures", "check").exit_code == 0
    place.listed.path.write_text(line.replace('"court-order"', '"registered-in-error"'))
    bound = kinward(place, place.url, "erasures", "bind")
    assert (bound.exit_code, "1 on the list" in bound.output) == (0, True), bound.output
    assert kinward(place, place.url, "erasures", "check").exit_code == 0


def test_where_the_list_cannot_be_written_nothing_is_erased(place, monkeypatch):
    api = deployed.Api("registry", place.engine)
    identity = {"names": [], "sex": "F", "birth": {"date": "1940-05-04"}, "area": ALMATY}
    child = api.as_("registrar").made("/children", {"identity": identity})
    asked = api.as_("data_protection_officer", subject="one").made(
        "/erasures", {"child": str(child), "ground": "court-order", "reason": "x"}
    )
    nowhere = deny_list.DenyList(place.home / "kz" / "keys.json" / "erased.jsonl", deployed.KEYS)
    monkeypatch.setattr(deployed, "DENY_LIST", nowhere)
    answer = api.as_("data_protection_officer", subject="two").post(f"/erasures/{asked}/execution", None, version=1)
    assert answer.status_code == 500
    assert api.as_("registrar").get(f"/children/{child}").status_code == 200
