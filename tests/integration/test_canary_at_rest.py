"""No word that somebody writes about a child is readable where it is kept: tables, write-ahead log, dumps, logs.

Every route that takes words is called with a word of its own in every field of free text, made from the route's schema,
so that a route or field that is added is looked after too. Then the server's own files are searched for every word, in
every form that text takes; and a word that is planted is found in each of them, so that the search is known to look.
"""

import io
import itertools
import json
import logging
import os
import subprocess

import pytest
from marshmallow import fields, validate
from PIL import Image
from sqlalchemy import text

from services.cli import documents
from shared import http, logs
from tests.authorisation import bodies, calls, world
from tests.integration import deployed
from tests.integration.test_canary import found_in
from tests.integration.test_registry_papers import send

LETTERS = "abcdefghijklmnop"
ROUTES = [route for route in http.routes(documents.documented_app("registry")) if "POST" in route.methods]
CODES_IN_STRINGS = {"status", "verdict", "form", "columns", "reference", "account", "owner", "date", "languages"}
"""Fields of text that are codes, dates, accounts of staff, or numbers with a form of their own."""
FEWEST = 40


def words():
    """Words of Latin letters that occur nowhere else, without end."""
    for number in itertools.count():
        yield "Zqkanar" + "".join(LETTERS[number >> shift & 15] for shift in (8, 4, 0)) + "eva"


def filled(schema, body, word, sown, path=()):
    """The body with a word of its own in every field of free text, those that may be left out too."""
    for name, field in (schema() if isinstance(schema, type) else schema).load_fields.items():
        key = field.data_key or name
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            below = body.get(key)
            for part in below if isinstance(below, list) else [below] if isinstance(below, dict) else []:
                filled(inner.schema, part, word, sown, (*path, key))
        elif type(inner) is fields.String and key not in CODES_IN_STRINGS and not has_form(inner):
            body[key] = [next(word)] if isinstance(field, fields.List) else next(word)
            sown[(*path, key)] = body[key][0] if isinstance(field, fields.List) else body[key]
    return body


def has_form(field):
    return any(isinstance(rule, validate.OneOf | validate.Regexp) for rule in field.validators)


@pytest.fixture(scope="module")
def scene(postgresql_debian15):
    """registry in a server of its own files, after every route has taken its words: (server, url, words, log)."""
    url = postgresql_debian15.new_database()
    engine = deployed.db.make_engine(url)
    deployed.db.migrate(engine, "services.registry.migrations")
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    handler.setFormatter(logs.JsonLines())
    logging.getLogger().addHandler(handler)
    try:
        maker = world.all_granted(engine).as_("maker", subject="maker")
        taken = sow(maker, words())
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("checkpoint"))
        yield postgresql_debian15, url, taken, log
    finally:
        logging.getLogger().removeHandler(handler)
        engine.dispose()
        postgresql_debian15.drop_database(url)


def sow(maker, word):
    """The words that were taken, by route and field."""
    taken = {}
    for route in ROUTES:
        if route.schema_in is None or not route.changes or "attachments" in route.rule:
            continue
        child, other = (str(maker.made("/children", {"identity": calls.IDENTITY})) for _ in range(2))
        path, version = route.rule.removeprefix("/registry"), 1
        for name in world.names_in(route.rule):
            if name in calls.THINGS:
                path = path.replace(f"<uuid:{name}>", calls.THINGS[name][1](maker, child))
        path = path.replace("<uuid:child_id>", child)
        if "<" in path:
            continue
        given = calls.BODIES.get(route.rule)
        body = given(child, other) if given else bodies.of(route.schema_in, child, other, calls.ALMATY)
        body, sown = json.loads(json.dumps(body, default=str)), {}
        if "identity" in body:
            body["identity"]["names"] = [{"script": "Latn", "given": "x"}]
        filled(route.schema_in, body, word, sown)
        answer = maker.post(path, body, version=version, key="" if route.idempotent else None)
        if answer.status_code < 300:
            taken |= {(route.rule, ".".join(field)): each for field, each in sown.items()}
    return taken | attached(maker, next(word))


def attached(maker, word):
    """A photograph under a file name, with the word in what a camera writes beside the picture too."""
    child = maker.made("/children", {"identity": calls.IDENTITY})
    picture, notes = io.BytesIO(), Image.Exif()
    notes[0x010E] = word
    Image.new("RGB", (40, 40), "white").save(picture, "JPEG", exif=notes)
    answer = send(maker, child, picture.getvalue(), name=f"{word}.jpg")
    assert answer.status_code == 201, answer.text
    return {("attachments", "name"): word}


def files_of(server, url):
    """The bytes of the server's files that may hold rows: the write-ahead log and the tables of the database."""
    found = {}
    for folder in ("pg_wal", "base", "pg_stat_tmp", "log"):
        for path in (server.data / folder).rglob("*"):
            if path.is_file():
                found[str(path.relative_to(server.data))] = path.read_bytes()
    return found


def dumped(server, url):
    """The database as pg_dump writes it."""
    name = url.partition("@/")[2].partition("?")[0]
    host = url.partition("host=")[2].replace("%2F", "/")
    command = [str(server.program("pg_dump")), "-h", host, "-U", "kinward", name]
    return subprocess.run(command, check=True, capture_output=True, env={**os.environ, "LC_ALL": "C.UTF-8"}).stdout


def test_many_routes_have_taken_words(scene):
    _, _, taken, _ = scene
    assert len(taken) >= FEWEST, sorted(taken)


def test_no_word_is_in_the_servers_files(scene):
    server, url, taken, _ = scene
    with deployed.db.make_unpooled_engine(url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("create table planted as select 'Zqkanarplantedeva'::text as word"))
        connection.execute(text("checkpoint"))
    held = b"".join(files_of(server, url).values())
    assert found_in(held, ["Zqkanarplantedeva"])
    assert found_in(held, list(taken.values())) == set()


def test_no_word_is_in_a_dump(scene):
    server, url, taken, _ = scene
    assert found_in(dumped(server, url), list(taken.values())) == set()
    assert b"subject_key" in dumped(server, url)


def test_no_word_is_in_a_log(scene):
    *_, taken, log = scene
    assert found_in(log.getvalue().encode(), list(taken.values())) == set()
