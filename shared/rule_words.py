"""What each rule is called and asks, in English: one table a service, so that every id that it answers has words.

A refusal says what is wrong this time; this says what the rule asks at all times. `about` names what its words are
about where these are never to be a machine's draft: rights, consent, decision, complaint. Not here: a service's own
tables (its domain), the rules of care with their numbers (placements), who asks for them (shared.http.rule_routes).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from shared.errors import KinwardError

ANSWERED = range(400, 500)
OWN_PAPERS = re.compile(r" \((?:CARE|COUNTING) [^)]*\)")


@dataclass(frozen=True)
class RuleWords:
    """A rule in words: what it asks, what lies behind it, what helps who is refused by it."""

    id: str
    title: str
    says: str = ""
    source: str = ""
    remedy: str = ""
    about: str = ""
    care: bool = False
    """Whether it is a rule of care, which judges stays and decisions; others look after what may be recorded."""


def table(rows: Mapping[str, tuple[str, str]], about: str = "") -> tuple[RuleWords, ...]:
    """Rules that look after what may be recorded: id, what is asked, what helps."""
    return tuple(RuleWords(id_, asks, remedy=remedy, about=about) for id_, (asks, remedy) in rows.items())


def of_errors(package: str, about: Mapping[str, str]) -> tuple[RuleWords, ...]:
    """The refusals of a service that are classes of their own, by code; `about`: by the module they stand in.

    A general error (conflict, invalid-input) is no rule: what stands in it names one.
    """
    found = {}
    for each in _below(KinwardError):
        if each.__module__.startswith(f"{package}.") and each.status in ANSWERED:
            subject = about.get(each.__module__.rpartition(".")[2], "")
            found[each.code] = RuleWords(each.code, each.title, _said(each), about=subject)
    return tuple(found[code] for code in sorted(found))


def together(*tables: Iterable[RuleWords]) -> Sequence[RuleWords]:
    """All of them by id; the first that has an id keeps it."""
    found: dict[str, RuleWords] = {}
    for each in (one for rows in tables for one in rows):
        found.setdefault(each.id, each)
    return tuple(found[id_] for id_ in sorted(found))


def _below(kind: type[KinwardError]) -> Iterator[type[KinwardError]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def _said(kind: type[KinwardError]) -> str:
    """Without references into the project's own papers, which say nothing to a reader."""
    return OWN_PAPERS.sub("", " ".join((kind.__doc__ or "").split()))
