"""A name as it is compared: each part read into one alphabet, with what a people's grammar adds taken off.

Belongs here: the values Token and Reading and how a Name becomes one. Letters of each language are matching_letters,
what sounds alike matching_sounds, endings and titles matching_parts, words matching_words, names that letters do not
join matching_spellings; what agrees between two readings is matching_comparing; what finds a record matching_keys.
Facts: docs/matching-names.md.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from services.registry.domain import matching_letters as letters
from services.registry.domain import matching_parts as parts
from services.registry.domain import matching_words as words
from services.registry.domain.matching_parts import FAMILY, FATHER, GIVEN
from services.registry.domain.matching_sounds import fold, skeleton
from services.registry.domain.matching_spellings import known
from services.registry.domain.names import Name

MEMORY = 200_000
"""So many parts of names are remembered: names repeat."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a name.

    `text`: in lower-case a-z, endings kept (karimov); of Arabic script one sign a letter, whatever it sounds like.
    `root`: without endings of gender, descent and family (karim).
    `skeleton`: the classes of the root's consonants, the same in every script (KRM); never empty.
    `weak`: a title or an honorific, which says little (haji, bibi). `initial`: one letter stands for a name.
    `child_of`: the word is said to be a parent's name, by its ending or a word beside it (Karimovich, Karim qizi).
    """

    text: str
    root: str
    skeleton: str
    weak: bool = False
    initial: bool = False
    child_of: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A name as it is compared, by part; any may be empty. `father` is of the patronymic, or of the father's name.

    `script`: what the letters are, whatever the name says of them.
    `vowels`: whether the script writes short vowels (Arabic script does not): without, texts are compared without.
    """

    script: str
    kind: str
    given: tuple[Token, ...] = ()
    family: tuple[Token, ...] = ()
    father: tuple[Token, ...] = ()
    vowels: bool = True


def read(names: Iterable[Name], languages: Sequence[str]) -> tuple[Reading, ...]:
    """The names of a record as they are compared. `languages` (ISO 639-1) are the deployment's: letters that several
    languages use differently are read as theirs."""
    return tuple(_read(name, tuple(languages)) for name in names)


def _read(name: Name, languages: tuple[str, ...]) -> Reading:
    script = letters.script("".join(name.parts)) or name.script
    father = tokens(name.patronymic, script, languages, FATHER) + tokens(name.father, script, languages, FATHER)
    return Reading(
        script,
        name.kind,
        tokens(name.given, script, languages, GIVEN),
        tokens(name.family, script, languages, FAMILY),
        father,
        not any(map(letters.has_arabic, name.parts)),
    )


@lru_cache(MEMORY)
def tokens(part: str, script: str, languages: tuple[str, ...], place: str = GIVEN) -> tuple[Token, ...]:
    """The words of a part of a name. `place` is which part: some endings are endings in a family's name alone.

    Read by what the letters are; `script` is what the name says and no more.
    """
    if letters.has_arabic(part):
        read = [word for word in words.words(part) if word.letters not in parts.CHILD_OF_ARABIC] or words.words(part)
        return tuple(_arabic(word, place) for word in read)
    return tuple(_tokens(part, languages, place))


def _tokens(part: str, languages: tuple[str, ...], place: str) -> Iterator[Token]:
    read = [(word, letters.read(word.letters, languages)) for word in words.words(part)]
    said = [(word, text) for word, text in read if text and text not in parts.CHILD_OF]
    child_of = 0 < len(said) < len([text for _, text in read if text])
    for text, initial in words.together((text, words.initial(word, text)) for word, text in said or read if text):
        yield _initial(text) if initial else _token(text, place, languages, child_of)


def _initial(text: str) -> Token:
    root = fold(text)
    return Token(text, root, skeleton(root), initial=True)


def _token(text: str, place: str, languages: tuple[str, ...], child_of: bool) -> Token:
    text = parts.SHORT_MUHAMMAD.get(text, text)
    whole = fold(text)
    root = known().get(whole)
    if root is None:
        stem = parts.without_ending(text, place, languages)
        root = whole if stem == text else fold(stem)
        root = known().get(root, root)
    child_of = child_of or parts.is_child_of(text, languages)
    return Token(text, root, skeleton(root), weak=text in parts.TITLES, child_of=child_of)


def _arabic(word: words.Word, place: str) -> Token:
    """A word in Arabic script: by the name that it is known as, with vowels; else by its consonants."""
    weak = word.letters in parts.TITLES_ARABIC
    text = letters.in_letters(letters.arabic.signs(word.letters)) or "x"
    stem = parts.without_ending_arabic(word.letters, place)
    root = known().get(word.letters) or known().get(stem)
    if root is not None:
        return Token(text, root, skeleton(root), weak)
    root = fold(letters.read(stem, ()) or "x")
    return Token(text, root, skeleton(root, vowels=False), weak, len(word.letters) == 1)


def distinct(one: Token, other: Token) -> bool:
    """Whether two names are known to be two, however alike they look: twins are called Hasan and Husan.

    Amin and Amina are not: an ending of sex gets lost in writing, and the sex is compared by itself.
    """
    if one.root == other.root:
        return False
    names = known()
    if names.get(one.root) != one.root or names.get(other.root) != other.root:
        return False
    few, many = sorted((one.root, other.root), key=len)
    return many != few + "a" and {few, many} != NEARLY_ONE


NEARLY_ONE = {"husan", "husayn"}
"""Two forms of one name: Uzbek twins are Hasan and Husan, and papers in Russian have Husayn."""
