"""The letter of a decision to the family: in which language it stands, who is not to get it, what it says.

Its words are of a context of their own, which no machine draft serves: where a language lacks one of them, the whole
letter stands in a language of the pack that has them all, else in English. Not here: the page (pages.letter).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from services.portal.child import Frame
from services.portal.formats import day, term
from services.portal.house import house
from services.portal.i18n import catalogues, marks
from services.portal.i18n.speaking import ENGLISH
from services.portal.languages import language
from services.portal.together import Card

CONTEXT = "decision|letter"
GIVEN = frozenset({"in-force", "oral", "suspended", "ended"})
"""Decisions of which a family is told by a letter; the others are not made, or do not stand."""

SUSPECTED, SUSPICION = "SUSPECTED_OF_HARM", "suspicion"
HELD = "in_force"


@dataclass(frozen=True)
class Choice:
    """A language that a letter can be asked for in: whether the family's record names it, whether its words exist."""

    code: str
    of_family: bool
    there: bool


def choices(frame: Frame, people: Iterable[Card]) -> list[Choice]:
    """The languages, the family's first: those of parents and representatives, of the child, of the pack, English."""
    theirs = [code for card in people if card.there for code in _spoken(card.value.get("particulars"))]
    theirs += _spoken(frame.record["identity"])
    listed = dict.fromkeys([*theirs, *house().pack.languages, ENGLISH])
    return [Choice(code, code in theirs, there(code)) for code in listed]


def there(tag: str) -> bool:
    """Whether a letter can stand in a language."""
    return tag == ENGLISH or catalogues.whole(tag, CONTEXT)


def stands_in(wanted: str) -> str:
    """The language that the letter stands in where `wanted` is asked for."""
    return next((each for each in (wanted, *house().pack.languages) if there(each)), ENGLISH)


def addressed(frame: Frame) -> list[str]:
    """The ids of parents and representatives whose languages are asked for."""
    parents = [each["id"] for each in frame.items("family", "parents") if each["other_kind"] == "person"]
    held = [each["person"] for each in frame.items("capacity", "representatives") if each["person"]]
    return list(dict.fromkeys([*parents, *held]))


@dataclass(frozen=True)
class Suspected:
    """Who is marked as suspected of the harm: ids of people, kinds of parents; whether all that tells it was read."""

    people: tuple[str, ...]
    kinds: tuple[str, ...]
    known: bool

    @property
    def any(self) -> bool:
        """Whether the record has such a mark."""
        return bool(self.people or self.kinds)


def suspected(frame: Frame, decision: Mapping[str, Any], case: Card) -> Suspected:
    """The marks of the record: measures of suspicion, and parents who were not notified for it in the case."""
    measures = [each for each in frame.items("measures") if each["effect"] == SUSPICION and each["status"] == HELD]
    parents = case.value["parents"] if case.there else []
    kinds = [each["who"] for each in parents if each["not_notified_reason"] == SUSPECTED]
    read = frame.card("measures").there and (case.there or not decision["case"])
    people = [each["terms"]["person"] for each in measures if each["terms"]["person"]]
    return Suspected(tuple(dict.fromkeys(people)), tuple(dict.fromkeys(kinds)), read)


def born(birth: Mapping[str, Any]) -> str:
    """A birth in a letter: the day where it is known, else the years."""
    first, last = birth["born_from"], birth["born_to"]
    if first == last:
        return day(first)
    years = [first[:4], last[:4]]
    return "–".join(dict.fromkeys(years))


def reasons(case: Card) -> list[str]:
    """Why care was asked for, in the pack's words."""
    return [word(each, "entry_reason") for each in case.value["reasons"]] if case.there else []


def word(code: str | None, list_name: str) -> str:
    """The pack's word for a code; where the pack has none in the letter's language, its English one, marked as such."""
    said = term(code, list_name)
    known = language() == ENGLISH or (f"{list_name}/{code}", language()) in house().pack.terms
    return said if known or not said else marks.foreign(said, ENGLISH)


def _spoken(said: Mapping[str, Any] | None) -> list[str]:
    return list((said or {}).get("languages") or ())
