"""What matching can find and what it cannot, per language and script: a letter that nothing reads, a rule that takes
nothing off, a kind of term that records have not, a level that no decided pair ever had. Named, never silent.

Belongs here: the account of a language (by its alphabet and by specimens that its rules must read as one) and of a
sample of records. Not here: letters and rules themselves (matching_letters, matching_parts), which records are looked
at (store.matching_coverage).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from services.registry.domain import matching_comparing as comparing
from services.registry.domain import matching_keys as keys
from services.registry.domain import matching_letters as letters
from services.registry.domain import matching_names as names
from services.registry.domain import matching_parts as parts
from services.registry.domain import matching_words as words
from services.registry.domain.matching_keys import Kind, Likeness
from services.registry.domain.matching_parts import FAMILY, FATHER
from services.registry.domain.names import Name

FEW = 50
"""Of fewer parts of names than these nothing is said about a rule that took nothing off."""
PATRONYMIC, FAMILY_ENDING, MARKER = "patronymic-ending", "family-ending", "marker-word"
RULES = (PATRONYMIC, FAMILY_ENDING, MARKER)


@dataclass(frozen=True)
class Specimen:
    """A word that a rule must read as its base, in a language and script (Каримовна as Карим)."""

    rule: str
    script: str
    written: str
    base: str


SPECIMENS: Mapping[str, tuple[Specimen, ...]] = MappingProxyType(
    {
        "ru": (
            Specimen(PATRONYMIC, "Cyrl", "Каримович", "Карим"),
            Specimen(PATRONYMIC, "Cyrl", "Каримовна", "Карим"),
            Specimen(FAMILY_ENDING, "Cyrl", "Ахметова", "Ахметов"),
            Specimen(PATRONYMIC, "Latn", "Karimovna", "Karim"),
            Specimen(FAMILY_ENDING, "Latn", "Akhmetova", "Akhmetov"),
        ),
        "kk": (
            Specimen(PATRONYMIC, "Cyrl", "Серікұлы", "Серік"),
            Specimen(PATRONYMIC, "Cyrl", "Серікқызы", "Серік"),
            Specimen(FAMILY_ENDING, "Cyrl", "Ахметова", "Ахметов"),
            Specimen(PATRONYMIC, "Latn", "Serıkuly", "Serık"),
            Specimen(PATRONYMIC, "Latn", "Serikqyzy", "Serik"),
        ),
        "ky": (
            Specimen(MARKER, "Cyrl", "Асан уулу", "Асан"),
            Specimen(MARKER, "Cyrl", "Асан кызы", "Асан"),
            Specimen(FAMILY_ENDING, "Cyrl", "Асанова", "Асанов"),
            Specimen(MARKER, "Latn", "Asan uulu", "Asan"),
        ),
        "tg": (
            Specimen(PATRONYMIC, "Cyrl", "Каримович", "Карим"),
            Specimen(FAMILY_ENDING, "Cyrl", "Каримзода", "Карим"),
            Specimen(FAMILY_ENDING, "Latn", "Karimzoda", "Karim"),
        ),
        "uz": (
            Specimen(MARKER, "Latn", "Karim oʻgʻli", "Karim"),
            Specimen(MARKER, "Latn", "Karim qizi", "Karim"),
            Specimen(FAMILY_ENDING, "Latn", "Karimova", "Karimov"),
            Specimen(MARKER, "Cyrl", "Карим ўғли", "Карим"),
            Specimen(MARKER, "Cyrl", "Карим қизи", "Карим"),
            Specimen(PATRONYMIC, "Cyrl", "Каримовна", "Карим"),
        ),
        "tk": (
            Specimen(FAMILY_ENDING, "Latn", "Atamyradowa", "Atamyradow"),
            Specimen(PATRONYMIC, "Latn", "Amanowna", "Aman"),
            Specimen(MARKER, "Latn", "Atamyrat gyzy", "Atamyrat"),
        ),
        "uk": (
            Specimen(PATRONYMIC, "Cyrl", "Петрівна", "Петро"),
            Specimen(PATRONYMIC, "Cyrl", "Іванович", "Іван"),
        ),
        "ur": (Specimen(MARKER, "Arab", "احمد ولد", "احمد"), Specimen(MARKER, "Arab", "بن احمد", "احمد")),
        "fa": (Specimen(MARKER, "Arab", "بن احمد", "احمد"), Specimen(FAMILY_ENDING, "Arab", "کریم‌زاده", "کریم")),
        "ar": (Specimen(MARKER, "Arab", "بن احمد", "احمد"),),
        "sr": (),
        "hr": (),
        "bs": (),
        "ro": (),
        "en": (),
    }
)
"""What rules must do per language; a language with none needs none; one that is not here has no rules of its own."""


@dataclass(frozen=True)
class Silent:
    """Something that cannot be found or cannot fire: what kind, of what, and why."""

    kind: str
    subject: str
    reason: str


@dataclass
class ScriptSeen:
    """What was seen of one script in sampled records."""

    records: int = 0
    without: int = 0
    terms: Counter[Kind] = field(default_factory=Counter)
    unread: set[str] = field(default_factory=set)
    tried: Counter[str] = field(default_factory=Counter)
    fired: Counter[str] = field(default_factory=Counter)


def fires(specimen: Specimen, languages: Sequence[str]) -> bool:
    """Whether the rule reads the specimen as its base."""
    place = FAMILY if specimen.rule == FAMILY_ENDING else FATHER
    written, base = (
        [token.root for token in names.tokens(text, specimen.script, tuple(languages), place)]
        for text in (specimen.written, specimen.base)
    )
    return written == base


def of_language(language: str, languages: Sequence[str]) -> list[Silent]:
    """What cannot be read, or does not fire, of a language of the deployment; without looking at any record."""
    found = []
    if language not in letters.ALPHABETS:
        reason = "its alphabet is not known here: letters beyond the general ones are guessed by their look"
        found.append(Silent("language", language, reason))
    else:
        for script, missing in letters.unread(language).items():
            told = " ".join(sorted(missing))
            reason = f"no table of {script} reads these letters; they are guessed by their look: {told}"
            found.append(Silent("letters", language, reason))
    if language not in SPECIMENS:
        reason = "no rule of its own for patronymics, family names or words for son and daughter"
        found.append(Silent("rules", language, reason))
    found += [
        Silent("rule", language, f"{each.rule} in {each.script}: {each.written} is not read as {each.base}")
        for each in SPECIMENS.get(language, ())
        if not fires(each, languages)
    ]
    return found


def seen_in(records: Iterable[tuple[Sequence[Name], Likeness]]) -> dict[str, ScriptSeen]:
    """What sampled records have, by the script of their names; a record in two scripts counts in both.

    Records without a name count under the empty script.
    """
    found: dict[str, ScriptSeen] = {}
    for written, likeness in records:
        kinds = {kind for kind, _ in keys.terms(likeness)}
        scripts = {reading.script for reading in likeness.names} or {""}
        for script in scripts:
            seen = found.setdefault(script, ScriptSeen())
            seen.records += 1
            seen.without += not kinds
            seen.terms.update(kinds)
        for name in written:
            _look(found, name)
    return found


def _look(found: dict[str, ScriptSeen], name: Name) -> None:
    """Which letters of a name no table reads, and which rules fire on it."""
    script = letters.script("".join(name.parts)) or name.script
    seen = found.setdefault(script, ScriptSeen())
    for place, text in ((FATHER, name.patronymic), (FAMILY, name.family)):
        if not text:
            continue
        ending = PATRONYMIC if place == FATHER else FAMILY_ENDING
        read = [(word.letters, letters.read(word.letters, ())) for word in words.words(text)]
        seen.tried[ending] += 1
        seen.fired[ending] += any(parts.without_ending(each, place) != each for _, each in read)
        if place == FATHER:
            seen.tried[MARKER] += 1
            seen.fired[MARKER] += any(
                each in parts.CHILD_OF or word in parts.CHILD_OF_ARABIC for word, each in read
            )  # fmt: skip
    used = {each for text in name.parts for each in letters.one_form(text) if each.isalpha()}
    seen.unread |= used - letters.readable(used, script)


def called(kind: Kind) -> str:
    """A kind of term in words."""
    return kind.name.lower().replace("_", " ")


def of_scripts(found: Mapping[str, ScriptSeen], expected: Sequence[str]) -> list[Silent]:
    """What of the sampled records cannot be found, by script. `expected`: the scripts that the pack names."""
    silent = []
    for script, seen in sorted(found.items()):
        if not script:
            reason = f"{seen.records} sampled records have no name: they are found by identifier alone"
            silent.append(Silent("terms", "no name", reason))
            continue
        if script not in expected:
            reason = f"in {seen.records} sampled records, though no language of the pack is written in it"
            silent.append(Silent("script", script, reason))
        if seen.unread:
            told = " ".join(sorted(seen.unread))
            silent.append(Silent("letters", script, f"no table reads these letters of sampled records: {told}"))
        if seen.without:
            reason = f"{seen.without} of {seen.records} sampled records have no term: they cannot be found by likeness"
            silent.append(Silent("terms", script, reason))
        silent += [
            Silent("terms", script, f"no sampled record has a term of {called(kind)}: nothing is found by it")
            for kind in Kind
            if not seen.terms[kind] and seen.records
        ]
        silent += [
            Silent("rule", script, f"{rule} fired on none of {seen.tried[rule]} sampled parts of names")
            for rule in RULES
            if seen.tried[rule] >= FEW and not seen.fired[rule]
        ]
    missing = set(expected) - found.keys()
    silent += [Silent("script", each, "no sampled record has a name in it") for each in sorted(missing)]
    return silent


def of_levels(counts: Mapping[tuple[str, str], int]) -> list[Silent]:
    """The levels that no decided pair has, fact by fact: their weights are still the default's."""
    if not any(counts.values()):
        return [Silent("level", "all", "no pair is decided yet: nothing is learnt of any fact")]
    silent = []
    for fact, levels in comparing.LEVELS.items():
        never = [level for level in levels if not counts.get((fact, level))]
        if never:
            reason = f"no decided pair has the level {', '.join(never)}: nothing is learnt of it"
            silent.append(Silent("level", fact, reason))
    return silent
