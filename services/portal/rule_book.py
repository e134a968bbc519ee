"""What the services say of their rules, kept in this process for a while: the words of a release do not change.

Not here: how they are said in the reader's language, and their pages (rules).
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from services.portal.clients import Down, Refusal

KEPT_SECONDS = 3600.0
ASKED_AGAIN_SECONDS = 30.0


@dataclass(frozen=True)
class Words:
    """A rule in English, and by whom it is asked. `says`: one sentence for each service that has its own."""

    id: str
    title: str
    says: tuple[str, ...] = ()
    source: str = ""
    remedy: str = ""
    about: str = ""
    care: bool = False
    services: tuple[str, ...] = ()


@dataclass
class RuleBook:
    """The rules by service. Where a service does not answer, what it said last stands."""

    _kept: dict[str, Mapping[str, Words]] = field(default_factory=dict)
    _until: dict[str, float] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def missing(self, services: Iterable[str]) -> list[str]:
        """The services to be asked now."""
        now = time.monotonic()
        with self._lock:
            return [each for each in services if self._until.get(each, 0.0) <= now]

    def ask(self, service: str, question: Callable[[], Any]) -> None:
        """Keep what a service answers; one that is out of reach is asked again a little later."""
        try:
            found, kept = _read(service, question()["items"]), KEPT_SECONDS
        except (Down, Refusal):
            found, kept = None, ASKED_AGAIN_SECONDS
        with self._lock:
            self._until[service] = time.monotonic() + kept
            if found is not None:
                self._kept[service] = found

    def whole(self, services: Iterable[str]) -> dict[str, Words]:
        """All rules by id, those of care first; what several services say of one is put together."""
        found: dict[str, Words] = {}
        for service in services:
            for id_, words in self._kept.get(service, {}).items():
                found[id_] = _joined(found[id_], words) if id_ in found else words
        return found


def _read(service: str, items: Iterable[Mapping[str, Any]]) -> dict[str, Words]:
    return {
        each["id"]: Words(
            each["id"], each["title"], (each["says"],) if each["says"] else (), each["source"], each["remedy"],
            each["about"], each["care"], (service,),
        )
        for each in items
    }  # fmt: skip


def _joined(first: Words, other: Words) -> Words:
    says = tuple(dict.fromkeys((*first.says, *other.says)))
    about = first.about or other.about
    return Words(
        first.id, first.title, says, first.source or other.source, first.remedy or other.remedy, about,
        first.care or other.care, (*first.services, *other.services),
    )  # fmt: skip
