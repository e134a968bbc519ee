"""`kinward parked`: events that a consumer has put aside, so that the rest could flow: see, retry or give up.

Not here: the acts themselves (shared.stream.steering).
"""

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any

import typer

from services.cli import composition, console, operating
from services.cli.options import DeploymentOption, JsonOption
from shared import clock
from shared.errors import Invalid, Refused
from shared.runtime.deployment import Deployment
from shared.stream import overview, steering
from shared.stream.overview import ParkedEvent
from shared.stream.parking import Kind
from shared.stream.steering import Retried

OfConsumer = Annotated[str | None, typer.Option("--consumer", help="Only what this consumer has put aside.")]
AtConsumer = Annotated[str, typer.Option("--consumer", help="Who has put it aside.")]
AtSource = Annotated[str, typer.Option("--source", help="The service whose event it is.")]
AtSequence = Annotated[int, typer.Option("--sequence", min=1, help="Its place in the source's log.")]
InEpoch = Annotated[str | None, typer.Option("--epoch", help="Its epoch, where the place alone is not enough.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="Events put aside by a consumer.", no_args_is_help=True)
    group.command("list")(list_)
    group.command("show")(show)
    group.command("retry")(retry)
    group.command("drop")(drop)
    app.add_typer(group, name="parked")


@console.guarded
def list_(
    deployment: DeploymentOption = None,
    consumer: OfConsumer = None,
    kind: Annotated[Kind | None, typer.Option(help="Only those of one kind.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List what is put aside, in the order of arrival: where it stands, what kind and why, never what it says.

    failed: refused by its handler. blocked: behind a failed one that touches the same ids. waiting: for another
    service's fact, no alarm. undecodable: a message that cannot be read; its source is stopped.
    """
    with composition.opened(deployment) as opened:
        found = [each for each in _parked(opened, consumer) if kind in (None, each.kind)]
    if as_json:
        console.answer_json([_document(each) for each in found])
        return
    for each in found:
        console.out.print(_line(each), soft_wrap=True)
    if not found:
        console.out.print("Nothing is put aside.")


@console.guarded
def show(
    consumer: AtConsumer,
    source: AtSource,
    sequence: AtSequence,
    deployment: DeploymentOption = None,
    epoch: InEpoch = None,
) -> None:
    """Print one event with what it says: ids, dates and codes about a single child. Confidential, and audited."""
    with composition.opened(deployment) as opened, operating.steering(opened, consumer) as connection:
        place = operating.parked_at(connection, opened, consumer, source, sequence, epoch)
        found = next(each for each in steering.parked(connection, consumer) if _key(each) == operating.key_of(place))
        operating.note(connection, "ShowParked", consumer, _place(place), subject=place.subject)
    document = _document(place)
    if found.kind == Kind.UNDECODABLE:
        document["raw"] = found.body.decode("utf-8", "backslashreplace")
    else:
        (document["event"],) = json.loads(found.body)
    console.answer_json(document)


@console.guarded
def retry(
    deployment: DeploymentOption = None,
    consumer: OfConsumer = None,
    source: Annotated[str | None, typer.Option(help="Only the event of this service at --sequence.")] = None,
    sequence: Annotated[int | None, typer.Option(min=1, help="Only the event at this place.")] = None,
    epoch: InEpoch = None,
    as_json: JsonOption = False,
) -> None:
    """Handle again what is put aside, in the order of arrival; one event where its place is given.

    Safe beside the running service. Exit code 1 where something is refused again: then it stays.
    """
    with composition.opened(deployment) as opened:
        if source is not None and sequence is not None and consumer is not None:
            done = {consumer: _retry_one(opened, consumer, source, sequence, epoch)}
        elif source is None and sequence is None:
            done = _retry_all(opened, consumer)
        else:
            raise Invalid("One event is named by --consumer, --source and --sequence.", field="sequence")
    _tell(done, as_json=as_json)
    if any(each.refused for each in done.values()):
        raise typer.Exit(console.EXIT_REFUSED)


@console.guarded
def drop(
    consumer: AtConsumer,
    source: AtSource,
    sequence: AtSequence,
    reason: Annotated[str, typer.Option(help="Why, for who asks later: a ticket's number, no names.")],
    deployment: DeploymentOption = None,
    epoch: InEpoch = None,
) -> None:
    """Give one event up for good. Kept: which, who and why. Every rebuild leaves it out too."""
    if not 3 <= len(reason.strip()) <= 200:
        raise Invalid("A reason has 3 to 200 characters.", field="reason")
    with composition.opened(deployment) as opened, operating.steering(opened, consumer) as connection:
        place = operating.parked_at(connection, opened, consumer, source, sequence, epoch)
        if place.kind == Kind.UNDECODABLE:
            raise Refused(
                "This is a message, not an event: its events are still to come.",
                rule="undecodable",
                remedy=f"Ask for it anew: kinward stream resume {consumer} {source}",
            )
        steering.drop(connection, consumer, operating.key_of(place), by=operating.operator(), reason=reason.strip())
        operating.note(connection, "DropParked", consumer, _place(place), subject=place.subject)
        behind = sum(each.kind == Kind.BLOCKED for each in overview.parked(connection, consumer=consumer))
    console.out.print(f"{source} {sequence} is given up by {consumer}.")
    if behind:
        console.out.print(f"{behind} stood behind it or another: kinward parked retry --consumer {consumer}")


def _parked(opened: Deployment, consumer: str | None) -> list[ParkedEvent]:
    services = opened.pack.services if consumer is None else (operating.service_of(consumer),)
    found = []
    for service in services:
        with operating.transaction(opened, service) as connection:
            found += overview.parked(connection, consumer=consumer)
    return found


def _retry_all(opened: Deployment, consumer: str | None) -> dict[str, Retried]:
    """For each consumer that has put something aside. What a rebuild put aside it handles itself."""
    consumers = {each.consumer for each in _parked(opened, consumer)} if consumer is None else {consumer}
    return {name: _retry(opened, name, None) for name in sorted(consumers) if not name.endswith(operating.SHADOW)}


def _retry_one(opened: Deployment, consumer: str, source: str, sequence: int, epoch: str | None) -> Retried:
    with operating.transaction(opened, consumer) as connection:
        place = operating.parked_at(connection, opened, consumer, source, sequence, epoch)
    return _retry(opened, consumer, place)


def _retry(opened: Deployment, consumer: str, place: ParkedEvent | None) -> Retried:
    """Retry, each event in a transaction of its own; the audit log says that it was asked for, and then what came."""
    asked = {} if place is None else _place(place)
    with operating.steering(opened, consumer) as connection:
        operating.note(connection, "RetryParked", consumer, asked, subject=None if place is None else place.subject)
    done = steering.retry(opened.applier(consumer), consumer, None if place is None else operating.key_of(place))
    counts = {"handled": done.handled, "refused": len(done.refused), "held_back": done.held_back}
    with operating.transaction(opened, consumer) as connection:
        operating.note(connection, "ParkedRetried", consumer, asked | counts)
    return done


def _tell(done: dict[str, Retried], *, as_json: bool) -> None:
    if as_json:
        console.answer_json(
            [
                {"consumer": name, "handled": each.handled, "held_back": each.held_back, "refused": _refused(each)}
                for name, each in done.items()
            ]
        )
        return
    for name, each in done.items():
        counts = f"handled {each.handled}, refused again {len(each.refused)}, held back {each.held_back}"
        console.out.print(f"{name}: {counts}", soft_wrap=True)
        for one in _refused(each):
            console.out.print(f"  {one['source']} {one['sequence']}: {one['reason']}", soft_wrap=True)
    if not done:
        console.out.print("Nothing is put aside.")


def _refused(done: Retried) -> list[dict[str, Any]]:
    return [
        {"source": operating.short(source), "epoch": epoch, "sequence": sequence, "reason": reason}
        for (source, epoch, sequence), reason in done.refused.items()
    ]


def _key(parked: steering.Parked) -> tuple[Any, ...]:
    return parked.source, parked.epoch, parked.sequence


def _place(parked: ParkedEvent) -> dict[str, Any]:
    """Which event it is, for the audit log."""
    return {
        "source": operating.short(parked.source),
        "epoch": str(parked.epoch),
        "sequence": parked.sequence,
        "type": parked.type,
        "kind": parked.kind,
    }


def _document(parked: ParkedEvent) -> dict[str, Any]:
    age = clock.now() - parked.parked_at
    document = asdict(parked) | {"source": operating.short(parked.source), "age_seconds": int(age.total_seconds())}
    del document["place"]
    return document


def _line(parked: ParkedEvent) -> str:
    """One line: where, what, why, how often and since when."""
    places = str(parked.sequence) if parked.last == parked.sequence else f"{parked.sequence} to {parked.last}"
    words = [f"{parked.consumer:12} {operating.short(parked.source)} {places}", f"{parked.kind}: {parked.reason}"]
    if parked.type is not None:
        words += [parked.type, f"subject {parked.subject}"]
    if parked.waits_for is not None:
        words.append(f"for {parked.waits_for}")
    age = timedelta(seconds=int((clock.now() - parked.parked_at).total_seconds()))
    return "  ".join([*words, f"attempts {parked.attempts}", f"since {age}"])
