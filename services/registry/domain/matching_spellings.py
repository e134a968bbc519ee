"""Names whose spellings letters do not join: Магомед is Muhammad, Ибрагим is Ibrahim; and names in Arabic script with
the vowels that are heard and not written.

One line a name: its root, other roots that are the same name, and after the bar its spellings in Arabic script. Of one
name alone: never two names of one meaning, never a short form (Sasha is not Aleksandr). A name without other spellings
is there because it looks like another (Igor, Egor): two roots here are two names.
The lines are in matching_spellings_east and _west. Not here: rules of letters (matching_letters_*), endings
(matching_parts). Sources: docs/matching-names.md.
"""

from collections.abc import Iterator, Mapping
from functools import cache

from services.registry.domain import matching_letters_arabic as arabic
from services.registry.domain import matching_spellings_east as east
from services.registry.domain import matching_spellings_west as west
from services.registry.domain.matching_sounds import fold


@cache
def known() -> Mapping[str, str]:
    """The root of each spelling that is known, by the folded spelling, or by its letters of Arabic script."""
    return dict(_known())


def _known() -> Iterator[tuple[str, str]]:
    for line in (east.NAMES + west.NAMES).split("\n"):
        if not line:
            continue
        name, _, others = line.partition(":")
        latin, _, written = others.partition("|")
        root = fold(name)
        yield from ((fold(each), root) for each in (name, *latin.split()))
        yield from ((arabic.letters(each), root) for each in written.split())
