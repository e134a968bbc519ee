"""The English texts, taken out of templates and code; and .po files written so that a change shows as its own lines.

No line numbers and no dates of extraction are written: a catalogue changes when words change.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import normalize

from services.portal.i18n.catalogues import HERE, SHA, Entry, Key, Source

METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS: Mapping[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
    "_l": None,
    "_lp": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PLURALS = {
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2)",
}
TWO = "nplurals=2; plural=(n != 1)"


def extract(root: Path = HERE) -> dict[Key, Source]:
    """Every text of the portal, in the order of its words."""
    found: dict[Key, Source] = {}
    options = {"templates/**.html": {"silent": "false"}}
    for _file, _line, message, _comments, context in extract_from_dir(
        root, METHODS, options, keywords=KEYWORDS, directory_filter=_ours
    ):
        text, plural = (message[0], message[1]) if isinstance(message, tuple) else (message, None)
        source = Source(text, context, plural)
        if source.key not in found or plural:
            found[source.key] = source
    return {key: found[key] for key in sorted(found, key=lambda key: (key[0] or "", key[1]))}


BUTTON = re.compile(
    r'<(button|a)\b[^>]*?class="btn\b[^>]*>(?P<inside>.*?)</\1>|\bsend\((?P<label>.*?)\)\s*\}\}', re.DOTALL
)
GIVEN = re.compile(r"""_\(\s*"((?:[^"\\]|\\.)*)\"""")


@cache
def buttons(root: Path = HERE) -> frozenset[str]:
    """The English texts that stand on a button, as templates have them."""
    found: set[str] = set()
    for path in sorted((root / "templates").rglob("*.html")):
        for each in BUTTON.finditer(path.read_text(encoding="utf-8")):
            found.update(GIVEN.findall(each["inside"] or each["label"] or ""))
    return frozenset(found)


def _ours(folder: str) -> bool:
    return Path(folder).name not in {"static", "assets", "translations", "drafts", "__pycache__"}


def template(found: Iterable[Source]) -> str:
    """The .pot of all texts."""
    return _file({"Content-Type": "text/plain; charset=utf-8"}, [Entry(each, ()) for each in found])


def po(language: str, entries: Iterable[Entry], **headers: str) -> str:
    """A .po of a language; `headers` with underscores for hyphens."""
    said = {
        "Language": language.replace("-", "_"),
        "Content-Type": "text/plain; charset=utf-8",
        "Plural-Forms": PLURALS.get(language, TWO),
    }
    return _file(said | {name.replace("_", "-"): value for name, value in headers.items()}, entries)


def _file(headers: Mapping[str, str], entries: Iterable[Entry]) -> str:
    lines = ['msgid ""', 'msgstr ""', *(normalize(f"{name}: {value}\n") for name, value in headers.items())]
    return "\n".join(lines) + "\n" + "".join(f"\n{_entry(each)}" for each in entries)


def _entry(entry: Entry) -> str:
    source = entry.source
    lines = [f"# {SHA}{entry.sha}"] if entry.sha else []
    if source.context:
        lines.append(f"msgctxt {normalize(source.context)}")
    lines.append(f"msgid {normalize(source.text, width=110)}")
    if source.plural is None:
        lines.append(f"msgstr {normalize(entry.strings[0] if entry.strings else '', width=110)}")
    else:
        lines.append(f"msgid_plural {normalize(source.plural, width=110)}")
        strings = entry.strings or ("", "")
        lines += [f"msgstr[{at}] {normalize(each, width=110)}" for at, each in enumerate(strings)]
    return "\n".join(lines) + "\n"
