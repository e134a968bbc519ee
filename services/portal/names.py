"""How a person's names are read and shown: script seen from the letters, which name stands first, births in words.

The rules of writing are registry's; here a name is only split by the scripts it is typed in. Not here: forms.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from babel.dates import format_skeleton
from flask_babel import gettext as _
from flask_babel import ngettext

from services.portal.formats import day
from services.portal.house import house
from services.portal.languages import language, locale

SCRIPTS = {"LATIN": "Latn", "CYRILLIC": "Cyrl", "ARABIC": "Arab"}
PARTS = ("family", "given", "patronymic", "father")
OWN_SCRIPT = {"ru": "Cyrl", "ky": "Cyrl", "kk": "Cyrl", "ur": "Arab"}
FIRST_KINDS = ("current", "birth", "provisional", "alias")
ALSO_FATHER = "Arab"


def script_of(text: str) -> str | None:
    """The script of the first letter whose script is known; None where there is none."""
    for letter in text:
        found = SCRIPTS.get(unicodedata.name(letter, "").split(" ", 1)[0])
        if found and letter.isalpha():
            return found
    return None


def typed(parts: Mapping[str, str], **more: str) -> list[dict[str, str]]:
    """What was typed as one name, as the API takes it: one name for each script that its parts are typed in."""
    by_script: dict[str, dict[str, str]] = {}
    for part, text in parts.items():
        if text := text.strip():
            by_script.setdefault(script_of(text) or "Latn", {})[part] = text
    return [{"script": script, **named, **more} for script, named in by_script.items()]


def father_part() -> str:
    """Which part of a name the country's papers have beside family and given name: the patronymic, or the father."""
    return "father" if ALSO_FATHER in house().pack.scripts else "patronymic"


def whole(name: Mapping[str, Any]) -> str:
    """A name as one line: family name, given name, patronymic, father."""
    return " ".join(text for part in PARTS if (text := name.get(part)))


def ordered(names: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The names, the one that a reader of this language reads easiest first: current before birth, own script first."""
    own = OWN_SCRIPT.get(language().split("-")[0], "Latn")

    def rank(name: Mapping[str, Any]) -> tuple[bool, int]:
        kind = str(name.get("kind", "birth"))
        place = FIRST_KINDS.index(kind) if kind in FIRST_KINDS else len(FIRST_KINDS)
        return name.get("script") != own, place

    return sorted(names, key=rank)


def called(identity: Mapping[str, Any] | None) -> str:
    """The name to head a page with; words where the child has none, or none that is shown."""
    names = ordered((identity or {}).get("names") or ())
    return whole(names[0]) if names else _("No name on record")


def born(birth: Mapping[str, Any] | None) -> str:
    """When somebody was born, as far as it is known, in words; nothing where it is not shown."""
    if not birth or not birth.get("born_from"):
        return ""
    first, last = date.fromisoformat(birth["born_from"]), date.fromisoformat(birth.get("born_to") or birth["born_from"])
    if first == last:
        text = day(first)
    elif (first.year, first.month) == (last.year, last.month) and (first.day, last.day) >= (1, 28):
        text = format_skeleton("yMMM", first, locale=locale())
    elif first.year == last.year and (first.month, last.month) == (1, 12):
        text = str(first.year)
    else:
        text = _("between %(first)s and %(last)s", first=day(first), last=day(last))
    return _("%(born)s (estimated)", born=text) if birth.get("basis") == "estimated" else text


def born_typed(text: str | None, *, estimated: bool = False) -> str:
    """A birth as typed into a form (YYYY, YYYY-MM or YYYY-MM-DD), in words."""
    if not text:
        return ""
    basis = "estimated" if estimated else "documented"
    ends = {4: ("-01-01", "-12-31"), 7: ("-01", "-28"), 10: ("", "")}[len(text)]
    return born({"born_from": text + ends[0], "born_to": text + ends[1], "basis": basis})


def age(birth: Mapping[str, Any] | None) -> str:
    """How old somebody is today in full years; a range where the birth is not known to the day."""
    if not birth or not birth.get("born_from"):
        return ""
    today = house().today()
    oldest, youngest = (_years(date.fromisoformat(birth[end]), today) for end in ("born_from", "born_to"))
    if oldest != youngest:
        return _("%(youngest)s to %(oldest)s years old", youngest=youngest, oldest=oldest)
    return ngettext("%(num)s year old", "%(num)s years old", oldest)


def _years(born_on: date, today: date) -> int:
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))
