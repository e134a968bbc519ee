"""The rules in the reader's words: what a service says in English, translated where the catalogues have it, and linked.

A service's text is looked up in the catalogues under the context `rule`; what they do not have stands in English, and
is marked as English on a page of another language. A sentence of a refusal that has numbers and days of its own is in
no catalogue: what its rule asks stands in for it, and the sentence beside it in English. Words about rights, consent,
decisions and complaints are never a machine's draft: their context says so (i18n.catalogues). Not here: what is kept of
the services' answers (rule_book), the numbers of the law (law_words).
"""

import dataclasses
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Flask, g, url_for
from flask_babel import pgettext

from services.portal import together
from services.portal.clients import Refusal
from services.portal.house import apis, house, person
from services.portal.i18n import catalogues, marks, speaking
from services.portal.issuer_words import WORDS as OF_ACCOUNTS
from services.portal.languages import language
from services.portal.rule_book import Words
from shared import errors

SERVICES = ("placements", "registry", "social_work", "reporting")
ACCOUNTS = "portal"
CODE = "code"
PLAIN = re.compile(r"(F\d+|[a-z][a-z0-9_-]*(:[a-z_]+)?)$")
"""How an id is written that has a page; what else is named as a rule is a sum of figures."""
GENERAL = frozenset(each.code for each in vars(errors).values() if isinstance(each, type) and hasattr(each, "code"))
"""Codes of problems that name no rule: they say only of what kind a refusal is."""
UNKNOWN_SUBJECT = "decision"
"""What a rule is taken to be about that nobody knows here: its words are not served as a draft."""


class Said(str):
    """What a service said, in English, of a rule: what is wrong or, where it `helps`, what to do about it."""

    rule: str | None
    helps: bool

    def __new__(cls, text: str, rule: str | None, *, helps: bool = False) -> "Said":
        """The text, with the rule it speaks of."""
        made = super().__new__(cls, text)
        made.rule, made.helps = rule, helps
        return made


@dataclass(frozen=True)
class Line:
    """One line of a refusal: the service's field, what is wrong, what helps, the rule, what it was judged by."""

    field: str | None
    message: Said
    remedy: Said | None
    rule: str | None
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Heard:
    """What a service said, as a reader hears it.

    `exactly` is the service's own sentence in English where the words of the rule stand in for it; `titled`: these are
    the rule's title; `helps`: what the rule says to do, for a sentence that came without.
    """

    words: Any
    exactly: str = ""
    titled: bool = False
    helps: str = ""


def register(app: Flask) -> None:
    """Let templates speak of rules."""
    app.jinja_env.globals.update(rule_title=title, rule_url=url, rule_says=says, english=english, refusal_lines=lines)
    app.jinja_env.filters.update(in_words=in_words, heard=heard)


def known() -> Mapping[str, Words]:
    """All rules that are known to this process, by id; the services are asked for those that are not."""
    found: Mapping[str, Words] | None = g.get("rules")
    if found is None:
        book = house().rules
        if person() is not None and (missing := book.missing(SERVICES)):
            asked = {each: partial(book.ask, each, partial(_api(each).get, "/rules")) for each in missing}
            together.ask(**asked)
        accounts = {id_: Words(id_, str(words), services=(ACCOUNTS,)) for id_, words in OF_ACCOUNTS.items()}
        found = g.rules = accounts | book.whole(SERVICES)
    return found


def of(rule: str) -> Words | None:
    """A rule; of code:sex and the like the one of codes."""
    return known().get(rule) or known().get(rule.partition(":")[0])


def title(rule: str) -> str:
    """What a rule is called, in the reader's language where it is translated; its id as words where nobody knows it."""
    found = of(rule)
    if found is None:
        return rule.replace("-", " ").replace("_", " ").capitalize()
    return found.title if ACCOUNTS in found.services else says(found.title, rule)


def says(text: str, rule: str | None) -> str:
    """What a service says of a rule, in the reader's language where it is translated; else in English, marked."""
    if not text:
        return ""
    return pgettext(_context(rule), text)


def english(text: str) -> str:
    """A text of the pack or of a service that is in English, marked on a page of another language."""
    return text if not text or language() == "en" or not g.get("rendering") else marks.foreign(text, "en")


def heard(text: Any) -> Heard:
    """What stands at a field: the portal's own words as they are, a service's in the reader's language.

    A sentence that is not translated is left in English where its rule has no translated words either.
    """
    if not isinstance(text, Said):
        return Heard(text)
    found = None if _translated(text, text.rule) else of(text.rule or "")
    if found is None:
        return Heard(says(text, text.rule))
    asks = (*(found.says if len(found.says) == 1 else ()), found.title)
    helps = found.remedy if _translated(found.remedy, found.id) else ""
    for each in (found.remedy,) if text.helps else asks:
        if _translated(each, found.id):
            return Heard(says(each, found.id), str(text), each == found.title, says(helps, found.id))
    return Heard(says(text, text.rule))


def in_words(text: Any) -> Any:
    """As heard, the words alone."""
    return heard(text).words


def lines(refusal: Refusal) -> Iterator[Line]:
    """What a refusal says, each about its rule; at least one line."""
    for each in refusal.errors:
        rule = of_refusal(refusal, each.rule)
        remedy = Said(each.remedy, rule, helps=True) if each.remedy else None
        yield Line(each.field, Said(each.message or refusal.detail, rule), remedy, rule, each.facts)
    if not refusal.errors:
        rule = of_refusal(refusal, None)
        yield Line(None, Said(refusal.detail, rule), None, rule)


def url(rule: str | None) -> str | None:
    """Where a rule is explained; nothing for what is none."""
    return url_for("rules.show", rule=rule) if rule and PLAIN.match(rule) else None


def of_refusal(refusal: Refusal, rule: str | None) -> str | None:
    """The rule that a line of a refusal is about: the one it names, else the one that the refusal is."""
    if rule and PLAIN.match(rule):
        return rule
    return None if refusal.code in GENERAL else refusal.code


def in_force(area: str | None = None) -> Mapping[str, Any]:
    """The rules of care with their numbers as they stand here today, by id. Raises Refusal, Down."""
    answer = apis().placements.api.get("/law/rules", area=area)
    return {each["id"]: each for each in answer["items"]}


def _context(rule: str | None) -> str:
    found = of(rule) if rule else None
    return catalogues.of_rules(found.about if found is not None else UNKNOWN_SUBJECT)


def _translated(text: str, rule: str | None) -> bool:
    """Whether there are words to serve for a text of a rule: every page in English has them."""
    return bool(text) and speaking.serves(catalogues.Source(text, _context(rule)))


def _api(service: str) -> Any:
    return getattr(apis(), service).api
