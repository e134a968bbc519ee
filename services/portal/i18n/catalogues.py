"""Catalogues of the portal's words: reviewed by a named person before machine drafts, drafts before English.

Both kinds are .po files read at start; nothing is compiled to disk. A draft is bound to its English source by a hash:
where the source has changed since, the draft is stale and not used. Words about rights, consent, decisions and
complaints are never served from drafts (portal.md 3). Not here: the request that asks (speaking).
"""

import gettext
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

from babel.messages import pofile
from babel.messages.catalog import Catalog

HERE = Path(__file__).parents[1]
SOURCES = HERE / "translations" / "portal.pot"
PROTECTED = frozenset({"rights", "consent", "decision", "complaint"})
REVIEWER = "X-Reviewed-By"
SHA = "source-sha: "
HEADER = re.compile(r'^"(X-[A-Za-z-]+): (.*?)\\n"$', re.MULTILINE)

Key = tuple[str | None, str]


class State(Enum):
    """Where a text comes from."""

    REVIEWED = "reviewed"
    DRAFT = "draft"
    SOURCE = "source"


@dataclass(frozen=True)
class Source:
    """One English text of the portal: its context and, where it goes with a number, its plural."""

    text: str
    context: str | None = None
    plural: str | None = None

    @property
    def key(self) -> Key:
        """What a catalogue finds it by."""
        return self.context, self.text

    @property
    def sha(self) -> str:
        """What a draft was made from: the first 12 digits of SHA-256 of context, text and plural."""
        whole = "\x00".join((self.context or "", self.text, self.plural or ""))
        return hashlib.sha256(whole.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Entry:
    """A text in another language: one string, or one for each plural form, and what it was made from."""

    source: Source
    strings: tuple[str, ...]
    sha: str | None = None


@dataclass(frozen=True)
class File:
    """What one .po holds."""

    entries: tuple[Entry, ...] = ()
    headers: Mapping[str, str] | None = None
    plural: str = "(n != 1)"
    forms: int = 2

    @property
    def reviewer(self) -> str:
        """The person who has read it; nobody: nothing of it is served as reviewed."""
        return (self.headers or {}).get(REVIEWER, "").strip()


@dataclass(frozen=True)
class Found:
    """A text as it is served: where it comes from, and in which language it is (BCP 47)."""

    text: str
    state: State
    language: str


@dataclass(frozen=True)
class Catalogue:
    """One language: what may be served of its two files."""

    language: str
    reviewed: Mapping[Key, tuple[str, ...]]
    drafts: Mapping[Key, tuple[str, ...]]
    form: Callable[[int], int]

    def look(self, source: Source, count: int | None = None) -> Found | None:
        """The text of a source, for a count where it goes with one; None where this language has none to serve."""
        for kept, state in ((self.reviewed, State.REVIEWED), (self.drafts, State.DRAFT)):
            if state is State.DRAFT and protected(source.context):
                continue
            if strings := kept.get(source.key):
                at = self.form(count) if count is not None and len(strings) > 1 else 0
                return Found(strings[min(at, len(strings) - 1)], state, self.language)
        return None


def protected(context: str | None) -> bool:
    """Whether texts of a context are served in reviewed words alone."""
    return context is not None and context.partition("|")[0] in PROTECTED


def whole(language: str, context: str) -> bool:
    """Whether every text of a context has reviewed words in a language, so that what they make is in one piece."""
    wanted = [key for key in sources() if key[0] == context]
    return bool(wanted) and all(key in catalogue(language).reviewed for key in wanted)


def of_rules(about: str) -> str:
    """The context of the words of a rule, with what they are about where that is protected."""
    return f"{about}|rule" if about else "rule"


def reviewed_file(language: str, root: Path = HERE) -> Path:
    """Where a language's reviewed texts are. Folders are POSIX (uz_Cyrl), tags BCP 47 (uz-Cyrl)."""
    return root / "translations" / language.replace("-", "_") / "LC_MESSAGES" / "portal.po"


def drafts_file(language: str, root: Path = HERE) -> Path:
    """Where its drafts are."""
    return root / "drafts" / f"{language.replace('-', '_')}.po"


def read(path: Path) -> File:
    """One .po or .pot; an absent one is empty. Entries without words, or fuzzy ones, are left out of a .po."""
    if not path.exists():
        return File()
    with path.open("rb") as file:
        catalog = pofile.read_po(file, abort_invalid=True)
    template = path.suffix == ".pot"
    entries = tuple(each for each in _entries(catalog) if template or all(each.strings))
    head = path.read_text(encoding="utf-8").partition("\n\n")[0]
    # Babel keeps the headers it knows and drops ours.
    return File(entries, dict(HEADER.findall(head)), catalog.plural_expr, catalog.num_plurals)


def _entries(catalog: Catalog) -> Iterable[Entry]:
    for message in catalog:
        if not message.id or message.fuzzy:
            continue
        single, plural = message.id if isinstance(message.id, tuple | list) else (message.id, None)
        strings = tuple(message.string) if isinstance(message.string, tuple | list) else (message.string or "",)
        sha = next((each.removeprefix(SHA) for each in message.user_comments if each.startswith(SHA)), None)
        yield Entry(Source(single, message.context, plural), strings, sha)


@cache
def sources() -> Mapping[Key, Source]:
    """Every English text of the portal, as last extracted."""
    return {each.source.key: each.source for each in read(SOURCES).entries}


def fresh(drafts: File, known: Mapping[Key, Source]) -> dict[Key, tuple[str, ...]]:
    """The drafts that were made from the English text as it is now."""
    return {
        each.source.key: each.strings
        for each in drafts.entries
        if (source := known.get(each.source.key)) and each.sha == source.sha
    }


def combine(language: str, reviewed: File, drafts: File, known: Mapping[Key, Source]) -> Catalogue:
    """A language's catalogue out of its two files. Reviewed texts without a reviewer's name do not count as such."""
    named = {each.source.key: each.strings for each in reviewed.entries} if reviewed.reviewer else {}
    plural = (reviewed if named else drafts).plural
    return Catalogue(language, named, fresh(drafts, known), gettext.c2py(plural))


@cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of a language, read once a process."""
    return combine(language, read(reviewed_file(language)), read(drafts_file(language)), sources())
