"""The words of one request: looked up, counted by where they come from, marked while a template is rendered.

Words that Python makes outside a template are counted but not marked: they may go to a service or into a session.
"""

from dataclasses import dataclass, field
from typing import Any

from babel.support import NullTranslations
from flask import Flask, Response, before_render_template, g, has_request_context, template_rendered
from flask_babel import Domain

from services.portal.house import house
from services.portal.i18n import catalogues, marks, pseudo
from services.portal.i18n.catalogues import Found, Source, State, protected
from services.portal.languages import language

ENGLISH = "en"


@dataclass
class Words:
    """Which texts a page used, by where they come from."""

    keys: dict[State, set[catalogues.Key]] = field(default_factory=lambda: {each: set() for each in State})
    official: str | None = None

    def share(self, state: str) -> float:
        """The share, of 1, of a page's texts that are "reviewed", "draft" or "source" (English, untranslated)."""
        whole = sum(map(len, self.keys.values()))
        return len(self.keys[State(state)]) / whole if whole else 0.0


def words() -> Words:
    """Those of this request so far."""
    if "words" not in g:
        g.words = Words()
    found: Words = g.words
    return found


class Speaker:
    """What flask_babel asks for texts."""

    def ugettext(self, text: str) -> str:
        """A text."""
        return _say(Source(text))

    def upgettext(self, context: str, text: str) -> str:
        """A text of a context."""
        return _say(Source(text, context))

    def ungettext(self, text: str, plural: str, count: int) -> str:
        """A text that goes with a number."""
        return _say(Source(text, None, plural), count)

    def unpgettext(self, context: str, text: str, plural: str, count: int) -> str:
        """A text of a context that goes with a number."""
        return _say(Source(text, context, plural), count)


class CatalogueDomain(Domain):
    """flask_babel's way to the catalogues."""

    def get_translations(self) -> Any:
        """The speaker of a request; outside of one, English."""
        return Speaker() if has_request_context() else NullTranslations()


def register(app: Flask, babel: Any) -> None:
    """Let `app` speak; `babel` is its Flask-Babel."""
    babel.domain_instance = CatalogueDomain()
    app.after_request(_finish)
    app.jinja_env.globals["words"] = words
    before_render_template.connect(_begins, app)
    template_rendered.connect(_ends, app)


def serves(source: Source) -> bool:
    """Whether a text has words to serve in the language of this request: English and the pseudo-locales have all."""
    wanted = language()
    return wanted == ENGLISH or wanted in pseudo.NAMES or _look(source, None, wanted) is not None


def _say(source: Source, count: int | None = None) -> str:
    wanted = language()
    english = source.plural if count is not None and count != 1 and source.plural else source.text
    if wanted == ENGLISH:
        return english
    if wanted in pseudo.NAMES:
        return pseudo.say(wanted, english)
    found = _look(source, count, wanted) or Found(english, State.SOURCE, ENGLISH)
    return _noted(source, found, wanted)


def _look(source: Source, count: int | None, wanted: str) -> Found | None:
    """In the reader's language; of a protected text also, reviewed, in an official one of the country."""
    languages = [wanted, *(house().pack.languages if protected(source.context) else ())]
    for each in languages:
        if found := catalogues.catalogue(each.replace("_", "-")).look(source, count):
            return found
    return None


def _noted(source: Source, found: Found, wanted: str) -> str:
    seen = words()
    seen.keys[found.state].add(source.key)
    if protected(source.context) and found.language != wanted:
        seen.official = found.language
    if not g.get("rendering"):
        return found.text
    if found.state is State.DRAFT:
        return marks.draft(found.text)
    return found.text if found.language == wanted else marks.foreign(found.text, found.language)


def _begins(_app: Flask, **_about: Any) -> None:
    g.rendering = g.get("rendering", 0) + 1


def _ends(_app: Flask, **_about: Any) -> None:
    g.rendering = g.get("rendering", 1) - 1


def _finish(response: Response) -> Response:
    if response.is_streamed or response.direct_passthrough or not (response.mimetype or "").startswith("text/"):
        return response
    if "words" in g:
        made = response.get_data(as_text=True)
        response.set_data(marks.to_elements(made) if response.mimetype == "text/html" else marks.strip(made))
    return response
