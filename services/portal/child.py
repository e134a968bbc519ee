"""What stands on every page of one child: who it is, who is responsible for it right now, what comes next.

Asked of all services at once; one that does not answer costs its line. Nothing is kept. Not here: the pages.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from services.portal import together
from services.portal.clients import Down, Refusal
from services.portal.formats import term
from services.portal.house import Person, apis, house, person
from services.portal.together import Card

HOLDING = frozenset({"oral", "in-force"})
OPEN_STAGES = frozenset({"raised", "police_told", "agency_told", "investigation_open"})
ABSENT = Card(denied=True)
ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Merged(Exception):
    """The record gave way to another one of the same child."""

    def __init__(self, into: UUID) -> None:
        super().__init__(str(into))
        self.into = into


@dataclass(frozen=True)
class Coming:
    """A day that matters to the child, why, and whether it is over."""

    on: str
    what: str
    overdue: bool


@dataclass
class Frame:
    """One child as every page of it begins. `cards` are the answers by name, each there, denied or down."""

    id: str
    record: Mapping[str, Any]
    version: str | None
    cards: dict[str, Card]
    named: dict[str, Card] = field(default_factory=dict)

    def card(self, name: str) -> Card:
        """An answer; one that was not asked for is not for the reader."""
        return self.cards.get(name, ABSENT)

    def items(self, name: str, key: str = "items") -> list[Mapping[str, Any]]:
        """The entries of an answer that is a list; none where it is not there."""
        value = self.card(name).value
        return list(value[key]) if value else []

    @property
    def stay(self) -> Mapping[str, Any] | None:
        """Where the child is now."""
        return next((each for each in self.items("stays", "placements") if each["state"] == "active"), None)

    @property
    def open_case(self) -> Mapping[str, Any] | None:
        """The open case that has a worker, else any open one."""
        found = [each for each in self.items("cases") if each["status"] != "closed"]
        return next((each for each in found if each.get("worker")), found[0] if found else None)

    @property
    def decision(self) -> Mapping[str, Any] | None:
        """The decision that the stay rests on, else the newest that holds."""
        held = [each for each in self.items("decisions", "decisions") if each["status"] in HOLDING]
        of_stay = self.stay["decision"] if self.stay else None
        return next((each for each in held if each["id"] == of_stay), max(held, key=_made_on, default=None))

    @property
    def breaches(self) -> list[Mapping[str, Any]]:
        """Rules of care that are not met now, the earliest due first."""
        found = [each for each in self.items("stays", "breaches") if each["healed_on"] is None]
        return sorted(found, key=lambda each: str(each["due"]))

    @property
    def missing_alerts(self) -> list[Mapping[str, Any]]:
        """Searches for the child that are open."""
        return [each for each in self.items("alerts") if each["stage"] in OPEN_STAGES]

    @property
    def coming(self) -> list[Coming]:
        """What is next, the earliest first."""
        today = house().today().isoformat()
        days = [*_of_stay(self.stay), *_of_decision(self.decision), *_of_reviews(self.items("reviews"))]
        days += [(each["due"], _("A rule of care must be met")) for each in self.breaches]
        return [Coming(on, what, on < today) for on, what in sorted(days)]

    @property
    def next(self) -> Coming | None:
        """The first of these."""
        return next(iter(self.coming), None)

    def who(self, kind: str, id_: str | None) -> Any:
        """What is known of a person, place, centre or worker by id; None where it is not told."""
        return self.named[f"{kind} {id_}"].value if f"{kind} {id_}" in self.named else None


def read(child: UUID, *asked: str) -> Frame:
    """The child's frame, and what a page asks beside it. Raises Refusal, Merged, Down."""
    who = person()
    if who is None:
        raise LookupError("nobody is signed in")
    questions = _questions(str(child), who)
    where = "stays" if who.may("placements.placement.read") else "care"
    wanted = ("record", "capacity", where, "cases", "decisions", "alerts", "reviews", *asked)
    try:
        cards = together.ask(**{name: questions[name] for name in dict.fromkeys(wanted)})
    except Refusal as refusal:
        raise _merged(refusal) from None
    card = cards.pop("record")
    if card.down:
        raise Down("registry")
    if card.denied:
        raise Refusal("registry", 404, {})
    frame = Frame(str(child), card.value.body, card.value.etag, cards)
    frame.named = together.ask(**_names(frame, who))
    return frame


def _merged(refusal: Refusal) -> Exception:
    """What a refusal means: that another record, which it names, stands for the child; else itself."""
    named = ID.search(refusal.detail) if refusal.code == "record-merged" else None
    return Merged(UUID(named[0])) if named else refusal


def _questions(child: str, who: Person) -> dict[str, Callable[[], Any] | None]:
    """Everything that can be asked of a child; None is what the person may not ask."""
    of = apis()
    ways: dict[str, tuple[str, Callable[[], Any]]] = {
        "record": ("registry.child.read", partial(of.registry.child, child)),
        "stays": ("placements.placement.read", partial(of.placements.stays, child)),
        "cases": ("social_work.case.read", partial(of.social_work.cases, child)),
        "care": ("registry.child.read", partial(of.registry.of_child, child, "care")),
        "alerts": ("registry.alert.read", partial(of.registry.listed, "alerts", child=child)),
    }
    registry = {
        "capacity": "legal", "measures": "legal", "consents": "consent", "family": "family", "siblings": "siblings",
        "documents": "papers", "identity-work": "papers", "attachments": "attachment", "revisions": "revisions",
    }  # fmt: skip
    placements = {
        "decisions": "decision", "reviews": "review", "gatekeeping": "gatekeeping.list", "bonds": "bond",
        "reintegrations": "reintegration", "guardianships": "guardianship", "leaving-care": "leaving_care",
        "absences": "placement", "exemptions": "exemption", "voluntary-agreements": "voluntary",
    }  # fmt: skip
    for name, permission in registry.items():
        ways[name] = (f"registry.{permission}.read", partial(of.registry.of_child, child, name))
    for name, permission in placements.items():
        needed = permission if "." in permission else f"{permission}.read"
        ways[name] = (f"placements.{needed}", partial(of.placements.of_child, child, name))
    return {name: way if who.may(permission) else None for name, (permission, way) in ways.items()}


def _names(frame: Frame, who: Person) -> dict[str, Callable[[], Any] | None]:
    """What stands behind the ids of who is responsible."""
    of, case, stay = apis(), frame.open_case, frame.stay
    asked: dict[str, Callable[[], Any] | None] = {}
    if stay and stay["provider"] and who.may("placements.provider.read"):
        asked[f"provider {stay['provider']}"] = partial(of.placements.provider, stay["provider"])
    if case and who.may("social_work.centre.read"):
        asked[f"centre {case['centre']}"] = partial(of.social_work.centre, case["centre"])
    if case and case.get("worker") and who.may("social_work.worker.read"):
        asked[f"worker {case['worker']}"] = partial(of.social_work.worker, case["worker"])
    for each in frame.items("capacity", "representatives"):
        if each["person"] and who.may("registry.person.read"):
            asked[f"person {each['person']}"] = partial(of.registry.listed, f"persons/{each['person']}")
    return asked


def _made_on(decision: Mapping[str, Any]) -> str:
    return str(decision["made_on"])


def _of_stay(stay: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    return [(stay["planned_to"], _("The stay is planned to end"))] if stay and stay["planned_to"] else []


def _of_decision(decision: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    if decision is None:
        return []
    said = {
        "carry_out_by": _("The decision must be carried out"),
        "confirm_by": _("The oral order must be confirmed in writing"),
        "in_force_until": _("The decision ends"),
        "appeal_until": _("The time for an appeal ends"),
    }
    done = {"carry_out_by": "carried_out_on", "confirm_by": "confirmed_at"}
    today = house().today().isoformat()
    found = [
        (decision[name][:10], words)
        for name, words in said.items()
        if decision[name] and not decision.get(done.get(name, ""))
    ]
    return [(on, words) for on, words in found if on >= today or words != said["appeal_until"]]


def _of_reviews(reviews: list[Mapping[str, Any]]) -> list[tuple[str, str]]:
    held = [each for each in reviews if each["status"] == "held"]
    newest = max(held, key=lambda each: str(each["held_on"]), default=None)
    return [(newest["again_by"], _("The next review of the stay"))] if newest and newest["again_by"] else []


def form_of_care(stay: Mapping[str, Any]) -> str:
    """The form of care of a stay in the pack's words; kinship where kin care."""
    return term(stay["care_form"], "care_form")


def days_since(day: str | None) -> int | None:
    """How many days ago a day was."""
    return (house().today() - date.fromisoformat(day)).days if day else None
