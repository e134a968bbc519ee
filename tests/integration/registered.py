"""What tests of registry over HTTP do all the time: children registered, years counted back, events read, a watch.

Not here: persons and relationships (related), fixtures (conftest), any other service.
"""

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest

from shared import event_log
from shared.ids import new_id
from tests import named
from tests.integration import deployed

ALMATY, ASTANA = "KZ-75", "KZ-71"
NOW = datetime.now(UTC)
TODAY = deployed.today(NOW)


def years_ago(years, days=0):
    """The day of birth of who is so many years and days old, though never after the 28th."""
    day = TODAY - timedelta(days=days)
    return day.replace(year=day.year - years, day=min(day.day, 28))


def identity(born="2015-05-04", **changes):
    """What is said of a child born on a day, its name its own; `birth` and `names` among the changes say otherwise."""
    birth = {"precision": "day", "date": str(born)}
    return {"names": [named.fresh()], "sex": "F", "birth": birth, "area": ALMATY} | changes


def child_of(caller, born="2015-05-04", **changes):
    """The id of a child that the caller registers."""
    return caller.made("/children", {"identity": identity(born, **changes)})


def version_of(caller, child):
    """The version of a child's record now."""
    return int(caller.get(f"/children/{child}").headers["ETag"].strip('"'))


def nameless(api, area=ALMATY):
    """The id of a child without a name, whoever registered it."""
    return child_of(api.as_("registrar"), names=[], area=area)


def child_with_key(caller, own=None, **changes):
    """The id of a child that the caller registers with an identifier, and the identifier: a fresh one unless given.

    `family` among the changes is its family name.
    """
    own = own or {"kind": "CASE_FILE", "value": str(new_id())}
    parts = {"family": changes.pop("family")} if "family" in changes else {}
    names = [named.fresh("Latn", **parts)]
    return caller.made("/children", {"identity": identity(names=names, **changes), "identifiers": [own]}), own


def found(caller, own):
    """The ids that a search for an identifier finds."""
    answer = caller.post("/children/search", {"kind": own["kind"], "value": own["value"]}, key=None)
    return [item["id"] for item in answer.json["items"]]


def events_of(engine, subject):
    """All events about a subject, oldest first."""
    with engine.connect() as connection:
        events = event_log.read(connection, 0, 10_000, source="urn:kinward:kz:registry")
    return [event for event in events if event.subject == subject]


def at_once(*posts):
    """The status codes of requests sent at the same time, in order of size."""
    gate, answers = Barrier(len(posts)), [None] * len(posts)

    def send(place, post):
        gate.wait()
        answers[place] = post()

    threads = [Thread(target=send, args=each) for each in enumerate(posts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answer.status_code for answer in answers)


def watcher(account, office, area="", *, officer=False):
    """A line of the watch roster, which holds for good."""
    line = {"account": account, "office": office, "area": area, "officer": "yes" if officer else "no"}
    return line | {"from": "", "to": ""}


@contextmanager
def watched(server, *roster):
    """registry over HTTP on a fresh database, in a country with this watch roster."""
    lines = {str(number): line for number, line in enumerate(roster, start=1)}
    pack = replace(deployed.PACK, lists={**deployed.PACK.lists, "watch_roster": lines})
    with pytest.MonkeyPatch.context() as patch, deployed.migrated(server, "registry") as engine:
        patch.setattr(deployed, "PACK", pack)
        yield deployed.Api("registry", engine)
