"""How far each language is: reviewed, draft, stale, missing; and that what was once reviewed is not lost."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from services.portal.i18n import catalogues
from services.portal.i18n.catalogues import HERE, Key, Source, protected
from services.portal.languages import AVAILABLE

FLOOR = "reviewed-counts.json"
PAGE = """# The portal's languages

{generated}
A text is served as a person has reviewed it, else as a machine draft, marked as such on the page, else in English. A
draft whose English text has changed since is stale and not served. Texts about rights, consent, decisions and
complaints (protected) are never served from drafts: they stand in a reviewed official language of the country, or in
English. `kinward i18n status` says the same; how a text becomes reviewed stands in [portal](portal.md#languages).

{rows}
"""


@dataclass(frozen=True)
class Status:
    """One language: of how many texts how many are reviewed, drafts, stale drafts, in English alone.

    `protected` are texts about rights, consent, decisions and complaints that wait for a reviewer.
    """

    language: str
    texts: int
    reviewed: int
    draft: int
    stale: int
    missing: int
    protected: int

    def document(self) -> dict[str, object]:
        """For programs."""
        return asdict(self)


def others() -> list[str]:
    """The languages besides English."""
    return [each for each in AVAILABLE if each != "en"]


def of(language: str, known: Mapping[Key, Source], root: Path = HERE) -> Status:
    """The state of one language."""
    drafts = catalogues.read(catalogues.drafts_file(language, root))
    found = catalogues.combine(language, catalogues.read(catalogues.reviewed_file(language, root)), drafts, known)
    reviewed = {key for key in found.reviewed if key in known}
    draft = {key for key in found.drafts if not protected(key[0])} - reviewed
    stale = {each.source.key for each in drafts.entries if each.source.key in known} - set(found.drafts) - reviewed
    return Status(
        language,
        len(known),
        len(reviewed),
        len(draft),
        len(stale),
        len(known) - len(reviewed) - len(draft),
        sum(1 for key in known if protected(key[0]) and key not in reviewed),
    )


def missing(language: str, known: Mapping[Key, Source], root: Path = HERE) -> list[Source]:
    """The texts without a fresh draft or review, those apart that may not be drafted."""
    drafts = catalogues.read(catalogues.drafts_file(language, root))
    found = catalogues.combine(language, catalogues.read(catalogues.reviewed_file(language, root)), drafts, known)
    there = {*found.reviewed, *found.drafts}
    return [source for key, source in known.items() if key not in there and not protected(key[0])]


def floors(root: Path = HERE) -> dict[str, int]:
    """How many texts of each language were once reviewed; no fewer may be."""
    found: dict[str, int] = json.loads((root / "translations" / FLOOR).read_text(encoding="utf-8"))
    return found


def lost(known: Mapping[Key, Source], root: Path = HERE) -> list[str]:
    """Languages with fewer reviewed texts than there were."""
    return [
        f"{language}: {now} texts are reviewed, {before} were"
        for language, before in floors(root).items()
        if (now := of(language, known, root).reviewed) < before
    ]


def page(generated: str) -> str:
    """docs/portal-languages.md; `generated` is the line that says how it comes about."""
    known = catalogues.sources()
    rows = ["| language | texts | reviewed | machine draft | stale draft | English only | of these protected |"]
    rows.append("| --- " * 7 + "|")
    rows.append(f"| English (en) | {len(known)} | source | | | | |")
    for language in others():
        each = of(language, known)
        rows.append(
            f"| {AVAILABLE[language]} ({language}) | {each.texts} | {each.reviewed} | {each.draft} | {each.stale}"
            f" | {each.missing} | {each.protected} |"
        )
    return PAGE.format(generated=generated, rows="\n".join(rows))
