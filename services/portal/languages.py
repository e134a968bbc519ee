"""Which language a page is in: the reader's choice, else their browser's wish, else the pack's, else English.

Subtags are taken off from the right and the script is kept: sr-Latn-RS is not sr (Cyrillic), uz-Cyrl is not uz.
Not here: the catalogues and what is a draft (i18n).
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from babel import Locale
from babel.core import get_global
from flask import g, request, session

from services.portal.house import house
from services.portal.i18n import pseudo
from shared.errors import ConfigurationError

AVAILABLE: dict[str, str] = {"en": "English", "ru": "Русский", "ky": "Кыргызча", "ur": "اردو"}
"""Languages with a catalogue, each by its own name."""

FORMATS = {"en": "en_GB", pseudo.ACCENTED: "en_GB", pseudo.MIRRORED: "en_GB"}
"""Whose dates and numbers a language takes where the language alone leaves it open."""


def require_known(chosen: Sequence[str]) -> None:
    """Refuse a deployment's choice of languages where one has no catalogue. Raises ConfigurationError."""
    unknown = [each for each in chosen if each not in AVAILABLE]
    if unknown:
        raise ConfigurationError(
            f"the portal has no {', '.join(unknown)}",
            field="KINWARD_LANGUAGES",
            rule="known-language",
            remedy=f"one or more of: {', '.join(AVAILABLE)}",
        )


def available() -> Mapping[str, str]:
    """What may be chosen here, in the deployment's order: in a test also the pseudo-locales."""
    offered = house().settings.portal.languages or tuple(AVAILABLE)
    return {each: AVAILABLE[each] for each in offered} | pseudo.offered()


def language() -> str:
    """The language of this request, as BCP 47."""
    if "language" not in g:
        g.language = _chosen()
    found: str = g.language
    return found


@contextmanager
def speaking_in(tag: str) -> Iterator[None]:
    """What is made within is in another language than the page's, such as a letter to a family."""
    before = language()
    g.language = tag
    try:
        yield
    finally:
        g.language = before


def locale() -> Locale:
    """Its dates and numbers."""
    return Locale.parse(FORMATS.get(language(), language().replace("-", "_")))


def direction() -> str:
    """ltr or rtl."""
    mirrored = language() == pseudo.MIRRORED or locale().character_order == "right-to-left"
    return "rtl" if mirrored else "ltr"


def match(wanted: str, offered: Mapping[str, str]) -> str | None:
    """The offered language nearest to a tag, subtags taken off from the right, the script kept."""
    parts = wanted.replace("_", "-").split("-")
    script = next((part.title() for part in parts[1:] if len(part) == 4 and part.isalpha()), None)
    for end in range(len(parts), 0, -1):
        tag = "-".join(parts[:end]).lower()
        for each in offered:
            if each.lower() == tag and script in {None, _script(each)}:
                return each
    return None


def _script(tag: str) -> str | None:
    """The script that a tag names, or that its language is written in where it names none."""
    _language, *rest = tag.split("-")
    named = next((part.title() for part in rest if len(part) == 4 and part.isalpha()), None)
    likely: str = get_global("likely_subtags").get(tag.replace("-", "_"), "")
    return named or next((part for part in likely.split("_")[1:] if len(part) == 4), None)


def _chosen() -> str:
    offered = available()
    chosen = session.get("language")
    if chosen in offered:
        return str(chosen)
    asked = [tag for tag, quality in request.accept_languages if quality > 0]
    preferred = house().settings.portal.languages or house().pack.languages
    for wanted in (*asked, *preferred):
        if found := match(wanted, offered):
            return found
    return "en"
