"""Whether RabbitMQ is there, lets this deployment in, and has its queues as they should be. Nothing is sent or taken.

Names of foreign queues are told by the management API alone (KINWARD_AMQP_API); AMQP answers for names that one knows.
"""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import amqp
import amqp.exceptions
import httpx
import kombu.exceptions
from kombu.connection import Connection

from services.cli import composition
from services.cli.doctor.finding import Check, Found, Group, NotHere, Unanswered, note, wrong
from services.cli.doctor.patient import Patient
from shared.broker import Queue, catch_up_queue, events_exchange, inbox_queue
from shared.broker.rabbitmq import arguments

OLDEST = (3, 10)
PATIENCE = 5.0
NOWHERE = "kinward doctor"
"""A routing key that nothing is bound with: to unbind it asks for the right and changes nothing."""
LOST = (OSError, amqp.exceptions.AMQPError, kombu.exceptions.OperationalError, ValueError)
ALMOST_FULL = 0.8
NOBODY = {
    ConnectionRefusedError: "nobody answers at {place} ({error})",
    TimeoutError: "nobody answers at {place} within five seconds ({error})",
    socket.gaierror: "the name in {place} is known to nobody ({error})",
}
REFUSES = "the broker does not let us in ({error})"


@contextmanager
def connected(patient: Patient) -> Iterator[Any]:
    """A connection to the broker. Raises NotHere, Unanswered."""
    uri = _uri(patient)
    line = Connection(uri, connect_timeout=PATIENCE, heartbeat=0)
    try:
        opened: Any = line.connect()
    except LOST as error:
        with suppress(*LOST):
            line.close()
        says = next((words for kind, words in NOBODY.items() if isinstance(error, kind)), REFUSES)
        named = urlsplit(uri)
        place = f"{named.hostname}:{named.port or 5672}"
        raise Unanswered(says, error=type(error).__name__, place=place) from error
    try:
        yield opened
    finally:
        with suppress(*LOST, AttributeError):
            line.close()


def _uri(patient: Patient) -> str:
    uri = patient.settings.amqp_uri
    if uri is None:
        if patient.settings.embedded:
            raise NotHere("the broker is inside the process")
        raise Unanswered("{variable} is not set", variable="KINWARD_AMQP_URI")
    return uri


def reachable(patient: Patient) -> Iterator[Found]:
    """Whether the broker answers and lets this account into this vhost."""
    try:
        with connected(patient):
            return
    except NotHere:
        raise
    except Unanswered as gone:
        if gone.__cause__ is None:
            raise
        yield wrong(gone.found.says, remedy=_remedy(gone.__cause__), **gone.found.facts)


def _remedy(error: BaseException) -> str:
    if isinstance(error, amqp.exceptions.AccessRefused):
        return "compare account and password of KINWARD_AMQP_URI with rabbitmqctl list_users"
    if isinstance(error, amqp.exceptions.NotAllowed | amqp.exceptions.NotFound | amqp.exceptions.ResourceError):
        return "rabbitmqctl list_vhosts, and list_permissions -p VHOST for the account"
    if any(isinstance(error, kind) for kind in NOBODY):
        return "start RabbitMQ; compare host and port of KINWARD_AMQP_URI"
    return ""


def version(patient: Patient) -> Iterator[Found]:
    """Whether RabbitMQ is new enough."""
    with connected(patient) as line:
        said = line.server_properties.get("version", "")
    said = said.decode() if isinstance(said, bytes) else str(said)
    number = tuple(map(int, re.findall(r"\d+", said)[:2]))
    if number < OLDEST:
        yield wrong("RabbitMQ {version} is older than 3.10", version=".".join(map(str, number)))


def permissions(patient: Patient) -> Iterator[Found]:
    """Whether the account may write to each exchange and read from it."""
    with connected(patient) as line:
        exchanges = [events_exchange(service) for service in patient.services]
        for name in exchanges:
            if _refused(line, lambda channel, name=name: channel.exchange_declare(name, "fanout", passive=True)) == 404:
                continue  # queues-missing says so
            for other in exchanges:
                asked = _refused(line, lambda channel, a=name, b=other: channel.exchange_unbind(a, b, NOWHERE))
                if asked == 403:
                    yield wrong("the account may not write to the exchange {exchange}", exchange=name)
                    break


def queues(patient: Patient) -> Iterator[Found]:
    """Whether each queue of ours is there with our arguments, is bound to take, and somebody takes from it."""
    with connected(patient) as line:
        for queue in expected(patient):
            yield from _queue(line, queue)


def expected(patient: Patient) -> Iterator[Queue]:
    """The queues of this deployment's services."""
    for service in patient.services:
        yield catch_up_queue(service)
        sources = [each for each in composition.CONSUMES[service] if each in patient.services]
        if sources:
            yield inbox_queue(service, sources)


def _queue(line: Any, queue: Queue) -> Iterator[Found]:
    counted: list[Any] = []
    passive = _refused(line, lambda channel: counted.append(channel.queue_declare(queue.name, passive=True)))
    if passive == 404:
        yield wrong("the queue {queue} is not there", queue=queue.name)
        return
    if passive is not None:
        raise Unanswered("the broker refuses to tell of {queue} ({code})", queue=queue.name, code=passive)
    declared = _refused(
        line,
        lambda channel: channel.queue_declare(queue.name, durable=True, auto_delete=False, arguments=arguments(queue)),
    )
    if declared == 406:
        yield wrong(
            "the queue {queue} has other arguments than ours",
            remedy="stop the service, rabbitmqctl delete_queue it, start the service: events come again from the logs",
            queue=queue.name,
        )
    elif declared == 403:
        yield wrong("the account may not configure the queue {queue}", queue=queue.name)
    if queue.name.endswith(".inbox") and counted and counted[0].consumer_count == 0:
        waiting = counted[0].message_count
        yield wrong(
            "nobody takes from {queue}, where {messages} messages wait",
            remedy="start the service's worker: kinward serve SERVICE",
            queue=queue.name,
            messages=waiting,
        )


def _refused(line: Any, ask: Any) -> int | None:
    """The code with which the broker refuses something asked on a channel of its own; None where it does not."""
    channel = line.channel()
    try:
        ask(channel)
    except amqp.exceptions.AMQPError as error:
        return int(error.reply_code or 500)
    finally:
        with suppress(*LOST, AttributeError):
            channel.close()
    return None


def strangers(patient: Patient) -> Iterator[Found]:
    """Queues that are bound to our exchanges and are not ours, and alarms of the nodes."""
    ours = {queue.name for queue in expected(patient)} | {inbox_queue("reporting-shadow").name}
    exchanges = {events_exchange(service) for service in patient.services}
    vhost = quote(unquote(urlsplit(_uri(patient)).path[1:]) or "/", safe="")
    for binding in _asked(patient, f"/api/bindings/{vhost}"):
        if binding.get("source") in exchanges and binding.get("destination") not in ours:
            yield wrong(
                "{stranger} is bound to {exchange} and gets events about single children",
                stranger=binding.get("destination"),
                exchange=binding["source"],
            )
    for queue in _asked(patient, f"/api/queues/{vhost}"):
        name = queue.get("name")
        if name not in ours:
            yield note("{stranger} is a queue in our vhost and none of ours", stranger=name)
        elif queue.get("state") not in {None, "running"}:
            yield wrong("the queue {queue} is {state}", queue=name, state=str(queue.get("state")))
        elif queue.get("message_bytes", 0) > ALMOST_FULL * (queue.get("arguments") or {}).get(
            "x-max-length-bytes", 1e18
        ):
            yield note(
                "the queue {queue} is almost full: the oldest messages are dropped, and asked for again", queue=name
            )


def alarms(patient: Patient) -> Iterator[Found]:
    """Whether a node of the broker has run out of memory or disk."""
    for node in _asked(patient, "/api/nodes"):
        for alarm in ("mem_alarm", "disk_free_alarm"):
            if node.get(alarm):
                yield wrong("a node of the broker has raised its {alarm}: nothing is taken", alarm=alarm)
        if node.get("partitions"):
            yield wrong("the nodes of the broker do not see each other")


def _asked(patient: Patient, path: str) -> list[dict[str, Any]]:
    api, named = patient.settings.amqp_api, urlsplit(_uri(patient))
    if api is None:
        raise NotHere(
            "{variable} is not set: foreign queues and alarms are not looked for", variable="KINWARD_AMQP_API"
        )
    account = (unquote(named.username or "guest"), unquote(named.password or "guest"))
    try:
        answer = httpx.get(f"{api}{path}", auth=account, timeout=PATIENCE)
        answer.raise_for_status()
        found = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise Unanswered("the management API does not answer ({error})", error=type(error).__name__) from error
    return [each for each in found if isinstance(each, dict)]


CHECKS = (
    Check(
        "broker-reachable",
        Group.BROKER,
        "a connection to RabbitMQ by KINWARD_AMQP_URI",
        "Events wait in the logs (KinwardLogNotPublished); nothing is lost.",
        "start RabbitMQ; compare host, port, vhost, account and password of KINWARD_AMQP_URI",
        reachable,
    ),
    Check(
        "broker-version",
        Group.BROKER,
        "the version that RabbitMQ tells",
        "Queues cannot be declared.",
        "upgrade RabbitMQ to 3.10 or newer",
        version,
    ),
    Check(
        "broker-permissions",
        Group.BROKER,
        "whether the account may write to the exchanges",
        "The relay loses its broker again and again.",
        "rabbitmqctl set_permissions -p VHOST ACCOUNT '.*' '.*' '.*'; the vhost is this deployment's alone",
        permissions,
    ),
    Check(
        "broker-queues",
        Group.BROKER,
        "each service's inbox and catch-up queue: there, with our arguments, somebody takes from it",
        "A consumer hears nothing (KinwardSourceSilent) or ends at start.",
        "start the service: it declares its queues and asks for what it has missed",
        queues,
    ),
    Check(
        "broker-strangers",
        Group.BROKER,
        "queues bound to our exchanges, queues in our vhost (by KINWARD_AMQP_API)",
        "Events about single children go to somebody else; or messages are refused (KinwardMessagesNacked).",
        "rabbitmqctl list_bindings; unbind and delete it, and find out whose it is",
        strangers,
    ),
    Check(
        "broker-alarms",
        Group.BROKER,
        "memory and disk alarms of the nodes, partitions (by KINWARD_AMQP_API)",
        "The relay waits for confirms that do not come.",
        "free memory or disk of the node; rabbitmq-diagnostics check_local_alarms",
        alarms,
    ),
)
