"""Numbers as people type them: digits of any script, spaces of any kind between thousands, their own decimal mark."""

import re
import unicodedata
from decimal import Decimal

from babel import Locale
from babel.numbers import NumberFormatError, get_group_symbol, parse_decimal

SPACES = frozenset(" \u00a0\u202f\u2009")
MARKS = {"\u066b": ".", "\u066c": ","}
"""Arabic decimal and thousands marks."""

NUMBER = re.compile(r"[-+]?\d[\d.,'’]*")


def parse(text: str, locale: Locale) -> Decimal:
    """The number; a comma is what it is in the reader's language. Raises ValueError."""
    plain = "".join(_plain(each) for each in text.strip() if each not in SPACES)
    group = get_group_symbol(locale)
    if not NUMBER.fullmatch(plain):
        raise ValueError(text)
    try:
        if group in plain and group not in SPACES:
            return parse_decimal(plain, locale=locale, strict=True)
        return parse_decimal(plain, locale=locale)
    except NumberFormatError as error:
        raise ValueError(text) from error


def whole(text: str, locale: Locale) -> int:
    """A whole number. Raises ValueError."""
    found = parse(text, locale)
    if found != found.to_integral_value():
        raise ValueError(text)
    return int(found)


def _plain(each: str) -> str:
    if each in MARKS:
        return MARKS[each]
    return str(unicodedata.digit(each)) if each.isdigit() else each
