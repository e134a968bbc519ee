"""Numbers by which others know a child: their one written form, format and check digit by kind.

The rule of a kind is the country pack's (identifier_kind.csv); the arithmetic of check digits is here, each by a name
that the pack uses. Not here: whether another child carries the number (handlers).
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from shared.errors import Invalid

LONGEST = 100
_APART = re.compile(r"[\s./-]+")


@dataclass(frozen=True)
class Identifier:
    """A number or key by which someone else knows the child: kind and issuer say whose it is."""

    kind: str
    issuer: str
    value: str


@dataclass(frozen=True)
class NumberRule:
    """How numbers of a kind are built: a regular expression for the whole, and the name of a check-digit rule."""

    pattern: str = ""
    check: str = ""


class NumberRules(Protocol):
    """What the country pack says of numbers."""

    def number_rule(self, kind: str) -> NumberRule:
        """The rule of a kind of identifier; an empty rule where there is none."""


def iin_check(digits: str) -> bool:
    """Kazakhstan, 12 digits: weights 1 to 11, remainder of 11; where that is 10, weights 3 to 11, 1, 2; 10 again: no
    such number is given out. [to be confirmed]
    """
    body = [int(each) for each in digits[:11]]
    for weights in (range(1, 12), (*range(3, 12), 1, 2)):
        found = sum(digit * weight for digit, weight in zip(body, weights, strict=True)) % 11
        if found < 10:
            return bool(found == int(digits[11]))
    return False


def pinfl_check(digits: str) -> bool:
    """Uzbekistan, 14 digits: weights 7, 3, 1 in turn, remainder of 10. [to be confirmed]"""
    weights = (7, 3, 1) * 5
    return sum(int(digit) * weight for digit, weight in zip(digits[:13], weights, strict=False)) % 10 == int(digits[13])


CHECKS: Mapping[str, Callable[[str], bool]] = {"iin": iin_check, "pinfl": pinfl_check}
"""Check-digit rules by the name that identifier_kind.csv uses; each takes a number that fits its pattern."""


def as_written(identifier: Identifier, rule: NumberRule) -> Identifier:
    """The identifier in its one written form: a kind with a pattern has no blanks or hyphens, and ASCII digits.

    Nor an issuer: such numbers are given out by one authority, and the same number is the same child. A kind without a
    pattern is kept to the letter: it is a key of others.
    """
    if not rule.pattern:
        return identifier
    value = "".join(map(_ascii, _APART.sub("", identifier.value)))
    same = value == identifier.value and not identifier.issuer
    return identifier if same else replace(identifier, issuer="", value=value)


def problems(identifiers: Iterable[Identifier], rules: NumberRules, field: str = "identifiers") -> Iterator[Invalid]:
    """What is wrong with identifiers (in their written form): field (identifiers.0.value) and rule, never the value."""
    seen: set[Identifier] = set()
    for place, each in enumerate(identifiers):
        if each in seen:
            yield Invalid("The same identifier is given twice.", field=f"{field}.{place}", rule="identifier-once")
        seen.add(each)
        parts = {
            "value": _problem(each.value, rules.number_rule(each.kind)),
            "issuer": text_problem(each.issuer, empty=True),
        }
        for part, found in parts.items():
            if found:
                yield Invalid(found[1], field=f"{field}.{place}.{part}", rule=found[0])


def text_problem(text: str, longest: int = LONGEST, *, empty: bool = False) -> tuple[str, str] | None:
    """The rule that a number or a short text breaks, and why: empty, too long, or with characters nobody sees."""
    if not text and not empty:
        return "identifier-empty", "A number has at least one character."
    if len(text) > longest:
        return "identifier-length", f"At most {longest} characters."
    plain = text.isascii() and text.isprintable()
    if not plain and any(unicodedata.category(each)[0] == "C" for each in text):
        return "identifier-characters", "Holds a character that nobody sees. Type it instead of copying it."
    return None


def _problem(value: str, rule: NumberRule) -> tuple[str, str] | None:
    found = text_problem(value)
    if found is None and rule.pattern and not re.fullmatch(rule.pattern, value):
        return "identifier-format", "Is not built as numbers of this kind are."
    if found is None and rule.check and not CHECKS[rule.check](value):
        return "identifier-check", "The check digit does not fit: a digit is wrong or two are swapped."
    return found


def _ascii(character: str) -> str:
    digit = unicodedata.digit(character, None)
    return character if digit is None or unicodedata.category(character) != "Nd" else str(digit)
