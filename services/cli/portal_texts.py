"""Every English text that the portal says: its own, and what the services say of their rules.

The services are asked in this process, since a portal must not know their code. Not here: the catalogues (portal.i18n).
"""

import importlib
from collections.abc import Iterator

from services.portal.i18n import sources
from services.portal.i18n.catalogues import Key, Source, of_rules
from shared.config import SERVICES
from shared.rule_words import RuleWords


def extract() -> dict[Key, Source]:
    """All texts by context and words, in order."""
    found = sources.extract() | {each.key: each for words in of_services() for each in _texts(words)}
    return {key: found[key] for key in sorted(found, key=lambda key: (key[0] or "", key[1]))}


def of_services() -> Iterator[RuleWords]:
    """The rules of all services in words."""
    for service in SERVICES:
        blueprints = importlib.import_module(f"services.{service}.api").BLUEPRINTS
        yield from next(each for each in blueprints if each.name == "rules").words


def _texts(words: RuleWords) -> Iterator[Source]:
    context = of_rules(words.about)
    return (Source(text, context) for text in (words.title, words.says, words.remedy) if text)
