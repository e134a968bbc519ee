"""What the menu offers a person: what their roles may do, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import lazy_gettext

from services.portal.house import Person, house, person


@dataclass(frozen=True)
class Entry:
    """One page of the menu: where it is, what it is called, who may open it."""

    endpoint: str
    label: Any
    icon: str
    offered: Callable[[Person], bool]


@dataclass(frozen=True)
class Shown:
    """An entry as a page shows it."""

    url: str
    label: Any
    icon: str
    current: bool


MORNING = (
    "registry.legal.read",
    "registry.papers.read",
    "placements.review.read",
    "placements.gatekeeping.list",
)
"""Who reads one of the morning lists."""


def _reads_figures(who: Person) -> bool:
    """A hub has no figures of its own, but those of its reporters."""
    return who.may("reporting.figures.read") and house().pack.kind != "hub"


ENTRIES: list[Entry] = [
    Entry("home.show", lazy_gettext("My work"), "list-task", lambda _: True),
    Entry("children.find", lazy_gettext("Find a child"), "search", lambda who: who.may("registry.child.search")),
    Entry(
        "registering.new",
        lazy_gettext("Register a child"),
        "person-plus",
        lambda who: who.may("registry.child.register"),
    ),
    Entry("morning.overview", lazy_gettext("Morning lists"), "sunrise", lambda who: who.may_any(*MORNING)),
    Entry("pairs.listed", lazy_gettext("Pairs to judge"), "people", lambda who: who.may("registry.match.read")),
    Entry("access.which", lazy_gettext("Access log"), "eye", lambda who: who.may("registry.access_log.read")),
    Entry("accounts.show_all", lazy_gettext("Accounts"), "person-circle", lambda who: who.may("portal.account.read")),
    Entry(
        "emergency.record",
        lazy_gettext("Emergency notice"),
        "exclamation-octagon",
        lambda who: who.may("placements.placement.record") and who.may("registry.child.register"),
    ),
    Entry(
        "gatekeeping.find",
        lazy_gettext("Gatekeeping"),
        "signpost-split",
        lambda who: who.may_any("placements.gatekeeping.list", "placements.agenda.read"),
    ),
    Entry("figures.latest", lazy_gettext("Figures"), "bar-chart", _reads_figures),
    Entry(
        "completeness.matrix", lazy_gettext("Who has reported"), "grid-3x3", lambda who: who.may("reporting.hub.read")
    ),
    Entry("places.find", lazy_gettext("Free places"), "house-door", lambda who: who.may("placements.vacancy.search")),
]
"""In the menu's order."""


def menu() -> list[Shown]:
    """The entries for who is signed in."""
    asking = person()
    if asking is None:
        return []
    here = request.endpoint
    return [
        Shown(url_for(each.endpoint), each.label, each.icon, each.endpoint == here)
        for each in ENTRIES
        if each.offered(asking)
    ]
